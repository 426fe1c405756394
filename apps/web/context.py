"""What every page's frame needs. Costs no query: cookies, what is kept, and what the request has already loaded."""

from functools import cache

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from apps.graph import selectors as graph
from apps.kernel.look import look_of
from apps.kernel.templatetags.ui import avatar
from apps.posts import selectors as posts


def shell(request: HttpRequest) -> dict[str, object]:
    person = getattr(request, "user", None)
    university_id = getattr(person, "university_id", None)
    member = person if person is not None and person.is_authenticated else None
    look = look_of(request)
    return {
        "look": look,
        "theme": look["theme"],
        "contrast": look["contrast"],
        "waiting": SimpleLazyObject(lambda: _waiting(request)),
        "reminders": SimpleLazyObject(lambda: _reminders(request)),
        "is_member": member is not None,
        "me": member.get_absolute_url if member else "",
        "face": (lambda: avatar(member, size="small")) if member else "",
        "campus_css": _campus_css(university_id) if university_id else "",
    }


@cache
def _campus_css(university_id: int) -> str:
    return reverse("web:campus_css", args=[university_id])


def _waiting(request: HttpRequest) -> int:
    """How many ask to follow whoever is here. Nothing is looked up for guests and open profiles."""
    person = getattr(request, "user", None)
    return graph.request_count(person) if person is not None and person.is_authenticated and person.is_private else 0


def _reminders(request: HttpRequest) -> int:
    """How many reminders of saved posts stand for whoever is here. Kept, so that no page asks for them anew."""
    person = getattr(request, "user", None)
    return posts.due_count(person) if person is not None else 0
