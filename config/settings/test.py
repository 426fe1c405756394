"""Tests: real PostgreSQL and Redis, names of our own in both, so that several runs can share them."""

import os

from config import env
from config.settings.base import *  # noqa: F403
from config.settings.base import CACHES, CHANNEL_LAYERS, DATABASES, REDIS_URL, STORAGES

DEBUG = False
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
SECRET_KEY = "a key for tests only, long enough for the checks that look at its length"
ALLOW_DEMO = True
SITE_URL = "http://testserver"

_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
_id = os.environ.get("CC_TEST_ID", "main").lower()
DATABASES["default"]["TEST"] = {"NAME": f"test_campus_{_id}"}
DATABASES["default"]["OPTIONS"].pop("pool")  # a pool would keep sessions open past a test
DATABASES["default"]["OPTIONS"]["options"] = "-c lock_timeout=20s"  # making and dropping databases takes its time
REDIS_PREFIX = os.environ.get("REDIS_PREFIX") or f"test{_id}{_worker}"
CACHES["default"]["KEY_PREFIX"] = REDIS_PREFIX
# A machine that tests keep busy stands still for longer than a page would wait; limits would open in the middle of one.
REDIS_TIMEOUT = env.number("REDIS_TIMEOUT_MS", 10_000) / 1_000
CACHES["default"]["OPTIONS"] |= {"SOCKET_CONNECT_TIMEOUT": REDIS_TIMEOUT, "SOCKET_TIMEOUT": REDIS_TIMEOUT}
CHANNEL_LAYERS["default"]["CONFIG"] = {
    "hosts": [{"address": REDIS_URL, "socket_timeout": None}],
    "prefix": f"{REDIS_PREFIX}:layer",
}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
LOG_FORMAT = "silent"
STAFF_SECOND_FACTOR = False  # tests of it switch it on
WHITENOISE_USE_FINDERS = True  # a STATIC_ROOT that somebody collected into is not looked at
WHITENOISE_AUTOREFRESH = True
