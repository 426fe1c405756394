"""Where allauth's flows meet our rules: who may sign up, how often, and what ends with a log-out or a new password."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.email_verification_by_code import EMAIL_VERIFICATION_CODE_SESSION_KEY
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts import addresses, selectors, services
from apps.accounts.models import User
from apps.kernel import limits
from apps.kernel.http import client_address

# Mails anybody can make us send by typing an address; all others go to a person who is logged in, about themselves.
ASKED_FOR = (
    "account/email/email_confirmation",
    "account/email/account_already_exists",
    "account/email/unknown_account",
    "account/email/password_reset",
)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_taken": _("Somebody has this username already."),
        "email_password_mismatch": _("This does not fit together: check the address or username, and the password."),
        "username_password_mismatch": _("This does not fit together: check the address or username, and the password."),
        "incorrect_code": _("This is not the code we sent. Look at the newest mail."),
    }

    def clean_email(self, email: str) -> str:
        """The address in its plain form. ValidationError when it is written in another script or quoted."""
        plain = addresses.canonical(email)
        if not plain:
            raise ValidationError(_("Write the address in plain letters, for example name@university.example."))
        return plain

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        data = form.cleaned_data
        return services.register(
            email=data["email"],
            username=data["username"],
            name=data["name"],
            password=data["password1"],
            university=form.university,
        )

    def set_password(self, user: User, password: str) -> None:
        """The new password; every session but the one it was set in ends."""
        user.set_password(password)
        user.save(update_fields=["password"])
        here = self.request.session.session_key if self.request.user == user else None
        services.end_all_sessions(actor=user, person=user, reason="password", but=here)

    def login(self, request: HttpRequest, user: User) -> None:
        """Nobody gets here without a confirmed address (ACCOUNT_EMAIL_VERIFICATION is mandatory)."""
        services.confirm(person=user)
        super().login(request, user)

    def logout(self, request: HttpRequest) -> None:
        key = request.session.session_key
        if key and isinstance(request.user, User):
            services.end_session(actor=request.user, person=request.user, session_key=key)
        super().logout(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        limits.require("login.address", address=client_address(request))
        limits.require("login.account", key=_account_key(credentials))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        limits.count("login.address", address=client_address(request))
        limits.count("login.account", key=_account_key(credentials))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        if template_prefix.startswith(ASKED_FOR):
            key = selectors.normalise_email(email) or email
            limits.check("mail.asked", address=client_address(self.request))
            limits.check("mail.sent_to", key=key)
            limits.count("mail.resend", key=key)
        super().send_mail(template_prefix, email, context)

    def generate_email_verification_code(self) -> str:
        """A code. For another mail there is a pause, whether or not there is an account that gets one."""
        state = self.request.session.get(EMAIL_VERIFICATION_CODE_SESSION_KEY)
        if state and self.request.POST.get("action") == "resend":
            limits.check("mail.resend", key=selectors.normalise_email(state["email"]))
        code: str = super().generate_email_verification_code()
        return code

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)


def _account_key(credentials: dict[str, Any]) -> str:
    """One counter per account, by whichever of its names it is tried; unknown names have their own."""
    login = str(credentials.get("email") or credentials.get("username") or "")
    person = selectors.person_by_login(login)
    return f"person:{person.pk}" if person else f"name:{login.strip().lower()}"
