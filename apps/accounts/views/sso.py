"""The ways to a university's log-in and back. Each stands before allauth's view under the same address."""

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.forms import DisconnectForm
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.saml import views as saml_views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import social
from apps.accounts.selectors import sso
from apps.kernel import limits
from apps.kernel.errors import NotFound, TooLarge
from apps.kernel.http import AuthedRequest, client_address, login_required, page

LARGEST_ANSWER = 256 * 1024  # bytes; a signed response with its certificates has about twenty thousand


@require_http_methods(["GET", "HEAD", "POST"])
def campus_log_in(request: HttpRequest, kind: str, provider_id: str = "", organization_slug: str = "") -> HttpResponse:
    """On to the university, by POST only: a link from elsewhere must not log anybody in (log-in CSRF)."""
    app = _app(kind, provider_id or organization_slug)
    asked = request.POST if request.method == "POST" else request.GET
    process = "connect" if asked.get("process") == "connect" else "login"
    next_url = get_next_redirect_url(request) or ""
    if request.method != "POST":
        context = {"name": app.name, "process": process, "next_url": next_url}
        return render(request, "socialaccount/login.html", context)
    limits.check("sso.start", address=client_address(request))
    return social.leave_for(request, app, process=process, next_url=next_url)


@require_safe
def oidc_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back with a code: tokens are fetched for it, and the ID token's signature, nonce and audience checked."""
    app = _app(social.OIDC, provider_id)
    view = OAuth2CallbackView.adapter_view(social.CampusOIDCAdapter(request, provider_id))
    return social.answered(request, app, lambda: view(request))


@csrf_exempt
@require_POST
def saml_back(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """The provider's page posts the response here, from its own site: so no token of ours and no session of ours.

    It is kept for a moment and checked by `saml_finish`, where the browser sends its session along.
    """
    _app(social.SAML, organization_slug)
    limits.check("sso.answer", address=client_address(request))
    if len(request.body) > LARGEST_ANSWER:  # anybody may post here, and it is kept until somebody comes for it
        raise TooLarge
    return saml_views.acs(request, organization_slug=organization_slug)  # type: ignore[no-any-return]


@require_safe
def saml_finish(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """The response must be signed, meant for us, in time, and the answer to what this very session asked."""
    app = _app(social.SAML, organization_slug)
    return social.answered(request, app, lambda: saml_views.finish_acs(request, organization_slug=organization_slug))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def connections(request: AuthedRequest) -> HttpResponse:
    """The campus log-ins that open one's account. POST `account` disconnects that one, if another way in is left."""
    form = DisconnectForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("socialaccount_connections")
    connected, others = sso.connections_of(request.user)
    context = {"form": form, "connected": connected, "others": others}
    return page(request, "socialaccount/connections.html", context)


def saml_logout(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Logging out stays ours: an unsigned link from elsewhere would end sessions."""
    raise NotFound


def _app(kind: str, key: str) -> SocialApp:
    app = sso.app_of(kind, key)
    if app is None:
        raise NotFound
    return app
