"""The directory of people. For members: who is in it wishes to be found on campus, not by the whole world."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.graph import selectors
from apps.kernel import limits
from apps.kernel.http import AuthedRequest, is_fragment, login_required, page


@login_required
@require_safe
def people(request: AuthedRequest) -> HttpResponse:
    """The whole state stands in the address: what is searched, chosen, sorted, and where in the list one is."""
    limits.check("people.browse", person_id=request.user.pk)
    wish, after = selectors.wish_of(request.GET), request.GET.get("cursor", "")
    if after and is_fragment(request):
        rows = selectors.rows_of(request.user, wish, after)
        return page(request, "graph/directory_rows.html", {"page": rows, "query": wish.query()})
    swap = is_fragment(request)
    found = selectors.directory(request.user, wish, after)
    context = {"section": "people", "directory": found, "query": wish.query(), "is_swap": swap}
    response = page(request, "graph/directory.html", context)
    if swap:
        response[_history(request, wish)] = f"{reverse('graph:people')}?{wish.query()}".removesuffix("?")
    return response


def _history(request: AuthedRequest, wish: selectors.Wish) -> str:
    """Each choice is a step that Back undoes; each letter typed is not."""
    before = selectors.wish_of(QueryDict(urlsplit(request.headers.get("HX-Current-URL", "")).query))
    return "HX-Replace-Url" if before.query(words="") == wish.query(words="") else "HX-Push-Url"
