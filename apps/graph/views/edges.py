"""Follow, block, and the lists of who follows whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from apps.graph import selectors, services
from apps.kernel import limits
from apps.kernel.http import AuthedRequest, back, fragment_or_redirect, is_fragment, login_required, page

if TYPE_CHECKING:
    from apps.accounts.models import User


@login_required
@require_POST
def follow(request: AuthedRequest, username: str) -> HttpResponse:
    person = selectors.person_for(request.user, username)
    services.follow(actor=request.user, target=person)
    return _button(request, person, followed=True)


@login_required
@require_POST
def unfollow(request: AuthedRequest, username: str) -> HttpResponse:
    person = selectors.person_for(request.user, username)
    services.unfollow(actor=request.user, target=person)
    return _button(request, person, followed=False)


def _button(request: AuthedRequest, person: User, *, followed: bool) -> HttpResponse:
    context = {"person": person, "following": followed, "in_list": "in_list" in request.POST}
    return fragment_or_redirect(
        request, "graph/_follow_button.html", context, to=back(request, person.get_absolute_url())
    )


@login_required
@require_POST
def block(request: AuthedRequest, username: str) -> HttpResponse:
    person = selectors.person_for(request.user, username)
    services.block(actor=request.user, target=person)
    told = _("You and %(name)s no longer see one another.") % {"name": person.name}
    messages.success(request, told, extra_tags=reverse("graph:unblock", args=[person.username]))  # the way to undo it
    return _to_blocked(request)


@login_required
@require_POST
def unblock(request: AuthedRequest, username: str) -> HttpResponse:
    person = selectors.person_to_unblock(request.user, username)
    services.unblock(actor=request.user, target=person)
    messages.success(request, _("%(name)s is no longer blocked.") % {"name": person.name})
    return _to_blocked(request)


def _to_blocked(request: AuthedRequest) -> HttpResponse:
    to = reverse("graph:blocked")
    return HttpResponseClientRedirect(to) if is_fragment(request) else redirect(to)


@login_required
@require_safe
def blocked(request: AuthedRequest) -> HttpResponse:
    after = request.GET.get("cursor", "")
    return page(request, "graph/blocked.html", {"page": selectors.blocked_page(request.user, after)})


@require_safe
def followers(request: HttpRequest, username: str) -> HttpResponse:
    person = selectors.person_for(request.user, username)
    found = selectors.followers_page(request.user, person, request.GET.get("cursor", ""))
    return page(request, "graph/people.html", {"person": person, "page": found, "of": "followers"})


@require_safe
def following(request: HttpRequest, username: str) -> HttpResponse:
    person = selectors.person_for(request.user, username)
    found = selectors.following_page(request.user, person, request.GET.get("cursor", ""))
    return page(request, "graph/people.html", {"person": person, "page": found, "of": "following"})


@login_required
@require_safe
def suggest(request: AuthedRequest) -> JsonResponse:
    """People for the @-list of a text box: `{items: [{username, name, initials, hue, land}]}`, at most eight."""
    limits.check("people.suggest", person_id=request.user.pk)
    people = selectors.suggest(request.user, request.GET.get("q", "")[:60])
    fields = ("username", "name", "initials", "hue", "land")
    return JsonResponse({"items": [{field: getattr(person, field) for field in fields} for person in people]})
