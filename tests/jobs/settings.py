"""For the workers of tests/jobs: an app with work that fails on purpose, and short times."""

from config.settings.test import *  # noqa: F403
from config.settings.test import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.jobs.sample"]
OUTBOX_LEASE = 3
OUTBOX_BACKOFF: float = 0.05  # type: ignore[no-redef]
