"""Forms of the ways in: invitations, the reason of who waits, the code that renews a verification."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.accounts import addresses, selectors
from apps.accounts.models import Role, University, User
from apps.kernel import text

MOST_AT_ONCE = 200  # addresses in one form
LONGEST_DAYS = 90


class InvitationForm(forms.Form):
    """What a member may say: one address, or none for a link to pass on, and a word to whoever gets it."""

    emails = forms.CharField(
        label=_("Their address"),
        max_length=addresses.LONGEST,
        required=False,
        help_text=_("We mail the invitation there, and it works for that address only. Leave it empty for a link."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label=_("A word to them"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean_emails(self) -> list[str]:
        return [_address(raw) for raw in _split(self.cleaned_data["emails"], most=1)]

    def clean_note(self) -> str:
        return text.clean(self.cleaned_data["note"])


class WideInvitationForm(InvitationForm):
    """What staff may say besides: many addresses, any university and role, how often and how long."""

    emails = forms.CharField(
        label=_("Addresses"),
        max_length=MOST_AT_ONCE * addresses.LONGEST,
        required=False,
        help_text=_("One in each line, at most 200. Each gets a mail of its own. Leave it empty for a link."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    university = forms.ModelChoiceField(University.objects.none(), label=_("University"), empty_label=None)
    role = forms.ChoiceField(label=_("As"), choices=Role.choices, initial=Role.STUDENT)
    max_uses = forms.IntegerField(
        label=_("Uses"), min_value=1, max_value=1000, initial=1, help_text=_("Of a link. An address comes in once.")
    )
    days = forms.IntegerField(label=_("Open for how many days"), min_value=1, max_value=LONGEST_DAYS, initial=14)
    field_order = ["emails", "university", "role", "max_uses", "days", "note"]

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["university"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  declared above
        field.queryset = selectors.universities()
        field.initial = person.university_id

    def clean_emails(self) -> list[str]:
        return [_address(raw) for raw in _split(self.cleaned_data["emails"], most=MOST_AT_ONCE)]


def invitation_form(person: User, data: Any = None) -> InvitationForm:
    """The form this person may fill in."""
    if selectors.may_invite_widely(person):
        return WideInvitationForm(data, person=person)
    return InvitationForm(data)


def _split(raw: str, *, most: int) -> list[str]:
    found = [part for part in re.split(r"[\s,;]+", raw) if part]
    if len(found) > most:
        raise ValidationError(_("At most %(count)d at once."), params={"count": most})
    return found


def _address(raw: str) -> str:
    email = addresses.canonical(raw)
    if not email:
        raise ValidationError(_("%(address)s is not an address in plain letters."), params={"address": raw[:80]})
    if selectors.is_refused(email):
        raise ValidationError(_("Nobody may come in with %(address)s."), params={"address": email})
    return email


class ReasonForm(forms.Form):
    """What somebody who waits says to the staff who let people in."""

    reason = forms.CharField(
        label=_("Why you want to join"),
        max_length=500,
        help_text=_("A sentence or two for the staff who let people in."),
        error_messages={"required": _("Say in a sentence why you want to join.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_reason(self) -> str:
        return clean_reason(self.cleaned_data["reason"])


def clean_reason(raw: str) -> str:
    """ValidationError when nothing was said."""
    reason = text.clean(raw)
    if not any(sign.isalnum() for sign in reason):
        raise ValidationError(_("Say in a sentence why you want to join."))
    return reason


class VerificationCodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code from the mail"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
