"""The front door: a landing page for a guest, the home feed for a member."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.feed import selectors as feed
from apps.feed import services as feed_services
from apps.kernel.edge import is_stranger, share
from apps.kernel.http import AuthedRequest, is_fragment, login_required, page
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
    """The feed; a newcomer is led to the first steps once."""
    checklist = None if is_fragment(request) else selectors.checklist(request.user)
    if checklist and checklist.is_untouched and SHOWN not in request.session:
        return redirect("web:welcome")
    return _feed(request, checklist)


def _feed(request: AuthedRequest, checklist: selectors.Checklist | None) -> HttpResponse:
    """`view` shows an order for once; which one somebody has chosen for good is theirs to set (feed:settings)."""
    feed_services.arrive(actor=request.user)
    asked = {name: request.GET.get(name, "") for name in ("view", "cursor")}
    shown = feed.home_page(request.user, **asked)
    context = {
        "section": "home",
        "view": shown.view,
        "shown": shown,
        "cards": shown.cards,
        "next": shown.next,
        "next_url": "/",
    }
    if not is_fragment(request):
        context |= selectors.around(request.user) | {
            "composer": posts.composer(request.user),
            "checklist": checklist,
            "today": timezone.localdate(),
        }
    return page(request, "web/home.html", context)
