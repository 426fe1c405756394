"""Reads of verification: why a person has the badge, and until when."""

import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from apps.accounts.models import User, Verification
from apps.accounts.selectors.people import domain_of

RENEW_FROM = timedelta(days=60)  # before the end
CODE_LIVES = timedelta(minutes=15)
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # no vowels, so no words; nothing that looks like a digit


def verification_of(person: User) -> Verification | None:
    return Verification.objects.filter(person=person).first()


def is_campus_address(person: User) -> bool:
    """Whether the person's address lies under a domain of their own university."""
    row = domain_of(person.email)
    return row is not None and row.university_id == person.university_id


def may_renew(person: User, verification: Verification | None) -> bool:
    """Whether a code to the campus address would say anything new."""
    if not is_campus_address(person):
        return False
    if verification is None or verification.expires_at is None:
        return verification is None
    return verification.expires_at - timezone.now() < RENEW_FROM


def renewal_code(person: User, stamp: int) -> str:
    """The code asked for at `stamp` (seconds since 1970). Kept nowhere; dies with its use and with a new address."""
    verification = verification_of(person)
    since = verification.verified_at.isoformat() if verification else ""
    said = f"verification:{person.pk}:{person.email}:{since}:{stamp}"
    digest = hmac.digest(settings.SECRET_KEY.encode(), said.encode(), hashlib.sha256)
    letters = [_LETTERS[byte % len(_LETTERS)] for byte in digest[:8]]
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"


def code_lives(stamp: int) -> bool:
    asked = datetime.fromtimestamp(stamp, tz=timezone.get_current_timezone())
    return asked <= timezone.now() < asked + CODE_LIVES
