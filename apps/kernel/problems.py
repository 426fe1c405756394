"""How an error is shown: as JSON under /api/, as a toast inside a page, else as a page of its own."""

import sys

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.kernel import http, logs
from apps.kernel.errors import AppError, Forbidden, Invalid, NotFound, RateLimited, TooLarge, Unavailable
from apps.kernel.look import look_of

UNREADABLE = gettext_lazy("We could not read what was sent.")
PAGES = {400, 403, 404, 413, 429}  # the others look like 400
BARE = {500, 503}  # need no person, session or database
RETRY = 5  # seconds, while the database is away

log = structlog.get_logger(__name__)


class Broken(AppError):
    """Our own mistake."""

    code = "broken"
    status = 500
    message = gettext_lazy("Something broke on our side. Nothing you had sent before is lost.")


def answer(request: HttpRequest, error: AppError) -> HttpResponse:
    if http.wants_json(request):
        response = _json(error)
    elif http.is_fragment(request):
        sentence = " ".join([str(error.detail), *map(str, error.fields.values())])
        response = HttpResponse(render_to_string("errors/_error.html", {"message": sentence}), status=error.status)
    elif error.status in BARE:
        response = _bare(request, error.status)
    else:
        response = _page(request, error)
    response["Vary"] = "Accept, HX-Request, Cookie"
    response["Cache-Control"] = "no-store"
    if isinstance(error, RateLimited):
        response["Retry-After"] = str(error.retry_after)
    elif isinstance(error, Unavailable):
        response["Retry-After"] = str(RETRY)
    return response


def closed(request: HttpRequest, error: BaseException) -> HttpResponse:
    """PostgreSQL does not answer: 503 at once, without looking who asks."""
    log.error("database.unavailable", error=repr(error), path=logs.path_of(request))
    return answer(request, Unavailable())


def _json(error: AppError) -> HttpResponse:
    body: dict[str, object] = {"code": error.code, "detail": str(error.detail)}
    if error.fields:
        body["fields"] = {name: str(text) for name, text in error.fields.items()}
    return JsonResponse(body, status=error.status)


def _bare(request: HttpRequest, status: int) -> HttpResponse:
    address = request.get_full_path() if request.method == "GET" else "/"
    context = look_of(request) | {"reference": logs.request_id.get(), "address": address}
    try:
        return HttpResponse(render_to_string(f"errors/{status}.html", context), status=status)
    except Exception as error:  # whatever is wrong with the page, such as its stylesheet not being collected
        log.error("error_page.broken", error=repr(error))
        return HttpResponse(_("Something broke on our side. Try again in a moment."), status=status)


def _page(request: HttpRequest, error: AppError) -> HttpResponse:
    said = str(error.detail) if error.detail is not error.message else ""
    context = {
        "reason": " ".join([said, *map(str, error.fields.values())]).strip(),
        "retry_after": getattr(error, "retry_after", None),
    }
    template = f"errors/{error.status if error.status in PAGES else 400}.html"
    return render(request, template, context, status=error.status)


# --- Django's error handlers (config/urls.py): for what fails outside a view --------------------------------------


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, TooLarge() if isinstance(exception, RequestDataTooBig) else Invalid(UNREADABLE))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, Forbidden())


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, NotFound())


def broken(request: HttpRequest) -> HttpResponse:
    """Also where a database that went away ends up, when it fails in the middleware or in an error page."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        return closed(request, error)
    return answer(request, Broken())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from another site, or a page so old that its key has changed."""
    log.warning("csrf.refused", reason=reason, path=logs.path_of(request))
    return answer(request, Forbidden(_("This page was open for too long. Load it again and send it once more.")))
