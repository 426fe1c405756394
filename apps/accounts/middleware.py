"""Who is asking: `request.user`, loaded when first looked at; and what staff must have shown to enter the admin."""

from collections.abc import Callable
from functools import cache

from allauth.account.adapter import get_adapter
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from apps.accounts import selectors, services
from apps.accounts.models import User
from apps.kernel.http import client_address

GetResponse = Callable[[HttpRequest], HttpResponse]


class SessionAuthMiddleware(AuthenticationMiddleware):
    """Django's, with the session's row, the person's activity and the password checked in the one query it makes.

    A session that fails the check is thrown away, so that the next answer takes its cookie back.
    """

    def process_request(self, request: HttpRequest) -> None:
        timezone.deactivate()  # the request before, in this thread, may have been somebody's elsewhere

        async def auser() -> User | AnonymousUser:
            return await sync_to_async(person_of)(request)

        request.user = SimpleLazyObject(lambda: person_of(request))  # type: ignore[assignment]
        request.auser = auser


def person_of(request: HttpRequest) -> User | AnonymousUser:
    """Whoever the session belongs to, kept on the request as `_cached_user`, where the log looks for it."""
    if not hasattr(request, "_cached_user"):
        person = selectors.person_of_session(request.session)
        if person is None and SESSION_KEY in request.session:
            request.session.flush()
        if person is not None:
            _touch(request, person)
            if person.time_zone:
                timezone.activate(person.time_zone)  # times of this answer are told by their clock
        request._cached_user = person or AnonymousUser()  # type: ignore[attr-defined]
        request.user = request._cached_user  # type: ignore[attr-defined]  # the person, no more a promise of one
    return request._cached_user  # type: ignore[attr-defined, no-any-return]


def _touch(request: HttpRequest, person: User) -> None:
    """Once in ten minutes the session's row learns that it is used; every other request costs no write."""
    seen_at = getattr(person, "session_seen_at", None)
    if seen_at and timezone.now() - seen_at > selectors.SEEN_EVERY and request.session.session_key:
        services.touch_session(session_key=request.session.session_key, address=client_address(request))


def staff_gate(get_response: GetResponse) -> GetResponse:
    """Nobody is in the admin without a second step, nor an hour after they last showed who they are."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.STAFF_SECOND_FACTOR and _enters_admin(request):
            return _turned_back(request) or get_response(request)
        return get_response(request)

    return middleware


def _enters_admin(request: HttpRequest) -> bool:
    admin, *outside = _admin_addresses()
    inside = request.path.startswith(admin) and request.path not in outside
    return inside and isinstance(request.user, User) and request.user.is_staff


@cache
def _admin_addresses() -> tuple[str, ...]:
    """The admin, and what in it stands open. Looked up once, since every request is asked."""
    return tuple(reverse(name) for name in ("admin:index", "accounts:admin_login", "accounts:admin_logout"))


def _turned_back(request: HttpRequest) -> HttpResponse | None:
    if not selectors.has_second_step(request.user):  # type: ignore[arg-type]
        messages.warning(request, _("The admin opens for staff with a second step only. Add a passkey or an app here."))
        return redirect("mfa_index")
    if selectors.seconds_since_proof(request) > settings.STAFF_SESSION:
        way = get_adapter().get_reauthentication_methods(request.user)[0]["url"]
        return HttpResponseRedirect(f"{way}?{urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})}")
    return None
