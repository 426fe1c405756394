"""What stands behind a session: when somebody last showed who they are, and by what."""

import time

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from apps.accounts import addresses
from apps.accounts.models import User

STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_step(person: User) -> bool:
    """Whether a password alone does not open the account. One query."""
    return bool(Authenticator.objects.filter(user=person, type__in=STEPS).exists())


def seconds_since_proof(request: HttpRequest) -> float:
    """How long ago whoever asks last showed who they are, by password, code or key. No query."""
    records = get_authentication_records(request, request.user)
    return time.time() - max((record["at"] for record in records), default=0.0)


def reset_mark(email: str) -> str:
    """What a code for a new password stands on: it changes with the password and with the address. One query."""
    person = User.objects.filter(email_key=addresses.address_key(email)).only("password", "email").first()
    stands_on = f"{person.pk}:{person.password}:{person.email}" if person else ""
    return salted_hmac("apps.accounts.reset", stands_on, algorithm="sha256").hexdigest()
