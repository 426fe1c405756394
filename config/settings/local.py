"""A person's own machine: debug pages, mail on the console, a key kept beside the data."""

from config import env
from config.settings.base import *  # noqa: F403
from config.settings.base import STORAGES

DEBUG = True
ALLOWED_HOSTS = ["*"]
SECRET_KEY = env.text("SECRET_KEY", "local-only-key-that-production-settings-refuse-to-start-with")
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
STAFF_SECOND_FACTOR = env.flag("STAFF_SECOND_FACTOR", False)  # a demo is tried by passwords
SITE_URL = env.text("SITE_URL", f"http://localhost:{env.number('PORT', 8000)}")
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "apps.kernel.mail.LocalMailBackend")
