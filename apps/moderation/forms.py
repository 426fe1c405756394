from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.kernel.text import clean
from apps.moderation.models import Category, Report


class ReportForm(forms.Form):
    category = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=Category.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong, so that the right person looks first.")},
    )
    text = forms.CharField(
        label=_("In your words"),
        help_text=_("What should a moderator know?"),
        max_length=Report._meta.get_field("text").max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("category") == Category.OTHER and not cleaned.get("text"):
            self.add_error("text", _("Say in a few words what is wrong."))
        return cleaned

    def clean_text(self) -> str:
        return clean(self.cleaned_data["text"])
