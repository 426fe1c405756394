"""What every page's frame needs. Costs no query: cookies, what is kept, and what the request has already loaded."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from apps.graph import selectors as graph
from apps.kernel.look import look_of


def shell(request: HttpRequest) -> dict[str, object]:
    university_id = getattr(getattr(request, "user", None), "university_id", None)
    look = look_of(request)
    return {
        "look": look,
        "theme": look["theme"],
        "contrast": look["contrast"],
        "waiting": SimpleLazyObject(lambda: _waiting(request)),
        "campus_css": reverse("web:campus_css", args=[university_id]) if university_id else "",
    }


def _waiting(request: HttpRequest) -> int:
    """How many ask to follow whoever is here. Nothing is looked up for guests and open profiles."""
    person = getattr(request, "user", None)
    return graph.request_count(person) if person is not None and person.is_authenticated and person.is_private else 0
