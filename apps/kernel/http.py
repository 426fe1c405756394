"""What every view needs: who is asking and from where, a page or its fragment, and the way back."""

import ipaddress
from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from apps.accounts.models import User  # the kernel knows that there are people, by type only

P = ParamSpec("P")


class AuthedRequest(HttpRequest):
    """A request of somebody who is logged in; `login_required` promises it."""

    user: "User"


def is_fragment(request: HttpRequest) -> bool:
    """Whether HTMX asks for a part of a page. A boosted link or a restored history entry wants the whole."""
    headers = request.headers
    return "HX-Request" in headers and "HX-Boosted" not in headers and "HX-History-Restore-Request" not in headers


def wants_json(request: HttpRequest) -> bool:
    if request.path_info.startswith("/api/"):
        return True
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """`app/thing.html`, or `app/_thing.html` when HTMX asks for a fragment.

    What search engines shall not keep has `is_indexed` False in its context, which says so in the head and a header.
    """
    if is_fragment(request):
        folder, _slash, name = template.rpartition("/")
        template = f"{folder}/_{name}"
    response = _varied(render(request, template, dict(context or {}), status=status))
    if context and context.get("is_indexed") is False:
        response["X-Robots-Tag"] = "noindex"
    return response


def whole(html: str) -> HttpResponse:
    """A page that was rendered before, under the same headers as `page`."""
    return _varied(HttpResponse(html))


def fragment_or_redirect(request: HttpRequest, template: str, context: Mapping[str, Any], *, to: Any) -> HttpResponse:
    """After a write: the fragment for HTMX, else a redirect to an address, a URL name or an object that has one."""
    if is_fragment(request):
        return _varied(render(request, template, dict(context)))
    return _varied(HttpResponseRedirect(resolve_url(to)))


def _varied(response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ["HX-Request"])
    return response


def login_required(
    view: Callable[Concatenate[AuthedRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Send a guest to the log-in and back: a redirect for a page, 401 for a fragment (with HX-Redirect) and JSON."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)  # type: ignore[arg-type]
        return _to_log_in(request)

    return guarded


def _to_log_in(request: HttpRequest) -> HttpResponse:
    sentence = _("Log in first.")
    if wants_json(request):
        return JsonResponse({"code": "not_logged_in", "detail": sentence}, status=401)
    safe = request.method in ("GET", "HEAD")
    fragment = is_fragment(request)
    target = request.get_full_path() if safe and not fragment else back(request, "/")
    address = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': target})}"
    if fragment:
        return _varied(HttpResponse(sentence, status=401, headers={"HX-Redirect": address}))
    return _varied(HttpResponseRedirect(address))


def absolute(path: str) -> str:
    """The whole address of a path of ours, for what leaves the site: mails, and pages elsewhere that link back."""
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def back(request: HttpRequest, fallback: str) -> str:
    """Where the person came from: `next`, else the page before, when it is one of ours; else the fallback."""
    asked = request.POST.get("next") or request.GET.get("next")
    if asked:
        return asked if _is_ours(request, asked) else fallback
    referer = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not _is_ours(request, referer):
        return fallback
    parts = urlsplit(referer)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def _is_ours(request: HttpRequest, address: str) -> bool:
    """A whole address or a path from the root: a bare word is neither, and `redirect` would look for a view of it."""
    if not address.startswith(("/", "http://", "https://")):
        return False
    return url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())


def client_address(request: HttpRequest) -> str:
    """The address of whoever asks, as the outermost of our TRUSTED_PROXIES saw it; nobody else is believed."""
    direct = str(request.META.get("REMOTE_ADDR", ""))
    hops = settings.TRUSTED_PROXIES
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if not hops or len(chain) < hops:
        return direct
    try:
        return str(ipaddress.ip_address(chain[-hops]))
    except ValueError:
        return direct
