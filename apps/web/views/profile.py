from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.graph import selectors as graph
from apps.kernel.http import page
from apps.posts import selectors as posts
from apps.web import selectors

SCENES = ("campus", "lake", "hall", "square", "stairs")  # a cover that is not chosen is drawn, and stays the same


@require_safe
def profile(request: HttpRequest, username: str) -> HttpResponse:
    """A person's page. Whoever may not see the person gets the same 404 as for a name that nobody has."""
    person = graph.person_for(request.user, username)
    own = request.user == person
    shown = posts.author_page(request.user, person, cursor=request.GET.get("cursor", ""))
    context = {
        "section": "profile" if own else "",
        "own": own,
        "person": person,
        "scene": SCENES[person.pk % len(SCENES)],
        "standing": selectors.standing(request.user, person),
        "tags": selectors.tags_this_week(),
        "cards": shown.cards,
        "next": shown.next,
        "next_url": request.path,
    }
    return page(request, "web/profile.html", context)
