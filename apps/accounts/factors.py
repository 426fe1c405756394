"""Where allauth's second factors meet ours: their names, and what stands in the database of them."""

import base64
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.kernel.templatetags.ui import device


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are kept encrypted: a copy of the database alone opens no account that has a second step."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This did not work. Try again, or use another way."),
        "unverified_email": _("Confirm your address first."),
    }

    def encrypt(self, text: str) -> str:
        return _safe().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """InvalidToken when SECRET_KEY changed and the old one is not among SECRET_KEY_FALLBACKS."""
        return _safe().decrypt(encrypted_text).decode()

    def generate_authenticator_name(self, user: User, type: Any) -> str:
        """A passkey is known by the browser it was made with."""
        return device(context.request.headers.get("User-Agent", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": settings.SITE_NAME}


def _safe() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(secret)) for secret in keys])


def _key(secret: str | bytes) -> bytes:
    digest = salted_hmac("apps.accounts.factors", b"", secret=secret, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest)
