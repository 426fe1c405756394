"""Production: refuses to start on default secrets; every difference from base comes from the environment."""

from django.core.exceptions import ImproperlyConfigured

from config import env
from config.settings.base import *  # noqa: F403
from config.settings.base import LOG_FORMAT, SAFE_FETCH_ALSO

SECRET_KEY = env.secret("SECRET_KEY")
LOG_FORMAT = env.text("LOG_FORMAT", "json") or LOG_FORMAT

_https = env.flag("HTTPS", True)  # False only to try production settings on a machine without a certificate
SECURE_SSL_REDIRECT = _https
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_HSTS_PRELOAD = _https
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_NAME = "__Host-sessionid" if _https else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if _https else "csrftoken"
SECURE_REDIRECT_EXEMPT = [r"^health/"]
if env.number("TRUSTED_PROXIES", 0):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

if SAFE_FETCH_ALSO:
    raise ImproperlyConfigured("SAFE_FETCH_ALSO is for tests: it lets strangers' links reach into the network.")

_mail = env.mail("EMAIL_URL")
if _mail:
    globals().update(_mail)
