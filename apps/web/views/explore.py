from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.kernel.http import page
from apps.posts import selectors as posts
from apps.web import selectors
from apps.web.views.caching import is_stranger, share


@require_safe
def explore(request: HttpRequest) -> HttpResponse:
    """What is addressed to everyone, newest first; for guests too."""
    shared = is_stranger(request)
    shown = posts.explore_page(request.user, cursor=request.GET.get("cursor", ""))
    context = selectors.around(request.user) | {
        "section": "explore",
        "is_indexed": False,  # it quotes people who did not ask to be found by search engines
        "shared": shared,
        "cards": shown.cards,
        "next": shown.next,
        "next_url": request.path,
    }
    response = page(request, "web/explore.html", context)
    return share(response) if shared else response
