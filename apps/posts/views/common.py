"""What several views of posts need."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django_htmx.http import trigger_client_event

from apps.kernel.http import back, fragment_or_redirect, is_fragment
from apps.posts import policies, selectors
from apps.posts.cards import studies
from apps.posts.comment_cards import Reading
from apps.posts.comments import USUAL, Sort, sort_named, thread
from apps.posts.models import Post

TALK = "talk"  # the cookie that remembers in which order somebody reads
YEAR = 365 * 24 * 3600


def reading_of(request: HttpRequest, post: Post) -> tuple[Reading, str]:
    """How the talk under a post is drawn for whoever asks, and why they may not answer there."""
    if not request.user.is_authenticated:
        return Reading(viewer=request.user, may_reply=False), ""
    why_not = policies.why_not_reply(request.user, post)
    is_host = request.user.pk == post.author_id
    reading = Reading(viewer=request.user, csrf=get_token(request), is_host=is_host, may_reply=not why_not)
    return reading, why_not


def sort_of(request: HttpRequest) -> Sort:
    """The order that is asked for, else the one that was chosen last on this device."""
    return sort_named(request.GET.get("sort", "")) or sort_named(request.COOKIES.get(TALK, "")) or USUAL


def keep_sort(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Remember the order that was asked for."""
    asked = sort_named(request.GET.get("sort", ""))
    if asked and asked != request.COOKIES.get(TALK):
        response.set_cookie(TALK, asked, max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
    return response


def detail_context(request: HttpRequest, post_id: int, **written: str) -> dict[str, Any]:
    post, card = selectors.whole_post(request.user, post_id)
    reading, why_not = reading_of(request, post)
    return {
        "post": post,
        "card": card,
        "studies": studies(post, request.user, get_language()),
        "is_indexed": request.user.is_authenticated or selectors.is_for_search_engines(post),
        "thread": thread(post, reading, cursor=request.GET.get("cursor", ""), sort=sort_of(request)),
        "why_not": why_not,
        "form": selectors.comment_form(**written),
    }


def detail_or_redirect(request: HttpRequest, post_id: int, *, to: Any) -> HttpResponse:
    """After a write to the talk: the post with it, which is drawn only where HTMX asks for it."""
    context = detail_context(request, post_id) if is_fragment(request) else {}
    return fragment_or_redirect(request, "posts/_detail.html", context, to=to)


def gone(request: HttpRequest, said: str, *, undo: str) -> HttpResponse:
    """The act can be undone: by the toast's button, or without JavaScript by the one in the message."""
    if is_fragment(request):
        return trigger_client_event(HttpResponse(), "cc:toast", {"text": said, "undo": undo})
    messages.success(request, said, extra_tags=undo)
    return redirect(back(request, reverse("web:home")))


def back_to(request: HttpRequest, anchor: str) -> str:
    return back(request, reverse("web:home")).partition("#")[0] + anchor
