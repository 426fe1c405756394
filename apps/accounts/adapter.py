"""Where allauth's flows meet our rules: who may sign up, how often, and what ends with a log-out or a new password."""

from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.email_verification_by_code import EMAIL_VERIFICATION_CODE_SESSION_KEY
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts import addresses, devices, selectors, services
from apps.accounts.forms.passwords import RESET_OF
from apps.accounts.models import User
from apps.accounts.social import only_by_campus
from apps.kernel import limits, look
from apps.kernel.http import client_address

# Mails anybody can make us send by typing an address; all others go to a person who is logged in, about themselves.
ASKED_FOR = (
    "account/email/email_confirmation",
    "account/email/account_already_exists",
    "account/email/unknown_account",
    "account/email/password_reset",
)
# An answer to "I forgot my password": the same is kept for somebody we do not know.
RESET_MAILS = ("account/email/password_reset_code", "account/email/unknown_account")


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
        return services.join(
            email=data["email"],
            username=data["username"],
            name=data["name"],
            password=data["password1"],
            way=form.way,
            reason=data.get("reason", ""),
        )

    def get_login_stages(self) -> list[str]:
        """Who waits for staff gets no further than to the proof of the address."""
        stages: list[str] = super().get_login_stages()
        proof = stages.index("allauth.account.stages.EmailVerificationStage")
        return [*stages[: proof + 1], "apps.accounts.stages.ApprovalStage", *stages[proof + 1 :]]

    def set_password(self, user: User, password: str) -> None:
        """The new password; every session but the one it was set in ends."""
        user.set_password(password)
        user.save(update_fields=["password"])
        here = self.request.session.session_key if self.request.user == user else None
        services.end_all_sessions(actor=user, person=user, reason="password", but=here)

    def login(self, request: HttpRequest, user: User) -> None:
        """Nobody gets here without a confirmed address (ACCOUNT_EMAIL_VERIFICATION is mandatory)."""
        services.arrive(person=user)
        is_first = user.last_login is None
        super().login(request, user)
        self.is_new_device = not is_first and not devices.is_known(request, user)

    def pre_login(self, request: HttpRequest, user: User, **about: Any) -> HttpResponse | None:
        """A page instead of the log-in: for who is kept out, and who may come by the campus log-in only."""
        kept_out: HttpResponse | None = super().pre_login(request, user, **about)
        return kept_out or only_by_campus(request, user, signal_kwargs=about["signal_kwargs"])

    def post_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse:
        """The person hears of a device they had not used before; one that has chosen no look gets theirs."""
        response: HttpResponse = super().post_login(request, user, **details)
        if self.is_new_device:
            services.note_device(person=user, session_key=request.session.session_key or "")
        devices.remember(response, request, user)
        if not look.known(request.COOKIES):
            look.keep(response, selectors.look_of_person(user), secure=request.is_secure())
        return response

    def logout(self, request: HttpRequest) -> None:
        key = request.session.session_key
        if key and isinstance(request.user, User):
            services.end_session(actor=request.user, person=request.user, session_key=key)
        super().logout(request)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """By the address alone where there is one.

        allauth would try it as a username, too, and so check the password of a known address twice: twice as slow.
        """
        if credentials.get("email"):
            credentials.pop("username", None)
        person: User | None = super().authenticate(request, **credentials)
        return person

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
        if template_prefix in RESET_MAILS:
            self.request.session[RESET_OF] = selectors.reset_mark(email)
        super().send_mail(template_prefix, email, context)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """What touched the safety of an account: by the outbox, or at once to an address that nothing keeps now."""
        if email:
            with timezone.override(ZoneInfo(user.time_zone or settings.TIME_ZONE)):
                super().send_notification_mail(template_prefix, user, context, email)
            return
        if self.request.user == user:  # a new password gave the session a new key, under which nothing is known yet
            UserSession.objects.create_from_request(self.request)
        change = template_prefix.rpartition("/")[2]
        services.note_safety_change(person=user, change=change, session_key=self.request.session.session_key or "")

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
