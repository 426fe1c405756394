from config.settings.test import *  # noqa: F403
from config.settings.test import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.realtime.sample"]
LOG_FORMAT = "json"  # the tests read the server's log
