"""How the site looks for somebody: a few choices, kept in cookies, so that the first paint is right."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse

# What may be chosen. Nothing chosen: the system decides, or the usual is taken.
CHOICES = {
    "theme": ("light", "dark"),
    "contrast": ("more", "standard"),
    "text": ("115", "130"),  # percent
    "motion": ("less",),
    "letters": ("wide",),
    "keys": ("off",),
}
AGE = 400 * 24 * 3600  # seconds; the longest a browser keeps a cookie


def look_of(request: HttpRequest) -> dict[str, str]:
    """Every choice, empty where nothing is chosen. Anything else in a cookie is ignored."""
    return dict.fromkeys(CHOICES, "") | known(request.COOKIES)


def known(values: Mapping[str, object]) -> dict[str, str]:
    """Of anything, the choices there are."""
    return {name: str(values[name]) for name, allowed in CHOICES.items() if values.get(name) in allowed}


def keep(response: HttpResponse, look: Mapping[str, str], *, secure: bool) -> None:
    """Keep these choices on the device; an empty one is taken back. Scripts may read and write `keys` alone."""
    for name, value in look.items():
        response.set_cookie(
            name,
            value,
            max_age=AGE if value else 0,
            samesite="Lax",
            secure=secure,
            httponly=name != "keys",
        )
