"""Test settings with the pool of connections that production has."""

from config.settings.base import DATABASES as AS_SERVED

_pool = dict(AS_SERVED["default"]["OPTIONS"]["pool"])  # the settings of tests take it out of the same dictionary

from config.settings.test import *  # noqa: E402, F403
from config.settings.test import DATABASES  # noqa: E402

DATABASES["default"]["OPTIONS"]["pool"] = _pool
