"""What is the same everywhere. Differences come from the environment, read strictly by config/env.py."""

from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import env
from config.settings import admin_look

django_stubs_ext.monkeypatch()  # ModelAdmin[Post] would crash at run time without it

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"

DEBUG = False
SECRET_KEY = ""
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
SITE_NAME = "Campus Connect"
SITE_URL = env.text("SITE_URL")  # used in mails and to recognise links back to us (kernel.http.absolute)
SAFE_FETCH_ALSO = env.words("SAFE_FETCH_ALSO")  # host:port of test servers; kernel.safe_fetch reaches public ones only
ALLOW_DEMO = env.flag("ALLOW_DEMO", False)

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- applications: ours from high to low, as the import contract has them ---------------------------------
OUR_APPS = [
    "apps.web",
    "apps.moderation",
    "apps.feed",
    "apps.posts",
    "apps.media",
    "apps.safety",
    "apps.graph",
    "apps.accounts",
    "apps.kernel",
]
INSTALLED_APPS = [
    *OUR_APPS,
    "unfold",  # before the admin it dresses
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "allauth.mfa",
    "allauth.usersessions",
    "channels",
    "csp",
    "django_htmx",
    "pgtrigger",
    "pghistory",
]

MIDDLEWARE = [
    "apps.kernel.middleware.request_log",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "apps.kernel.middleware.security_headers",
    "apps.kernel.middleware.ErrorMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "apps.accounts.middleware.SessionAuthMiddleware",
    "apps.kernel.middleware.private_responses",
    "apps.kernel.middleware.audit_context",
    "apps.kernel.middleware.read_ahead",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.accounts.middleware.staff_gate",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "apps.web.middleware.agreement",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["apps.kernel.templatetags.ui", "django.templatetags.i18n", "django.templatetags.static"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.web.context.shell",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

# --- PostgreSQL: the only record ----------------------------------------------------------------------------
DATABASES = {"default": env.database("DATABASE_URL")}
DATABASES["default"]["OPTIONS"] |= {
    # Who gets no connection in 0.8 s gets the 503 page. After 5 s of trying the pool gives up and begins anew with the
    # next request, else it would find a server that is back only minutes later.
    "pool": {"min_size": 1, "max_size": env.number("DATABASE_POOL", 8), "timeout": 0.8, "reconnect_timeout": 5},
    "connect_timeout": 2,
    "server_side_binding": True,
    "prepare_threshold": 3,
    "options": "-c statement_timeout=5s -c lock_timeout=2s -c idle_in_transaction_session_timeout=15s",
}
DATABASES["default"]["CONN_MAX_AGE"] = 0  # the pool keeps connections

# --- Redis: a cache, a doorbell and a megaphone; losing it loses nothing ------------------------------------
REDIS_URL = env.redis_url("REDIS_URL")
REDIS_PREFIX = env.text("REDIS_PREFIX", "cc")
REDIS_TIMEOUT = env.number("REDIS_TIMEOUT_MS", 500) / 1_000  # seconds; a page never waits longer for a helper
CACHES: dict[str, Any] = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": REDIS_PREFIX,
        "TIMEOUT": 300,
        "OPTIONS": {
            "IGNORE_EXCEPTIONS": True,
            "CONNECTION_POOL_CLASS": "apps.kernel.redis.Pool",
            "SOCKET_CONNECT_TIMEOUT": REDIS_TIMEOUT,
            "SOCKET_TIMEOUT": REDIS_TIMEOUT,
        },
    }
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = False
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # redis-py's own 5 s timeout equals the layer's blocking read, and would end idle sockets.
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}], "prefix": f"{REDIS_PREFIX}:layer"},
    }
}
RATELIMIT_FAIL_OPEN = True  # log-in, sign-up and reset count in PostgreSQL instead
RATELIMIT_USE_CACHE = "default"
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)  # how many proxies of ours stand in front
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

