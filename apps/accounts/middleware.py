"""Who is asking: `request.user`, loaded when first looked at."""

from asgiref.sync import sync_to_async
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from apps.accounts import selectors
from apps.accounts.models import User


class SessionAuthMiddleware(AuthenticationMiddleware):
    """Django's, with the session's row, the person's activity and the password checked in the one query it makes.

    A session that fails the check is thrown away, so that the next answer takes its cookie back.
    """

    def process_request(self, request: HttpRequest) -> None:
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
        request._cached_user = person or AnonymousUser()  # type: ignore[attr-defined]
    return request._cached_user  # type: ignore[attr-defined, no-any-return]
