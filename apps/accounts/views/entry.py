"""Ways in: what an address is worth at sign-up, invitations, the page of who waits, verification."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import selectors, services
from apps.accounts.forms import ReasonForm, SignupForm, VerificationCodeForm, invitation_form
from apps.accounts.forms.people import INVITATION
from apps.accounts.models import JoinRequest, Verification
from apps.accounts.stages import waiting_stage
from apps.kernel import limits
from apps.kernel.errors import NotFound
from apps.kernel.http import AuthedRequest, client_address, login_required, page

read_or_post = require_http_methods(["GET", "HEAD", "POST"])
CODE_ASKED = "verification_asked"  # in the session: to which moment the newest code belongs


@require_POST
def signup_way(request: HttpRequest) -> HttpResponse:
    """What the address just typed is worth, as the part of the sign-up form that depends on it. Changes nothing.

    By POST, so that no address stands in a log.
    """
    limits.check("signup.way", address=client_address(request))
    typed = {name: request.POST[name] for name in ("email", "university", "reason") if name in request.POST}
    return render(request, "account/_signup_way.html", {"form": SignupForm(initial=typed)})


@never_cache
@read_or_post
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites to what. POST goes on to sign-up with it. NotFound for a link we did not make."""
    found = selectors.invitation_for(token)
    if found is None:
        raise NotFound("invitation")
    if request.user.is_authenticated:
        messages.info(request, _("You are in already. Pass the invitation on to somebody who is not."))
        return redirect("web:home")
    if selectors.open_invitation(found.pk) is None:
        return page(request, "accounts/invitation_over.html", status=410)
    if request.method == "POST":
        request.session[INVITATION] = found.pk
        return redirect("account_signup")
    return page(request, "accounts/invitation.html", {"invitation": found})


@never_cache
@read_or_post
def waiting(request: HttpRequest) -> HttpResponse:
    """Where a log-in stands still until staff have decided. Once they have let the person in, it goes on."""
    stage = waiting_stage(request)
    if stage is None:
        return redirect("web:home" if request.user.is_authenticated else "account_login")
    asked = selectors.join_request_of(stage.login.user)
    if asked is None or asked.state == JoinRequest.State.ACCEPTED:
        return stage.exit()  # type: ignore[no-any-return]
    form = ReasonForm(request.POST if request.method == "POST" else None, initial={"reason": asked.reason})
    if form.is_valid():
        if services.set_reason(person=stage.login.user, reason=form.cleaned_data["reason"]):
            messages.success(request, _("Your reason is saved."))
        return redirect("accounts:waiting")
    context = {"asked": asked, "form": form, "refused": asked.state == JoinRequest.State.REJECTED}
    return page(request, "accounts/waiting.html", context, status=400 if form.errors else 200)


@login_required
@read_or_post
def invitations(request: AuthedRequest) -> HttpResponse:
    """One's own invitations. POST makes some; with `revoke` or `resend` it does that to the one of this id."""
    for name, act in (("revoke", services.revoke_invitation), ("resend", services.resend_invitation)):
        if name in request.POST:
            act(actor=request.user, invitation_id=_id(request.POST[name]))
            told = {"revoke": _("Nobody comes in with it any more."), "resend": _("The mail is on its way again.")}
            messages.success(request, told[name])
            return redirect("accounts:invitations")
    form = invitation_form(request.user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        made = services.invite(actor=request.user, **form.cleaned_data)
        sent = any(one.email for one in made)
        messages.success(request, _("Sent.") if sent else _("Your link is ready. Pass it on."))
        return redirect("accounts:invitations")
    return page(request, "accounts/invitations.html", _invitations(request, form), 400 if form.errors else 200)


def _invitations(request: AuthedRequest, form: object) -> dict[str, object]:
    widely = selectors.may_invite_widely(request.user)
    return {
        "form": form,
        "page": selectors.invitations_page(request.user, request.GET.get("cursor", "")),
        "may_invite": selectors.may_invite(request.user),
        "has_room": widely or selectors.open_count(request.user) < selectors.MEMBERS_OPEN,
        "most": selectors.MEMBERS_OPEN,
        "widely": widely,
    }


def _id(raw: str) -> int:
    if not raw.isdecimal() or len(raw) > 18:  # int() refuses thousands of digits
        raise NotFound("invitation")
    return int(raw)


@login_required
@read_or_post
def verification(request: AuthedRequest) -> HttpResponse:
    """Why and until when one is verified. POST `send` mails a code, `code` shows it, `graduate` makes an alumnus."""
    if "send" in request.POST:
        request.session[CODE_ASKED] = services.ask_for_code(actor=request.user)
        messages.success(request, _("A code is on its way to your campus address."))
        return redirect("accounts:settings_verification")
    if "graduate" in request.POST:
        if services.graduate(actor=request.user, person=request.user):
            messages.success(request, _("Congratulations. You are an alumnus now, and everything of yours stays."))
        return redirect("accounts:settings_verification")
    stamp = request.session.get(CODE_ASKED)
    form = VerificationCodeForm(request.POST if "code" in request.POST else None)
    if stamp and form.is_valid() and _renewed(request, form, stamp):
        return redirect("accounts:settings_verification")
    return page(request, "accounts/verification.html", _verification(request, form), 400 if form.errors else 200)


def _renewed(request: AuthedRequest, form: VerificationCodeForm, stamp: int) -> bool:
    if services.renew(actor=request.user, stamp=stamp, code=form.cleaned_data["code"]) is None:
        form.add_error("code", _("This is not the code we sent, or it is older than a quarter of an hour."))
        return False
    del request.session[CODE_ASKED]
    messages.success(request, _("You are verified again."))
    return True


def _verification(request: AuthedRequest, form: VerificationCodeForm) -> dict[str, object]:
    verified: Verification | None = selectors.verification_of(request.user)
    return {
        "form": form,
        "verification": verified,
        "may_renew": selectors.may_renew(request.user, verified),
        "is_campus_address": selectors.is_campus_address(request.user),
        "asked": CODE_ASKED in request.session,
    }
