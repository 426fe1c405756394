"""The front door: a landing page for a guest, the home feed for a member."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from apps.feed import selectors as feed
from apps.feed import services as feed_services
from apps.kernel import ids
from apps.kernel.edge import is_stranger, share
from apps.kernel.fragments import MARK, fill, slot
from apps.kernel.http import AuthedRequest, is_fragment, login_required, page, whole
from apps.kernel.kept_pages import KeptParts
from apps.posts import selectors as posts
from apps.web import selectors
from apps.web.views.welcome import SHOWN


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    shared = is_stranger(request)
    if request.user.is_authenticated or is_fragment(request):  # who asks for a part was a member a moment ago
        return member_home(request)
    facts = selectors.landing()
    if not facts["ways_in"] and selectors.is_untouched():  # nobody and nothing: the wizard comes first
        return redirect("web:setup")
    response = page(request, "web/landing.html", facts | {"shared": shared})
    return share(response) if shared else response


@login_required
def member_home(request: AuthedRequest) -> HttpResponse:
    """The feed. `view` shows an order for once; which one somebody has chosen is theirs to set (feed:settings).

    The posts of a first page and the frame around them are kept for a minute each, and sent again while they would be
    made the same (FE8).
    """
    feed_services.arrive(actor=request.user)
    if is_fragment(request):
        return page(request, "web/home.html", _posts(request)[0])
    name = f"feed {view}" if (view := request.GET.get("view", "")) in feed.VIEWS else "feed"
    kept = KeptParts(request, "frame", name)
    own = {"csrf_token": get_token(request), "key": str(ids.uuid7())}
    found = None if request.GET.get("cursor") else kept.html(name, lambda stamp: feed.holds(request.user, stamp))
    own["feed"] = found or _feed(request, kept, name)
    frame = "" if kept.has_news else kept.html("frame") or ""
    if not frame:
        checklist = selectors.checklist(request.user)
        if checklist and checklist.is_untouched and SHOWN not in request.session:  # a newcomer is led to it once
            return redirect("web:welcome")
        frame = _frame(request, kept, checklist)
    return whole(fill(frame.split(MARK), own))


def _posts(request: AuthedRequest, *, to_keep: bool = False) -> tuple[dict[str, Any], feed.HomePage]:
    view, cursor = request.GET.get("view", ""), request.GET.get("cursor", "")
    shown = feed.home_page(request.user, view=view, cursor=cursor, to_keep=to_keep)
    context = {"view": shown.view, "shown": shown, "cards": shown.cards, "next": shown.next, "next_url": "/"}
    return context, shown


def _feed(request: AuthedRequest, kept: KeptParts, name: str) -> SafeString:
    with kept.making(name):
        context, shown = _posts(request, to_keep=True)
        html = render_to_string("web/_feed.html", context, request)
    if shown.stamp:
        kept.keep(name, html, stamp=shown.stamp, until=shown.until)
    return html


def _frame(request: AuthedRequest, kept: KeptParts, checklist: selectors.Checklist | None) -> str:
    """With slots for the posts, the token of forms, and the key that makes a post sent twice one post."""
    with kept.making("frame"):
        key = ids.uuid7()
        context = selectors.around(request.user) | {
            "section": "home",
            "composer": posts.composer(request.user, key=key),
            "checklist": checklist,
            "today": timezone.localdate(),
            "csrf_token": slot("csrf_token"),
            "feed": slot("feed"),
        }
        html = render_to_string("web/home.html", context, request).replace(str(key), slot("key"))
    if not checklist and not kept.has_news:
        kept.keep("frame", html)
    return html
