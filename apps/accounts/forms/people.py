"""Forms of joining: sign-up, addresses, the code that proves one."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from apps.accounts import selectors
from apps.accounts.models import Profile, University, User
from apps.accounts.validators import LONGEST, check_username
from apps.kernel import limits, text
from apps.kernel.http import client_address


def clean_name(raw: str) -> str:
    """A name that shows something. ValidationError when only invisible signs were typed."""
    name = text.clean_name(raw)
    if not any(sign.isalnum() for sign in name):
        raise ValidationError(_("Write your name with at least one letter."))
    return name


class SignupForm(allauth_forms.SignupForm):  # type: ignore[misc]
    """Everything at once: address, username, name, password. The address's domain says which university (ID2)."""

    field_order = ["email", "name", "username", "password1"]
    university: University | None = None

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("As people call you. Others see it beside what you write."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = _("At least 12 characters. A few words in a row are easy to remember.")
        self.fields["email"].widget.attrs.pop("placeholder", None)
        self.fields["email"].help_text = _("Your university address. It shows that you belong to the campus.")
        self.fields["username"].help_text = _("Your address here: @username. You can change it later.")

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean_email(self) -> str:
        email: str = get_adapter().clean_email(self.cleaned_data["email"])
        self.university = selectors.university_for_email(email)
        if self.university is None:
            raise ValidationError(_no_way_in(), code="foreign_domain")
        self.account_already_exists = selectors.is_address_taken(email)
        return email

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """A taken address gets the same answer, in about the same time, as a new one; its owner gets a mail."""
        limits.check("signup", address=client_address(request))
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])  # what creating the account would have cost
        result: tuple[User | None, HttpResponse | None] = super().try_save(request)
        return result

    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        """The account and its address, or neither."""
        person: User = super().save(request)
        return person


def _no_way_in() -> str:
    ways = [f"@{row.domain} ({row.university})" for row in selectors.ways_in()]
    if not ways:
        return str(_("No university has joined yet. Whoever runs this site can add one."))
    told = str(_("This address belongs to no university here. Addresses that do: %(ways)s."))
    return told % {"ways": ", ".join(ways)}


class AddEmailForm(allauth_forms.AddEmailForm):  # type: ignore[misc]
    """Another address for the same person: it must stay under a domain of their university."""

    def clean_email(self) -> str:
        email: str = super().clean_email()
        university = selectors.university_for_email(email)
        if university is None or university.pk != self.user.university_id:
            raise ValidationError(
                _("Your account belongs to %(university)s. Use an address of theirs."),
                params={"university": self.user.university or _("no university")},
            )
        return email


class ConfirmEmailVerificationCodeForm(allauth_forms.ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    """Who shows the code owns the inbox; only then may they learn that another account has it."""

    def clean_code(self) -> str:
        code: str = super().clean_code()
        if self.email and selectors.is_address_taken(self.email, but_by=self.user):
            raise get_adapter().validation_error("email_taken")
        return code


class ProfileForm(forms.Form):
    """What others see of a person."""

    name = forms.CharField(label=_("Name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    username = forms.CharField(
        label=_("Username"),
        max_length=LONGEST,
        help_text=_("Links to your old name stop working when you change it."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    bio = forms.CharField(
        label=_("About you"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    pronouns = forms.CharField(label=_("Pronouns"), max_length=30, required=False)
    programme = forms.CharField(
        label=_("Programme"), max_length=80, required=False, help_text=_("For example: Physics, 2nd year")
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    @classmethod
    def about(cls, person: User, profile: Profile, data: Any = None) -> "ProfileForm":
        initial = {
            "name": person.name,
            "username": person.username,
            "bio": profile.bio,
            "pronouns": profile.pronouns,
            "programme": profile.programme,
        }
        return cls(data, person=person, initial=initial)

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"].strip().lower()
        if username != self.person.username:
            check_username(username)
            if selectors.is_username_taken(username, but_by=self.person):
                raise ValidationError(_("Somebody has this username already."))
        return username
