"""Hashtags: the page of one, those one follows, and finding some."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.kernel import limits
from apps.kernel.edge import is_stranger, share
from apps.kernel.errors import NotFound
from apps.kernel.http import AuthedRequest, back, fragment_or_redirect, login_required, page
from apps.posts import selectors, services

LONGEST = 64  # characters of what is looked for


@require_safe
def tag(request: HttpRequest, name: str) -> HttpResponse:
    """Every spelling of a tag has one page."""
    shared = is_stranger(request)
    tag_name = selectors.tag_name(name)
    if not tag_name:
        raise NotFound("tag")
    cursor = request.GET.get("cursor", "")
    shown = selectors.tag_page(request.user, tag_name, cursor=cursor)
    context: dict[str, Any] = {"name": tag_name, "cards": shown.cards, "next": shown.next, "next_url": request.path}
    if not cursor:
        context["head"] = selectors.tag_head(request.user, tag_name)
    context |= {"is_indexed": False, "shared": shared}  # as Explore: it quotes people
    response = page(request, "posts/tag.html", context)
    return share(response) if shared else response


@login_required
@require_safe
def tags(request: AuthedRequest) -> HttpResponse:
    asked = request.GET.get("q", "")[:LONGEST]
    if asked:
        limits.check("tags.suggest", person_id=request.user.pk)
    found = selectors.suggest_tags(request.user, asked) if asked else []
    followed = selectors.followed_offers(request.user)
    names = {one.name for one in followed}
    return page(request, "posts/tags.html", {"asked": asked, "found": found, "followed": followed, "names": names})


@login_required
@require_safe
def suggest(request: AuthedRequest) -> JsonResponse:
    """Hashtags for the #-list of a text box: `{items: [{name, posts}]}`, at most eight."""
    limits.check("tags.suggest", person_id=request.user.pk)
    found = selectors.suggest_tags(request.user, request.GET.get("q", "")[:LONGEST])
    return JsonResponse({"items": [{"name": one.name, "posts": one.posts} for one in found]})


@login_required
@require_POST
def follow(request: AuthedRequest, name: str) -> HttpResponse:
    return _button(request, services.follow_tag(actor=request.user, name=name), is_followed=True)


@login_required
@require_POST
def unfollow(request: AuthedRequest, name: str) -> HttpResponse:
    return _button(request, services.unfollow_tag(actor=request.user, name=name), is_followed=False)


def _button(request: AuthedRequest, name: str, *, is_followed: bool) -> HttpResponse:
    context = {"name": name, "is_followed": is_followed}
    to = back(request, reverse("posts:tag", args=[name]))
    return fragment_or_redirect(request, "posts/_follow_tag.html", context, to=to)
