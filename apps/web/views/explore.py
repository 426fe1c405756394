"""What campus says to everyone: the newest, and what is most talked about."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.feed import selectors as feed
from apps.kernel.edge import is_stranger, share
from apps.kernel.http import page
from apps.posts import selectors as posts
from apps.web import selectors


@require_safe
def explore(request: HttpRequest) -> HttpResponse:
    """What is addressed to everyone, newest first; for guests too."""
    shared = is_stranger(request)
    shown = posts.explore_page(request.user, cursor=request.GET.get("cursor", ""))
    context = _context(request, shown, shared) | {"tab": "newest", "next_url": request.path}
    response = page(request, "web/explore.html", context)
    return share(response) if shared else response


@require_safe
def trending(request: HttpRequest) -> HttpResponse:
    """What is most talked about this week: at one's own university, or everywhere; the latter for guests too."""
    shared = is_stranger(request)
    university = getattr(request.user, "university", None)
    if request.GET.get("of") == "everywhere":
        university = None
    cursor = request.GET.get("cursor", "")
    shown = feed.trending_page(request.user, university_id=university.pk if university else None, cursor=cursor)
    context = _context(request, shown, shared) | {
        "tab": "trending",
        "university": university,
        "next_url": request.path if university else f"{request.path}?of=everywhere",
    }
    response = page(request, "web/trending.html", context)
    return share(response) if shared else response


def _context(request: HttpRequest, shown: posts.CardPage, shared: bool) -> dict[str, object]:
    return selectors.around(request.user) | {
        "section": "explore",
        "is_indexed": False,  # it quotes people who did not ask to be found by search engines
        "shared": shared,
        "cards": shown.cards,
        "next": shown.next,
    }
