"""What a campus log-in may leave to ask, and what a campus without passwords refuses (XP2)."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.socialaccount import forms as allauth_forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from apps.accounts import selectors
from apps.accounts.models import User
from apps.accounts.selectors.entry import is_refused
from apps.accounts.selectors.sso import no_passwords_at
from apps.kernel import limits
from apps.kernel.http import client_address


class CampusSignupForm(allauth_forms.SignupForm):  # type: ignore[misc]
    """Asks for the address alone, when the university did not tell it. A code has to confirm it."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["username"]
        self.fields["email"].widget.attrs.pop("placeholder", None)
        self.fields["email"].help_text = _("Mails about your account go there. We send it a code first.")

    def clean_email(self) -> str:
        email: str = get_adapter().clean_email(self.cleaned_data["email"])
        if is_refused(email):
            raise ValidationError(_("This address cannot be used here. Take another one of yours."))
        self.account_already_exists = selectors.is_address_taken(email)
        return email

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        limits.check("signup", address=client_address(request))
        result: tuple[User | None, HttpResponse | None] = super().try_save(request)
        return result


class ResetPasswordForm(AllauthResetPasswordForm):  # type: ignore[misc]
    """No codes for addresses of a campus without passwords: whether there is an account or not."""

    def clean_email(self) -> str:
        email: str = super().clean_email()
        university = selectors.university_for_email(email)
        if university is not None and university.sso_only:
            raise ValidationError(no_passwords_at(university))
        return email
