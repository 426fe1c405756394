"""Forms of a new password: what it should be is said in one sentence, and guesses of the old one are counted."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.core import context
from django.core.exceptions import ValidationError
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from apps.accounts import selectors
from apps.accounts.passwords import PASSWORD_HELP
from apps.kernel import limits

RESET_OF = "password_reset_of"  # in the session: what password and address were when the code was sent


class ChangePasswordForm(allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_HELP

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
        self.fields["password1"].help_text = PASSWORD_HELP


class NewPasswordForm(allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password after the code from the mail, unless password or address changed since it was sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_HELP

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        held = str(context.request.session.get(RESET_OF, ""))
        if not constant_time_compare(held, selectors.reset_mark(self.user.email)):
            raise ValidationError(_("This code no longer works: password or address changed since. Ask for a new one."))
        return cleaned
