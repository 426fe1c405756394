"""Forms of a new password: what it should be is said in one sentence, and guesses of the old one are counted."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.password_reset_by_code import PasswordResetVerificationProcess
from allauth.core import context
from django import forms
from django.core.exceptions import ValidationError
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from apps.accounts import selectors, services
from apps.accounts.models import User
from apps.accounts.passwords import PASSWORD_HELP
from apps.kernel import limits

RESET_OF = "password_reset_of"  # in the session: what password and address were when the code was sent


def _name_new_passwords(form: forms.Form) -> None:
    form.fields["password1"].help_text = PASSWORD_HELP
    form.fields["password1"].label = _("New password")
    form.fields["password2"].label = _("New password, again")
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)  # it would say the label once more


class ChangePasswordForm(allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Current password")
        _name_new_passwords(self)

    def clean_oldpassword(self) -> str:
        """Who found an open browser guesses no faster here than at the door."""
        key = f"person:{self.user.pk}"
        limits.require("login.account", key=key)
        if not self.user.check_password(self.cleaned_data["oldpassword"]):
            limits.count("login.account", key=key)
            raise get_adapter().validation_error("enter_current_password")
        old: str = self.cleaned_data["oldpassword"]
        return old


class SetPasswordForm(allauth_forms.SetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_new_passwords(self)


class ResetCodeForm(allauth_forms.ConfirmPasswordResetCodeForm):  # type: ignore[misc]
    """Who shows the code owns the inbox; what somebody else began with the address must not be theirs to enter."""

    def clean_code(self) -> str:
        code: str = super().clean_code()
        process = PasswordResetVerificationProcess.resume(context.request)
        person = process.user if process else None
        was_good = person is not None and _is_good(person)
        if person is None or not services.claim_inbox(person=person):
            raise ValidationError(
                _("Somebody had begun an account with your address by a campus log-in. It is gone now: sign up anew.")
            )
        if was_good:
            context.request.session[RESET_OF] = selectors.reset_mark(person.email)
        return code


class NewPasswordForm(allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password after the code from the mail, unless password or address changed since it was sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_new_passwords(self)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not _is_good(self.user):
            raise ValidationError(_("This code no longer works: password or address changed since. Ask for a new one."))
        return cleaned


def _is_good(person: User) -> bool:
    """Whether password and address are still what the code was sent for."""
    held = str(context.request.session.get(RESET_OF, ""))
    return constant_time_compare(held, selectors.reset_mark(person.email))
