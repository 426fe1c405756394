"""For the processes of tests/outbox: an app with handlers that fail on purpose, and short times."""

import os

from config.settings.test import *  # noqa: F403
from config.settings.test import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.outbox.sample"]
OUTBOX_LEASE = float(os.environ.get("OUTBOX_LEASE", "3"))
OUTBOX_BACKOFF = 0.05
