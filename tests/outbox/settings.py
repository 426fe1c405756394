"""For the processes of tests/outbox: an app with handlers that fail on purpose, and short times."""

import os

from config.settings.test import *  # noqa: F403
from config.settings.test import DATABASES, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.outbox.sample"]
OUTBOX_LEASE = float(os.environ.get("OUTBOX_LEASE", "3"))
OUTBOX_BACKOFF = 0.05
# As in production: a frozen process must lose its transaction, and with it the lock on what it was handling.
DATABASES["default"]["OPTIONS"]["options"] = (
    "-c statement_timeout=5s -c lock_timeout=2s -c idle_in_transaction_session_timeout=15s"
)
