"""The front door: a landing page for a guest, the home feed for a member."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.feed import selectors as feed
from apps.feed import services as feed_services
from apps.kernel import ids
from apps.kernel.edge import is_stranger, share
from apps.kernel.http import AuthedRequest, is_fragment, login_required, page, whole
from apps.kernel.kept_pages import KeptPage
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

    A first page is kept for a minute and sent again while it would be made the same (FE8).
    """
    feed_services.arrive(actor=request.user)
    if is_fragment(request):
        return page(request, "web/home.html", _feed(request))
    kept = KeptPage(request, slots={"key": str(ids.uuid7())})
    html = kept.html(lambda stamp: feed.holds(request.user, stamp))
    return whole(html) if html else _made(request, kept)


def _made(request: AuthedRequest, kept: KeptPage) -> HttpResponse:
    """The page as it is now; a newcomer is led to the first steps once."""
    checklist = selectors.checklist(request.user)
    if checklist and checklist.is_untouched and SHOWN not in request.session:
        return redirect("web:welcome")
    context = _feed(request) | selectors.around(request.user) | {
        "composer": posts.composer(request.user, key=uuid.UUID(kept.slots["key"])),
        "csrf_token": kept.slots["csrf_token"],
        "checklist": checklist,
        "today": timezone.localdate(),
    }  # fmt: skip
    response = page(request, "web/home.html", context)
    shown: feed.HomePage = context["shown"]
    if shown.stamp and not checklist:
        kept.keep(response, stamp=shown.stamp, until=shown.until)
    return response


def _feed(request: AuthedRequest) -> dict[str, Any]:
    asked = {name: request.GET.get(name, "") for name in ("view", "cursor")}
    shown = feed.home_page(request.user, **asked)
    return {
        "section": "home",
        "view": shown.view,
        "shown": shown,
        "cards": shown.cards,
        "next": shown.next,
        "next_url": "/",
    }
