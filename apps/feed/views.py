"""Parts of the home page (the page itself is web's), and the feed as JSON."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.feed import selectors
from apps.kernel.http import AuthedRequest, is_fragment, login_required


@login_required
@require_safe
def more(request: AuthedRequest) -> HttpResponse:
    """The cards of a page and the way to the next; a browser is sent to the home page there."""
    if not is_fragment(request):
        return redirect(f"{reverse('web:home')}?{request.GET.urlencode()}")
    shown = selectors.home_page(request.user, view=request.GET.get("view", ""), cursor=request.GET.get("cursor", ""))
    return render(request, "posts/_list.html", {"cards": shown.cards, "next": shown.next, "next_url": request.path})


@login_required
@require_safe
def new(request: AuthedRequest) -> HttpResponse:
    """What the pill of new posts brings; the answer says from when on to ask next."""
    if not is_fragment(request):
        return redirect("web:home")
    shown = selectors.news(request.user, request.GET.get("since", ""))
    answer = render(request, "posts/_list.html", {"cards": shown.cards})
    answer["X-Since"] = shown.since
    return answer


@login_required
@require_safe
def api(request: AuthedRequest) -> HttpResponse:
    page = selectors.api_page(request.user, view=request.GET.get("view", ""), cursor=request.GET.get("cursor", ""))
    return JsonResponse(page)
