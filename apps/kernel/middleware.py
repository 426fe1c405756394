"""Ours around every view, from the outside in (settings.MIDDLEWARE)."""

import re
import secrets
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from apps.kernel import ahead, audit, errors, logs, problems

GetResponse = Callable[[HttpRequest], HttpResponse]

log = structlog.get_logger("request")
SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
UNLOGGED = ("/static/", "/health/live")
# unfold's own scripts and styles stand in its pages; they still may come from nowhere else, and talk to nobody else.
ADMIN_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'"
)


def request_log(get_response: GetResponse) -> GetResponse:
    """One line per request, and the ids that its lines, events and tasks share.

    Reads whoever the view has loaded, and never loads anybody itself (PAGE-AND-HUB.md A3).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        asked = request.headers.get("X-Request-Id", "")
        trace = TRACEPARENT.fullmatch(request.headers.get("traceparent", ""))
        own_id = asked if SANE_ID.fullmatch(asked) else secrets.token_hex(16)
        variables = (
            (logs.request_id, own_id),
            (logs.correlation_id, own_id),
            (logs.trace_id, trace[1] if trace else secrets.token_hex(16)),
        )
        tokens = [(variable, variable.set(value)) for variable, value in variables]
        started = time.perf_counter()
        try:
            response = get_response(request)
            response["X-Request-Id"] = own_id
            _log(request, response, time.perf_counter() - started)
            return response
        finally:
            for variable, token in tokens:
                variable.reset(token)

    return middleware


def _log(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    if request.path.startswith(UNLOGGED):
        return
    person = getattr(request, "_cached_user", None)
    log.info(
        "request",
        method=request.method,
        path=logs.path_of(request),
        status=response.status_code,
        ms=round(seconds * 1000, 1),
        person_id=getattr(person, "pk", None),
    )


def security_headers(get_response: GetResponse) -> GetResponse:
    """What no package of ours sends: features switched off, other origins kept out, and a policy for the admin."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if request.path.startswith("/admin/"):
            response.setdefault("Content-Security-Policy", ADMIN_POLICY)
        return response

    return middleware


class ErrorMiddleware:
    """Turns what a view raises into a page, a fragment or JSON (problems.py), so that no view has a `try`.

    What fails outside a view reaches the same answers through the error handlers of the URLconf.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # No text of ours holds U+0000 and PostgreSQL refuses it, so nothing has to be asked.
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path_info:
            return problems.answer(request, errors.Invalid(problems.UNREADABLE))
        response = self.get_response(request)
        if settings.DEBUG and response.status_code == 404 and request.resolver_match is None:
            return problems.answer(request, errors.NotFound())  # Django shows a page of its own to whoever debugs
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        match exception:
            case errors.AppError():
                return problems.answer(request, exception)
            case Http404():
                return problems.answer(request, errors.NotFound())
            case PermissionDenied():
                return problems.answer(request, errors.Forbidden())
            case RequestDataTooBig():
                return problems.answer(request, errors.TooLarge())
            case SuspiciousOperation():
                return problems.answer(request, errors.Invalid(problems.UNREADABLE))
            case DataError() | UnicodeEncodeError():  # a number too large, half a character: no text or id of ours
                log.warning("request.unreadable", error=repr(exception))
                return problems.answer(request, errors.Invalid(problems.UNREADABLE))
            case OperationalError() | InterfaceError():
                return problems.closed(request, exception)
        return None


def private_responses(get_response: GetResponse) -> GetResponse:
    """Whatever was made by looking at who asks is for nobody else: not for a proxy, not for the next at the machine.

    A view may call an answer public; that holds only when nobody looked at the session.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.session.accessed:
            response["Cache-Control"] = "private, no-store"
            patch_vary_headers(response, ["Cookie"])
        return response

    return middleware


def read_ahead(get_response: GetResponse) -> GetResponse:
    """The kept answers of a page come in one trip to Redis (ahead.py). Writes read as they go."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return get_response(request)

        def name() -> str:
            return request.resolver_match.view_name if request.resolver_match else ""

        def who() -> tuple[int | None, int | None]:
            person = getattr(request, "_cached_user", None)  # never loaded for this
            return getattr(person, "pk", None), getattr(person, "university_id", None)

        with ahead.reading(name, who):
            return get_response(request)

    return middleware


def audit_context(get_response: GetResponse) -> GetResponse:
    """Rows that change in this request are kept with who asked and the request's id (audit.py)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD", "OPTIONS", "TRACE"):
            return get_response(request)
        with audit.acting(lambda: getattr(request.user, "pk", None)):
            return get_response(request)

    return middleware
