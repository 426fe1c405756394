"""What a person decides about who may see and do what (ID5): each setting with one sentence of what it does."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import CONTACT, FIELDS, PAGES

Choices = list[tuple[int, Any]]

# The same levels, worded for a profile: its followers have to be accepted.
PROFILE = [*PAGES[:2], (PAGES[2][0], _("Followers I accept"))]


def _reach(label: Any, choices: Choices, help_text: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, choices=choices, coerce=int, help_text=help_text)


class PrivacyForm(forms.Form):
    profile_for = _reach(
        _("Who sees my profile"),
        PROFILE,
        _("With “Followers I accept” your campus sees your name and picture only, and asks before it follows you."),
    )
    posts_for = _reach(
        _("Who sees my posts, at most"),
        PAGES,
        _("Holds for older posts, too. Never wider than your profile: if you choose wider, we keep it as narrow."),
    )
    followers = _reach(
        _("Who sees whom I follow and who follows me"),
        FIELDS,
        _("Hidden, the two lists and their numbers are yours alone, and nobody is told that you know somebody."),
    )
    online = _reach(
        _("Who sees when I am here"),
        CONTACT,
        _("They read “here just now” or “here today”, never a time."),
    )
    message = _reach(_("Who may write to me"), CONTACT, _("Others find no way to start a conversation with you."))
    mention = _reach(
        _("Who may mention me"),
        CONTACT,
        _("Written by others, your @name stays plain text, and you are not told."),
    )
    in_directory = forms.BooleanField(
        label=_("List me in the directory of people"),
        required=False,
        help_text=_("Members find you there by what they may see of your profile. Nobody is listed without asking."),
    )
    is_suggested = forms.BooleanField(
        label=_("Suggest me to others"),
        required=False,
        help_text=_("As somebody to follow, with the reason: the same course, say, if they may see yours."),
    )
    search_engines = forms.BooleanField(
        label=_("Let search engines find me"),
        required=False,
        help_text=_("Only if everyone may see your profile. What they have found already may stay with them a while."),
    )