# --- people and sessions ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "apps.accounts.passwords.LengthValidator"},
    {"NAME": "apps.accounts.passwords.CommonValidator"},
    {"NAME": "apps.accounts.passwords.ContextValidator"},
]
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "apps.kernel.problems.csrf_failure"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_SIGNUP_REDIRECT_URL = "/welcome/"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "apps.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "apps.accounts.forms.SignupForm",
    "add_email": "apps.accounts.forms.AddEmailForm",
    "confirm_email_verification_code": "apps.accounts.forms.ConfirmEmailVerificationCodeForm",
    "change_password": "apps.accounts.forms.passwords.ChangePasswordForm",
    "set_password": "apps.accounts.forms.passwords.SetPasswordForm",
    "reset_password_from_key": "apps.accounts.forms.passwords.NewPasswordForm",
    "reset_password": "apps.accounts.forms.ResetPasswordForm",
    "confirm_password_reset_code": "apps.accounts.forms.passwords.ResetCodeForm",
}
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = 3  # times, with a pause (mail.resend in apps/accounts/limits.py)
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60  # seconds; mail may be slow
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 2
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_USERNAME_MIN_LENGTH = 3
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_USERNAME_VALIDATORS = "apps.accounts.validators.username_validators"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = False  # ours count in PostgreSQL (apps/accounts/limits.py)
USERSESSIONS_TRACK_ACTIVITY = False  # would write on every request
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a mail on each change that touches safety; ours go through the outbox
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60  # seconds; how long one may touch keys after showing who one is
SOCIALACCOUNT_ADAPTER = "apps.accounts.social.SocialAccountAdapter"
SOCIALACCOUNT_FORMS = {"signup": "apps.accounts.forms.CampusSignupForm"}
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True}}  # the rest is in the admin
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False  # nothing is asked of the university later
MFA_ADAPTER = "apps.accounts.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1  # a code of half a minute ago still counts: phones are slow, and so are fingers
MFA_RATE_LIMITS = False  # ours count in PostgreSQL
MFA_FORMS = {
    "authenticate": "apps.accounts.forms.factors.CodeForm",
    "reauthenticate": "apps.accounts.forms.factors.ReauthenticateByCodeForm",
    "add_webauthn": "apps.accounts.forms.factors.AddPasskeyForm",
    "edit_webauthn": "apps.accounts.forms.factors.RenamePasskeyForm",
    "authenticate_webauthn": "apps.accounts.forms.factors.PasskeyForm",
    "login_webauthn": "apps.accounts.forms.factors.PasskeyLoginForm",
    "reauthenticate_webauthn": "apps.accounts.forms.factors.ReauthenticateByPasskeyForm",
}
STAFF_SECOND_FACTOR = env.flag("STAFF_SECOND_FACTOR", True)  # nobody enters the admin without one
STAFF_SESSION = 60 * 60  # seconds; then whoever is in the admin shows once more who they are

# --- mail ---------------------------------------------------------------------------------------------------
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Campus Connect <campus@localhost>")
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = LOCAL / "mail"  # where LocalMailBackend keeps what it would send

# --- languages ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE", "UTC")

# --- static files -------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = LOCAL / "static"
STATICFILES_DIRS = [ROOT / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "apps.kernel.static.GeneratedFinder",  # the one stylesheet and the file of icons
]
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "apps.kernel.static.HashedStorage"},
}

# --- headers ------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "EXCLUDE_URL_PREFIXES": ["/admin/"],  # unfold needs Alpine; the admin sends its own policy
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

# --- the outbox (DESIGN.md 3) -------------------------------------------------------------------------------
CELERY_APP = "config.celery.app"  # the doorbell; apps never import config
OUTBOX_LEASE = 60.0  # seconds a claimed delivery belongs to its worker
OUTBOX_BACKOFF = 5.0  # seconds before the second attempt; doubles each time

# --- the feed (DESIGN.md 6) ---------------------------------------------------------------------------------
FEED_PULL_FOLLOWERS = env.number("FEED_PULL_FOLLOWERS", 5_000)  # authors from here on are pulled at read
FEED_CHUNK = 5_000  # followers written per transaction
FEED_ABSENT_DAYS = 14  # nobody fans out to people away for longer
FEED_HORIZON_DAYS = 8  # partitions kept

SENTRY_DSN = env.text("SENTRY_DSN")
LOG_FORMAT = env.text("LOG_FORMAT", "console")
LOGGING_CONFIG = "apps.kernel.logs.configure"
LOGGING: dict[str, Any] = {"version": 1}  # Django calls LOGGING_CONFIG only when this is not empty
UNFOLD = admin_look.unfold(SITE_NAME)
