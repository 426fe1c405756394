"""Where allauth's social log-ins meet our rules: whom a campus log-in lets in, and as whom (XP2, decision 0008)."""

import logging
import secrets
from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.signup import prevent_enumeration
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from onelogin.saml2.errors import OneLogin_Saml2_Error

from apps.accounts.claims import Claims, pick
from apps.accounts.models import SignOn, University, User
from apps.accounts.selectors import is_address_taken, sso
from apps.accounts.selectors.entry import is_refused
from apps.accounts.services import sso as writes

OIDC, SAML = "openid_connect", "saml"
log = logging.getLogger(__name__)


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """Called before anything is looked up or kept: of what was said only the claims we read are."""
        account, app = sociallogin.account, sociallogin.provider.app
        said = account.extra_data
        if app.provider == OIDC:
            token = said.get("id_token", {})
            info = said.get("userinfo") or token
            if info.get("sub") != token.get("sub"):
                raise PermissionDenied  # the answer of /userinfo is about somebody else (OpenID Connect Core 5.3.2)
            sociallogin.nonce = token.get("nonce")
            said = {**token, **info}
        account.extra_data = pick(said, sso.wanted_claims(sso.sign_on_of(app)))
        if app.settings.get("verified_email") is True:
            account.extra_data["email_verified"] = ["true"]
        if data.get("email"):  # SAML may have it as the name of the subject
            account.extra_data.setdefault("email", [str(data["email"])])
        person: User = sociallogin.user
        person.email = Claims(account.extra_data).email
        # What an address is worth says is_proved, so allauth takes none for confirmed.
        sociallogin.email_addresses = [EmailAddress(email=person.email, primary=True)] if person.email else []
        return person

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The provider is believed; who is it? A new person goes on to `is_open_for_signup`."""
        app = sociallogin.provider.app
        if app.provider == OIDC and not _same(sociallogin.state.get("nonce"), sociallogin.nonce):
            raise PermissionDenied
        sign_on, university, claims = _meaning(request, sociallogin)
        if sociallogin.state.get("process") == "connect":
            return _require_own_campus(request, university)
        if not sociallogin.is_existing and (person := sso.person_at(claims, university)):
            if person.is_active:
                writes.take_up_by_sso(person=person, account=sociallogin.account)
            sociallogin.user = person
        if sociallogin.is_existing:
            writes.renew_by_sso(person=sociallogin.user, sign_on=sign_on, university=university, claims=claims)
        return None

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """By the campus log-in somebody may come in where addresses and invitations open nothing (Entry.CLOSED)."""
        return True

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Whether nothing is missing. An address that has an account already gets the answer of one that has none."""
        email = sociallogin.user.email
        if email and is_address_taken(email):
            raise ImmediateHttpResponse(prevent_enumeration(request, email=email))
        return bool(email) and not is_refused(email)

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        sign_on, university, claims = _meaning(request, sociallogin)
        sociallogin.user = writes.join_by_sso(
            sign_on=sign_on,
            university=university,
            claims=claims,
            account=sociallogin.account,
            email=form.cleaned_data["email"] if form else "",
        )
        person: User = sociallogin.user
        return person

    def validate_disconnect(self, account: SocialAccount, accounts: list[SocialAccount]) -> None:
        """Not the last way in. allauth asks for a password; where passwords open nothing, another must be left."""
        others = [other for other in accounts if other.pk != account.pk]
        if not others and sso.only_campus_of(account.user):
            raise ValidationError(_("This is your only way in: your university has no other log-in here."))

    def on_authentication_error(self, request: HttpRequest, provider: Any, **about: Any) -> None:
        """The page says what to do; the reason is for whoever runs the site."""
        why = about.get("exception") or about.get("extra_context")
        log.warning("campus log-in %s failed: %s %r", provider.sub_id, about.get("error"), why)

    def serialize_instance(self, instance: Any) -> dict[str, Any]:
        """What waits in the session for an address, or for a password: of the person only who it is, if anybody yet."""
        if isinstance(instance, User):
            return {"id": instance.pk, "email": instance.email}
        kept: dict[str, Any] = super().serialize_instance(instance)
        return kept


class CampusOIDCAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """allauth's, which believes an ID token without its signature when it came over TLS. We check it always."""

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> SocialLogin:
        self.did_fetch_access_token = False
        try:
            return super().complete_login(request, app, token, **kwargs)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise OAuth2Error("The provider's answer cannot be read") from error


def leave_for(request: HttpRequest, app: SocialApp, *, process: str, next_url: str) -> HttpResponse:
    """A page that goes on to the provider by itself.

    Not a redirect: browsers hold the whole chain of redirects after a form to the page's form-action, and where a
    university's log-in leads on to, nobody can list. A page of its own when the provider does not answer.
    """
    provider = app.get_provider(request)
    extra: dict[str, Any] = {}
    if app.provider == OIDC:
        nonce = secrets.token_urlsafe(24)
        extra = {"nonce": nonce, "auth_params": {**provider.get_auth_params(), "nonce": nonce}}
        provider.oauth2_adapter_class = CampusOIDCAdapter

    def go() -> HttpResponse:
        there = provider.redirect(request, process=process, next_url=next_url or None, **extra)
        if there.status_code != 302:
            return there  # type: ignore[no-any-return]
        response = render(request, "socialaccount/leaving.html", {"name": app.name, "location": there["Location"]})
        response["Refresh"] = f"0; url={there['Location']}"
        return response

    return answered(request, app, go)


def answered(request: HttpRequest, app: SocialApp, ask: Callable[[], HttpResponse]) -> HttpResponse:
    """What `ask` returns; the page of a log-in that failed when the provider is away or says what nobody can read."""
    try:
        return ask()
    except (OAuth2Error, OneLogin_Saml2_Error, PermissionDenied, KeyError, ValueError, OSError, SyntaxError) as error:
        return render_authentication_error(request, app.get_provider(request), exception=error)  # type: ignore[no-any-return]


def only_by_campus(request: HttpRequest, person: User, *, signal_kwargs: dict[str, Any] | None) -> HttpResponse | None:
    """Back to the log-in, where the campus log-in is, for who came another way and may not; else None (sso_only).

    Asked after the password was right, so that nobody learns from it who has an account.
    """
    university = sso.only_campus_of(person)
    if university is None or "sociallogin" in (signal_kwargs or {}):
        return None
    messages.error(request, sso.no_passwords_at(university))
    return redirect("account_login")


def _meaning(request: HttpRequest, sociallogin: SocialLogin) -> tuple[SignOn, University, Claims]:
    """What the log-in means here; a page that says so when it speaks for no university of ours."""
    claims = Claims(sociallogin.account.extra_data)
    sign_on = sso.sign_on_of(sociallogin.provider.app)
    university = sso.campus_of(sign_on, claims) if sign_on else None
    if sign_on is None or university is None:
        context = {"name": sociallogin.provider.name}
        raise ImmediateHttpResponse(render(request, "socialaccount/no_campus.html", context, status=403))
    return sign_on, university, claims


def _require_own_campus(request: HttpRequest, university: University) -> None:
    """Nobody ties the log-in of another university to their account."""
    person = request.user
    if isinstance(person, User) and person.university_id != university.pk:
        messages.error(request, _("This log-in is not one of your university."))
        raise ImmediateHttpResponse(redirect(reverse("socialaccount_connections")))


def _same(asked: object, said: object) -> bool:
    return isinstance(asked, str) and isinstance(said, str) and secrets.compare_digest(asked.encode(), said.encode())
