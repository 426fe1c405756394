"""Baseline B2f: B1's page behind our full middleware, with session and user (DESIGN.md 8)."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import include, path

from tests.bench import pull
from tests.bench.b1 import rows


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"<p>{request.user.pk}</p>{rows()}")


def stock(request: HttpRequest) -> HttpResponse:
    """The person as Django's own authentication loads them, which B2 was defined with: one ORM get, no live session."""
    return HttpResponse(f"<p>{get_user(request).pk}</p>{rows()}")


urlpatterns = [path("b2f/", page), path("b2d/", stock), path("pull/", pull.home), path("", include("config.urls"))]


def count_queries(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Says how many SQL statements a page took, when it is asked to; the load itself never asks."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if "X-Count-Queries" not in request.headers:
            return get_response(request)
        counted = 0

        def count(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
            nonlocal counted
            counted += 1
            return execute(sql, params, many, context)

        with connection.execute_wrapper(count):
            response = get_response(request)
        response["X-Queries"] = str(counted)
        return response

    return middleware
