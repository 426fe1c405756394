"""Where one is logged in, and two doors that we watch ourselves: that of passkeys and that of the admin."""

from allauth.account.adapter import get_adapter
from allauth.mfa.webauthn.views import login_webauthn
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts import selectors, services
from apps.kernel import limits
from apps.kernel.errors import Forbidden, NotFound
from apps.kernel.http import AuthedRequest, client_address, login_required, page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: AuthedRequest) -> HttpResponse:
    """Where a person is logged in. POST `session` ends that one; without it, all but this one."""
    mine = selectors.sessions_of(request.user)
    here = request.session.session_key or ""
    if request.method != "POST":
        return page(request, "accounts/sessions.html", {"sessions": list(mine), "here": here})
    if "session" in request.POST:
        wanted = request.POST["session"]
        is_id = wanted.isdecimal() and len(wanted) < 20  # int() refuses thousands of digits
        chosen = mine.filter(pk=wanted).first() if is_id else None
        if chosen is None:
            raise NotFound(_("This session has already ended."))
        services.end_session(actor=request.user, person=request.user, session_key=chosen.session_key, reason="ended")
    else:
        services.end_all_sessions(actor=request.user, person=request.user, reason="ended", but=here)
    messages.success(request, _("Logged out there."))
    return redirect("accounts:sessions")


@require_http_methods(["GET", "HEAD", "POST"])
def passkey_log_in(request: HttpRequest) -> HttpResponse:
    """The question to a passkey as JSON, then its answer. Both are work; who only opens the address is led on."""
    if request.method == "POST" or get_adapter().is_ajax(request):
        limits.check("factor.passkey", address=client_address(request))
    return login_webauthn(request)  # type: ignore[no-any-return]


@require_http_methods(["GET", "HEAD", "POST"])
def admin_login(request: HttpRequest) -> HttpResponse:
    """The admin's own log-in would pass by our throttles and second factor, so it leads to the one there is."""
    if request.user.is_authenticated:
        if request.user.is_staff:
            return redirect("admin:index")
        raise Forbidden(_("The admin is for staff."))
    target = request.GET.get("next") or reverse("admin:index")
    return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")
