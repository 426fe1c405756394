from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from apps.accounts import selectors as accounts
from apps.graph import selectors as graph
from apps.kernel.edge import PROFILE_SECONDS, is_stranger, share
from apps.kernel.http import AuthedRequest, login_required, page
from apps.web import selectors, services


@require_safe
def profile(request: HttpRequest, username: str) -> HttpResponse:
    """A person's page. Whoever may not see the person gets the same 404 as for a name that nobody has.

    `as` shows one's own page as others get it; on another's page it means nothing.
    """
    shared = is_stranger(request)
    met = graph.met(request.user, username)
    asked = request.GET.get("as", "") if request.user == met.person else ""
    seen_as = selectors.VIEW_AS.get(asked)
    sheet = selectors.sheet(request.user, met, seen_as=seen_as, cursor=request.GET.get("cursor", ""))
    context = {
        "shared": shared,
        "section": "profile" if request.user == met.person else "",
        "sheet": sheet,
        "person": met.person,
        "is_indexed": accounts.is_for_search_engines(met.person),
        "seen_as": asked if seen_as is not None else "",
        "standing": sheet.standing,
        "tags": selectors.talked_about(request.user),
        "cards": sheet.posts.cards,
        "next": sheet.posts.next,
        "next_url": request.path if seen_as is None else f"{request.path}?as={asked}",
    }
    response = page(request, "web/profile.html", context)
    return share(response, PROFILE_SECONDS) if shared else response


@login_required
@require_POST
def close_hint(request: AuthedRequest) -> HttpResponse:
    services.close_hint(actor=request.user)
    return redirect(request.user)
