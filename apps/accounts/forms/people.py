"""Forms of joining: sign-up, addresses, the code that proves one."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.core import context
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts import addresses, selectors, services
from apps.accounts.forms.entry import ReasonForm, clean_reason
from apps.accounts.models import Invitation, User
from apps.accounts.selectors.sso import no_passwords_at
from apps.kernel import limits, text
from apps.kernel.http import client_address

INVITATION = "invitation"  # in the session: the id of the one somebody came with
AGREED = "agreed_at"  # in the session: when they accepted the rules, ISO 8601


def clean_name(raw: str) -> str:
    """A name that shows something. ValidationError when only invisible signs were typed."""
    name = text.clean_name(raw)
    if not any(sign.isalnum() for sign in name):
        raise ValidationError(_("Write your name with at least one letter."))
    return name


class SignupForm(allauth_forms.SignupForm):  # type: ignore[misc]
    """Everything at once: address, name, username, password. The address says which university (ID2), or an invitation.

    Where staff look first, or the address belongs to no university, `reason` and `university` appear as well.
    """

    field_order = ["email", "university", "reason", "name", "username", "password1", "agree"]
    way: selectors.WayIn | None = None

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("As people call you. Others see it beside what you write."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    agree = forms.BooleanField(label=_("I accept the rules and the privacy notice"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = _("At least 12 characters. A few words in a row are easy to remember.")
        email = self.fields["email"]
        email.widget.attrs.pop("placeholder", None)
        email.widget.attrs |= _asks_as_typed()
        self.fields["username"].help_text = _("Your address here: @username. You can change it later.")
        self.invitation = selectors.open_invitation(context.request.session.get(INVITATION))
        email.help_text = _which_address(self.invitation)
        self._ask_what_else_it_takes(addresses.canonical(self.typed_address))

    def _ask_what_else_it_takes(self, email: str) -> None:
        self.way = selectors.way_in(email, invitation=self.invitation) if email else None
        if email and self.way is None and selectors.may_ask_to_join(email):
            takers = selectors.request_takers()
            self.fields["university"] = forms.ModelChoiceField(
                takers, label=_("University"), initial=takers.first(), empty_label=None
            )
        if self.asks_a_university or (self.way and self.way.waits):
            self.fields["reason"] = ReasonForm().fields["reason"]
        self.order_fields(self.field_order)

    @property
    def typed_address(self) -> str:
        return str(self["email"].value() or "")

    @property
    def asks_a_university(self) -> bool:
        return "university" in self.fields

    @property
    def more_fields(self) -> list[forms.BoundField]:
        """What this address takes besides the usual."""
        return [self[name] for name in ("university", "reason") if name in self.fields]

    @property
    def obstacle(self) -> str:
        """Why nobody comes in with the address that was typed; empty when it is a way in, or nothing was typed."""
        email = addresses.canonical(self.typed_address)
        if self.invitation and self.invitation.university.sso_only:
            return no_passwords_at(self.invitation.university)
        return no_way_in(email) if email and self.way is None and not self.asks_a_university else ""

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean_email(self) -> str:
        # As it was typed: the field has already made plain letters of some that are not.
        email: str = get_adapter().clean_email(self.typed_address)
        if self.invitation and self.invitation.email:
            key = selectors.normalise_email(email)
            if key != selectors.normalise_email(self.invitation.email):
                raise ValidationError(_("Your invitation is for the address it was sent to. Use that one."))
        if self.obstacle:
            raise ValidationError(self.obstacle, code="no_way_in")
        self.account_already_exists = selectors.is_address_taken(email)
        return email

    def clean_reason(self) -> str:
        return clean_reason(self.cleaned_data["reason"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        if "email" in data and data.get("university"):
            self.way = selectors.way_in(data["email"], asked=data["university"])
        if not self.errors and self.way is None:  # what the form was offered for has just been closed
            self.add_error("email", no_way_in(data["email"]))
        return data

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """A taken address gets the same answer, in about the same time, as a new one; its owner gets a mail."""
        limits.check("signup", address=client_address(request))
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])  # what creating the account would have cost
            if self.invitation:
                services.use_invitation(invitation=self.invitation)  # else what is left of it would tell
        result: tuple[User | None, HttpResponse | None] = super().try_save(request)
        request.session.pop(INVITATION, None)
        request.session[AGREED] = timezone.now().isoformat()
        return result

    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        """The account and its address, or neither."""
        person: User = super().save(request)
        return person


def _which_address(invitation: Invitation | None) -> str:
    if invitation is None:
        return str(_("Your university address. It shows that you belong to the campus."))
    if invitation.email:
        return str(_("The address your invitation was sent to. We send a code there."))
    return str(_("Any address of yours. We send a code there."))


def _asks_as_typed() -> dict[str, str]:
    """What the address is worth is asked when it has been typed; without scripts the sent form says it."""
    return {
        "hx-post": reverse("accounts:signup_way"),
        "hx-trigger": "change",
        "hx-target": "#signup-way",
        "hx-params": "email,university,reason",
    }


def no_way_in(email: str) -> str:
    row = selectors.domain_of(email)
    if row is not None and not selectors.is_refused(email):
        told = str(_("%(university)s lets people in by invitation or campus log-in only."))
        return told % {"university": row.university}
    ways = [f"@{row.domain} ({row.university})" for row in selectors.ways_in()]
    if not ways:
        return str(_("No university has joined yet. Whoever runs this site can add one."))
    told = str(_("This address belongs to no university here. Addresses that do: %(ways)s."))
    return told % {"ways": ", ".join(ways)}


class AddEmailForm(allauth_forms.AddEmailForm):  # type: ignore[misc]
    """Another address for the same person: it must stay under a domain of their university."""

    def clean_email(self) -> str:
        email: str = super().clean_email()
        university = None if selectors.is_refused(email) else selectors.university_for_email(email)
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
