"""Codes of a second factor: each opens the door once, also when two requests bring it at the same moment."""

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.db import transaction

from apps.accounts.models import User
from apps.kernel import limits


def use_code(*, person: User, code: str) -> Authenticator | None:
    """The factor whose code this is, after which it is used up; None when it is nobody's or was used before.

    RateLimited after five tries in five minutes or thirty failures in a day. Locks the person's factors.
    """
    key = f"person:{person.pk}"
    limits.check("factor.code", key=key)
    limits.require("factor.failed", key=key)
    with transaction.atomic():
        factors = Authenticator.objects.select_for_update().filter(user=person)
        found = next((factor for factor in factors if _opens(factor, code)), None)
    if found is None:
        limits.count("factor.failed", key=key)
    return found


def _opens(factor: Authenticator, code: str) -> bool:
    if factor.type == Authenticator.Type.RECOVERY_CODES:
        return bool(factor.wrap().validate_code(code))
    return factor.type == Authenticator.Type.TOTP and _is_next(factor, code)


def _is_next(factor: Authenticator, code: str) -> bool:
    """Whether it is a code of these seconds, and later than the last one that opened (RFC 6238, 5.2).

    allauth remembers used codes in the cache, and so would refuse every code while Redis is down.
    """
    secret, last = decrypt(factor.data["secret"]), factor.data.get("last", 0)
    for counter in totp.yield_hotp_counters_from_time():
        expected = totp.format_hotp_value(totp.hotp_value(secret, counter))
        if counter > last and compare_user_code(actual=code, expected=expected):
            factor.data["last"] = counter
            factor.save(update_fields=["data"])
            return True
    return False
