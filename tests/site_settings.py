"""A site as `make run` serves it, with its mail in a directory that the tests may read."""

from pathlib import Path

from config import env
from config.settings.local import *  # noqa: F403
from config.settings.local import LOCAL

EMAIL_FILE_PATH = Path(env.text("EMAIL_FILE_PATH", str(LOCAL / "mail")))
