"""The look: a few choices kept in cookies, the colours of a university, the style guide."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from apps.accounts import selectors as accounts
from apps.accounts import services as accounts_services
from apps.kernel import http, look
from apps.kernel.edge import is_stranger, share
from apps.kernel.errors import NotFound

# Samples of the style guide.
COMMENTS = [(0, "Bob", ""), (1, "Amara Nwosu", "Bob"), (2, "Đorđe", "Amara Nwosu"), (0, "陳怡君", "")]
DRAWINGS = [
    ("board", "A fresh sheet"),
    ("table", "Two cups, no talk"),
    ("glass", "Nothing found"),
    ("cat", "Nothing lost"),
    ("lamp", "The desk is clear"),
    ("signpost", "Not here"),
    ("boat", "Offline"),
    ("ink", "Our fault"),
]


@require_POST
def set_look(request: HttpRequest) -> HttpResponse:
    """Keeps the choices sent, on the device and with the account; an empty or unknown value takes the choice back."""
    response: HttpResponse = HttpResponse(status=204)
    if not request.headers.get("X-Look"):  # a form without JavaScript goes back to its page
        response = HttpResponseRedirect(http.back(request, "/"))
    chosen = look.known(request.POST)
    chosen |= {name: "" for name in look.CHOICES if name in request.POST and name not in chosen}
    look.keep(response, chosen, secure=request.is_secure())
    if request.POST.get("language") in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            request.POST["language"],
            max_age=look.AGE,
            samesite="Lax",
            secure=request.is_secure(),
        )
    if request.user.is_authenticated and chosen:
        accounts_services.keep_look(actor=request.user, look=chosen)
    return response


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """The keys there are, the same for everyone; the switch says what this browser's cookie does."""
    shared = is_stranger(request)
    response = http.page(request, "web/keys.html", {"shared": shared})
    return share(response) if shared else response


@require_safe
def campus_css(request: HttpRequest, university_id: int) -> HttpResponse:
    """One rule: the hue of a university. Public, the same for everyone, kept an hour."""
    hue = accounts.university_hue(university_id)
    if hue is None:
        raise NotFound("university")
    response = HttpResponse(f":root {{ --campus-hue: {hue} }}\n", content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    return response


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    return render(request, "web/styleguide.html", {"hues": range(1, 13), "comments": COMMENTS, "drawings": DRAWINGS})
