"""Browsers a person has used before, by a cookie that says nothing to anybody else.

The cookie holds one mark for each of the last people who logged in here. A mark follows from the password, too: after a
change of it every browser is new again, also that of whoever had to be shut out.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from apps.accounts.models import User

MOST = 8  # people at one browser whose marks are kept
AGE = 400 * 24 * 3600  # seconds; browsers keep no cookie for longer


def is_known(request: HttpRequest, person: User) -> bool:
    mark = _mark(person)
    return any(constant_time_compare(mark, held) for held in _marks(request))


def remember(response: HttpResponse, request: HttpRequest, person: User) -> None:
    mark = _mark(person)
    marks = [mark, *(held for held in _marks(request) if held != mark)][:MOST]
    response.set_cookie(
        _name(),
        ".".join(marks),
        max_age=AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _name() -> str:
    return "__Host-device" if settings.SESSION_COOKIE_SECURE else "device"


def _marks(request: HttpRequest) -> list[str]:
    return request.COOKIES.get(_name(), "").split(".")[:MOST]


def _mark(person: User) -> str:
    return salted_hmac("apps.accounts.devices", f"{person.pk}:{person.password}", algorithm="sha256").hexdigest()[:32]
