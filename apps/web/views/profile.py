from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from apps.accounts import selectors as accounts
from apps.graph import selectors as graph
from apps.kernel.http import AuthedRequest, login_required, page
from apps.web import selectors, services


@require_safe
def profile(request: HttpRequest, username: str) -> HttpResponse:
    """A person's page. Whoever may not see the person gets the same 404 as for a name that nobody has.

    `as` shows one's own page as others get it; on another's page it means nothing.
    """
    person = graph.person_for(request.user, username)
    asked = request.GET.get("as", "") if request.user == person else ""
    seen_as = selectors.VIEW_AS.get(asked)
    sheet = selectors.sheet(request.user, person, seen_as=seen_as, cursor=request.GET.get("cursor", ""))
    context = {
        "section": "profile" if request.user == person else "",
        "sheet": sheet,
        "person": person,
        "is_indexed": accounts.is_for_search_engines(person),
        "seen_as": asked if seen_as is not None else "",
        "standing": sheet.standing,
        "tags": selectors.tags_this_week(),
        "cards": sheet.posts.cards,
        "next": sheet.posts.next,
        "next_url": request.path if seen_as is None else f"{request.path}?as={asked}",
    }
    return page(request, "web/profile.html", context)


@login_required
@require_POST
def close_hint(request: AuthedRequest) -> HttpResponse:
    services.close_hint(actor=request.user)
    return redirect(request.user)
