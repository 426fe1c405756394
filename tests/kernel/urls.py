"""The site's addresses, and views that fail in every way a view can."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DataError, OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.cache import patch_cache_control

from apps.kernel import errors, http
from config.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

FAILURES: dict[str, Callable[[], Exception]] = {
    "invalid": lambda: errors.Invalid("The body is too long.", fields={"body": "At most 5000 characters."}),
    "forbidden": errors.Forbidden,
    "not-found": lambda: errors.NotFound("post"),
    "conflict": errors.Conflict,
    "too-large": errors.TooLarge,
    "rate-limited": lambda: errors.RateLimited(retry_after=120),
    "unavailable": errors.Unavailable,
    "http404": lambda: Http404("No Post matches the given query."),
    "denied": PermissionDenied,
    "suspicious": lambda: SuspiciousOperation("path traversal"),
    "data": lambda: DataError("integer out of range"),
    "closed": lambda: OperationalError("the server closed the connection"),
    "bug": lambda: ZeroDivisionError("secret words"),
}


def fail(request: HttpRequest, how: str) -> HttpResponse:
    raise FAILURES[how]()


def search(request: HttpRequest) -> HttpResponse:
    """Gives whatever was sent to PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text", [request.POST.get("q", request.GET.get("q", ""))])
        return HttpResponse(cursor.fetchone()[0])


def read_body(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(request.POST)))


def who(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(str(request.user))
    patch_cache_control(response, public=True, max_age=60)
    return response


def nobody(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("the same for everyone")
    patch_cache_control(response, public=True, max_age=60)
    return response


@http.login_required
def members(request: http.AuthedRequest) -> HttpResponse:
    return HttpResponse(request.user.username)


def go_back(request: HttpRequest) -> HttpResponse:
    return HttpResponse(http.back(request, "/fallback/"))


def address(request: HttpRequest) -> HttpResponse:
    return HttpResponse(http.client_address(request))


extra: list[Any] = [
    path("fail/<str:how>/", fail),
    path("api/fail/<str:how>/", fail),
    path("search/raw/", search),
    path("body/", read_body),
    path("who/", who),
    path("nobody/", nobody),
    path("members/", members),
    path("api/members/", members),
    path("back/", go_back),
    path("address/", address),
    path("numbers/<id:number>/", lambda request, number: HttpResponse(str(number))),
]
urlpatterns = extra + urlpatterns
