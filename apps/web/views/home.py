"""The front door: a landing page for a guest, the home feed for a member."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from apps.feed import selectors as feed
from apps.feed import services as feed_services
from apps.kernel.http import AuthedRequest, is_fragment, page
from apps.posts import selectors as posts
from apps.web import selectors
from apps.web.views.caching import is_stranger, share
from apps.web.views.welcome import SHOWN

VIEWS = ("ranked", "latest")
VIEW_COOKIE = "feed_view"
VIEW_COOKIE_AGE = 400 * 24 * 3600  # seconds


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    shared = is_stranger(request)
    if request.user.is_authenticated:
        return member_home(request)  # type: ignore[arg-type]
    facts = selectors.landing()
    if not facts["ways_in"] and selectors.is_untouched():  # nobody and nothing: the wizard comes first
        return redirect("web:setup")
    response = page(request, "web/landing.html", facts | {"shared": shared})
    return share(response) if shared else response


def member_home(request: AuthedRequest) -> HttpResponse:
    """The feed; a newcomer is led to the first steps once."""
    checklist = None if is_fragment(request) else selectors.checklist(request.user)
    if checklist and checklist.is_untouched and SHOWN not in request.session:
        return redirect("web:welcome")
    return _feed(request, checklist)


def _feed(request: AuthedRequest, checklist: selectors.Checklist | None) -> HttpResponse:
    """The view asked for is remembered in a cookie: it holds for the device and costs no write."""
    asked = request.GET.get("view", "")
    kept = asked or request.COOKIES.get(VIEW_COOKIE, "")
    view = kept if kept in VIEWS else VIEWS[0]
    feed_services.arrive(actor=request.user)
    shown = feed.home_page(request.user, view=view, cursor=request.GET.get("cursor", ""))
    context = {
        "section": "home",
        "view": view,
        "shown": shown,
        "cards": shown.cards,
        "next": shown.next,
        "next_url": "/",
    }
    if not is_fragment(request):
        context |= selectors.around(request.user)
        context |= {"composer": posts.composer(request.user), "checklist": checklist}
    response = page(request, "web/home.html", context)
    if asked in VIEWS:
        response.set_cookie(
            VIEW_COOKIE, view, max_age=VIEW_COOKIE_AGE, samesite="Lax", httponly=True, secure=request.is_secure()
        )
    return response
