"""The look: scheme and contrast kept in cookies, the colours of a university, the style guide."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from apps.accounts import selectors as accounts
from apps.kernel import http
from apps.kernel.errors import NotFound
from apps.kernel.look import AGE, CHOICES

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
    """Keeps the choices sent; an empty or unknown value gives the choice back to the system."""
    response: HttpResponse = HttpResponse(status=204)
    if not request.headers.get("X-Look"):  # a form without JavaScript goes back to its page
        response = HttpResponseRedirect(http.back(request, "/"))
    for name, allowed in CHOICES.items():
        if name in request.POST:
            keep = request.POST[name] in allowed
            value, age = (request.POST[name], AGE) if keep else ("", 0)
            response.set_cookie(name, value, max_age=age, samesite="Lax", secure=request.is_secure(), httponly=True)
    return response


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
