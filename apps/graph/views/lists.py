"""Lists of people: who follows whom, who are friends, and whom one may name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from apps.graph import policies, selectors
from apps.kernel import limits
from apps.kernel.cursors import Page
from apps.kernel.http import AuthedRequest, login_required, page

if TYPE_CHECKING:
    Read = Callable[[Any, Any, str], Page[selectors.Neighbour]]


@require_safe
def followers(request: HttpRequest, username: str) -> HttpResponse:
    return _people(request, username, "followers", selectors.followers_page)


@require_safe
def following(request: HttpRequest, username: str) -> HttpResponse:
    return _people(request, username, "following", selectors.following_page)


@require_safe
def friends(request: HttpRequest, username: str) -> HttpResponse:
    return _people(request, username, "friends", selectors.friends_page)


def _people(request: HttpRequest, username: str, of: str, read: Read) -> HttpResponse:
    """Whoever keeps their lists to themselves has a page that says so: their profile is there, too."""
    person = selectors.person_for(request.user, username)
    shown = policies.may_see_lists(request.user, person)
    found = read(request.user, person, request.GET.get("cursor", "")) if shown else Page([], None)
    context = {"person": person, "page": found, "of": of, "is_kept": not shown, "own": request.user == person}
    return page(request, "graph/people.html", context | {"is_indexed": False})


@login_required
@require_safe
def suggest(request: AuthedRequest) -> JsonResponse:
    """People for the @-list of a text box: `{items: [{username, name, initials, hue, land}]}`, at most eight."""
    limits.check("people.suggest", person_id=request.user.pk)
    people = selectors.suggest(request.user, request.GET.get("q", "")[:60])
    fields = ("username", "name", "initials", "hue", "land")
    return JsonResponse({"items": [{field: getattr(person, field) for field in fields} for person in people]})
