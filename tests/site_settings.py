"""A site as `make run` serves it, with its mail in a directory that the tests may read."""

from config.settings.local import *  # noqa: F403
from config.settings.local import LOCAL, env

EMAIL_FILE_PATH = env.text("EMAIL_FILE_PATH", str(LOCAL / "mail"))
