"""Small answers that are not pages."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe

ROBOTS = """\
User-agent: *
Disallow: /accounts/
Disallow: /admin/
Disallow: /agree/
Disallow: /api/
Disallow: /report/
Disallow: /settings/
Disallow: /setup/
"""


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "public, max-age=86400"
    return response


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask here without being told to; ours is drawn, and named in every page's head."""
    response = HttpResponseRedirect(static("img/icon.svg"))
    response["Cache-Control"] = "public, max-age=86400"
    return response
