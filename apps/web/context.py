"""What every page's frame needs. Costs no query: only cookies and what the request has already loaded."""

from django.http import HttpRequest
from django.urls import reverse

from apps.kernel.look import look_of


def shell(request: HttpRequest) -> dict[str, str]:
    university_id = getattr(getattr(request, "user", None), "university_id", None)
    return look_of(request) | {
        "campus_css": reverse("web:campus_css", args=[university_id]) if university_id else "",
    }
