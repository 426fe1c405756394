"""Follow, ask to follow, block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from apps.graph import selectors, services
from apps.graph.models import FollowRequest
from apps.kernel.http import AuthedRequest, back, fragment_or_redirect, is_fragment, login_required, page

if TYPE_CHECKING:
    from apps.accounts.models import User


@login_required
@require_POST
def follow(request: AuthedRequest, username: str) -> HttpResponse:
    person = selectors.person_for(request.user, username)
    made = services.follow(actor=request.user, target=person)
    asked = isinstance(made, FollowRequest)
    return _button(request, person, following=not asked, requested=asked)


@login_required
@require_POST
def unfollow(request: AuthedRequest, username: str) -> HttpResponse:
    person = selectors.person_for(request.user, username)
    services.unfollow(actor=request.user, target=person)
    return _button(request, person, following=False, requested=False)


def _button(request: AuthedRequest, person: User, *, following: bool, requested: bool) -> HttpResponse:
    state = {"person": person, "following": following, "requested": requested, "in_list": "in_list" in request.POST}
    return fragment_or_redirect(
        request, "graph/_follow_button.html", state, to=back(request, person.get_absolute_url())
    )


@login_required
@require_POST
def remove_follower(request: AuthedRequest, username: str) -> HttpResponse:
    person = selectors.person_for(request.user, username)
    services.remove_follower(actor=request.user, follower=person)
    messages.success(request, _("%(name)s no longer follows you.") % {"name": person.name})
    return _to(request, back(request, reverse("graph:followers", args=[request.user.username])))


@login_required
@require_safe
def requests(request: AuthedRequest) -> HttpResponse:
    after = request.GET.get("cursor", "")
    return page(request, "graph/requests.html", {"page": selectors.requests_page(request.user, after)})


@login_required
@require_POST
def accept_request(request: AuthedRequest, username: str) -> HttpResponse:
    person = selectors.person_for(request.user, username)
    services.accept_request(actor=request.user, follower=person)
    messages.success(request, _("%(name)s follows you now.") % {"name": person.name})
    return _to(request, reverse("graph:requests"))


@login_required
@require_POST
def decline_request(request: AuthedRequest, username: str) -> HttpResponse:
    person = selectors.person_for(request.user, username)
    services.decline_request(actor=request.user, follower=person)
    messages.success(request, _("The request is gone. %(name)s is not told.") % {"name": person.name})
    return _to(request, reverse("graph:requests"))


@login_required
@require_POST
def block(request: AuthedRequest, username: str) -> HttpResponse:
    person = selectors.person_for(request.user, username)
    services.block(actor=request.user, target=person)
    told = _("You and %(name)s no longer see one another.") % {"name": person.name}
    messages.success(request, told, extra_tags=reverse("graph:unblock", args=[person.username]))  # the way to undo it
    return _to(request, reverse("graph:blocked"))


@login_required
@require_POST
def unblock(request: AuthedRequest, username: str) -> HttpResponse:
    person = selectors.person_to_unblock(request.user, username)
    services.unblock(actor=request.user, target=person)
    messages.success(request, _("%(name)s is no longer blocked.") % {"name": person.name})
    return _to(request, reverse("graph:blocked"))


@login_required
@require_safe
def blocked(request: AuthedRequest) -> HttpResponse:
    after = request.GET.get("cursor", "")
    return page(request, "graph/blocked.html", {"page": selectors.blocked_page(request.user, after)})


def _to(request: AuthedRequest, address: str) -> HttpResponse:
    return HttpResponseClientRedirect(address) if is_fragment(request) else redirect(address)
