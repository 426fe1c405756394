"""Forms of the second step and of passkeys: allauth's flows, our limits, which hold when Redis is down."""

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as code_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as passkey_forms
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.accounts import services
from apps.kernel import limits, text
from apps.kernel.http import client_address

MOST_PASSKEYS = 20
LONGEST_NAME = 60
UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)  # what the parser makes of something that is no answer


class OneTimeCode:
    """A code from an app or of the ten for bad days, used up by being right."""

    user: Any
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        self.authenticator = services.use_code(person=self.user, code=code)
        if self.authenticator is None:
            raise get_adapter().validation_error("incorrect_code")
        self.authenticator.user = self.user
        return code


class CodeForm(OneTimeCode, code_forms.AuthenticateForm):  # type: ignore[misc]
    pass


class ReauthenticateByCodeForm(OneTimeCode, code_forms.ReauthenticateForm):  # type: ignore[misc]
    pass


class AnswerField(forms.JSONField):
    """JSON of the browser's. What is nested without end is no answer of a browser."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput)

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class PasskeyAnswer:
    """What the browser brings back from a passkey. Nothing can be guessed here; the limit spares the machine."""

    user: Any
    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Authenticator:
        if self.user is not None:  # at the door the view has counted already
            limits.check("factor.passkey", address=client_address(context.request))
        try:
            return super().clean_credential()  # type: ignore[misc]
        except UNREADABLE as error:
            raise get_adapter().validation_error("incorrect_code") from error


class PasskeyForm(PasskeyAnswer, passkey_forms.AuthenticateWebAuthnForm):  # type: ignore[misc]
    credential = AnswerField()


class PasskeyLoginForm(PasskeyAnswer, passkey_forms.LoginWebAuthnForm):  # type: ignore[misc]
    credential = AnswerField()


class ReauthenticateByPasskeyForm(PasskeyAnswer, passkey_forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    credential = AnswerField()


class AddPasskeyForm(passkey_forms.AddWebAuthnForm):  # type: ignore[misc]
    """Every key is a passkey: it opens the account by itself, so it must have asked for a finger, a face or a PIN."""

    passwordless = None
    credential = AnswerField()
    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        required=False,
        help_text=_("So that you know later which one to remove."),
    )

    def clean_name(self) -> str:
        self.cleaned_data["name"] = text.clean_name(self.cleaned_data["name"])
        name: str = super().clean_name()
        return name

    def clean(self) -> dict[str, Any]:
        if Authenticator.objects.filter(user=self.user, type=Authenticator.Type.WEBAUTHN).count() >= MOST_PASSKEYS:
            raise ValidationError(_("You have %(count)s passkeys. Remove one first."), params={"count": MOST_PASSKEYS})
        self.cleaned_data["passwordless"] = True
        try:
            cleaned: dict[str, Any] = super().clean()
        except UNREADABLE as error:
            raise get_adapter().validation_error("incorrect_code") from error
        return cleaned


class RenamePasskeyForm(passkey_forms.EditWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)

    def clean_name(self) -> str:
        name = text.clean_name(self.cleaned_data["name"])
        if not name:
            raise ValidationError(_("Write a name."))
        return name
