"""Reads of the first-run wizard: whether it is open, who holds the key, what the site still lacks."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts import selectors as accounts
from apps.kernel.http import absolute

SALT = "setup"
KEY_LASTS = 24 * 3600  # seconds
LOCAL_MAIL = ("console", "locmem", "dummy", "filebased", "LocalMailBackend")  # backends that send nothing out


@dataclass(frozen=True, slots=True)
class Lack:
    """Something a site in use should have, and what to do about it."""

    title: Promise
    text: Promise


def is_open() -> bool:
    """Only while the site has no administrator. One query."""
    return accounts.needs_administrator()


def is_untouched() -> bool:
    """Neither administrator nor people: the front page leads to the wizard. One query."""
    return accounts.is_empty()


def setup_link() -> str:
    """The address that opens the wizard, for whoever can run commands on this machine. Good for a day."""
    key = signing.TimestampSigner(salt=SALT).sign("open")
    return absolute(f"{reverse('web:setup')}?key={key}")


def is_key(key: str) -> bool:
    try:
        return signing.TimestampSigner(salt=SALT).unsign(key, max_age=KEY_LASTS) == "open"
    except signing.BadSignature:
        return False


def sends_mail() -> bool:
    return not any(name in settings.EMAIL_BACKEND for name in LOCAL_MAIL)


def lacks() -> list[Lack]:
    """What is missing before people come, worst first."""
    checks = [
        (settings.DEBUG, _("Development settings"), _("Run it with production settings (docs/operations.md).")),
        (not sends_mail(), _("Mail stays on this machine"), _("Set EMAIL_URL, or nobody gets a code at sign-up.")),
        ("localhost" in settings.DEFAULT_FROM_EMAIL, _("Sender of mails"), _("Set DEFAULT_FROM_EMAIL to yours.")),
        (not settings.SITE_URL, _("Address of the site"), _("Set SITE_URL, so that mails can link here.")),
        (not settings.SESSION_COOKIE_SECURE, _("No HTTPS"), _("Serve it by HTTPS only, behind a proxy of yours.")),
    ]
    return [Lack(title, text) for is_lacking, title, text in checks if is_lacking]
