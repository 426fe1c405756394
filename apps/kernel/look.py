"""The scheme a person chose, read from two cookies, so that the first paint is right."""

from django.http import HttpRequest

CHOICES = {"theme": ("light", "dark"), "contrast": ("more", "standard")}
AGE = 400 * 24 * 3600  # seconds; the longest a browser keeps a cookie


def look_of(request: HttpRequest) -> dict[str, str]:
    """`theme` and `contrast`, each empty when the system decides. Anything else in the cookie is ignored."""
    return {
        name: value if (value := request.COOKIES.get(name, "")) in allowed else "" for name, allowed in CHOICES.items()
    }
