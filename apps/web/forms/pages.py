"""Forms of the site itself."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from apps.web import selectors
from apps.web.models import PageVersion


class DraftForm(forms.ModelForm):  # type: ignore[type-arg]
    """A draft of a page, in the admin. A new one begins with the text in force."""

    class Meta:
        model = PageVersion
        fields = ["slug", "body", "change", "asks_again"]
        widgets = {"body": UnfoldAdminTextareaWidget(attrs={"rows": 30})}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        slug = data.get("slug") or self.instance.slug
        if data.get("asks_again") and slug not in selectors.AGREED_TO:
            self.add_error("asks_again", _("Members agree to the rules and the privacy notice only."))
        if data.get("asks_again") and not data.get("change"):
            self.add_error("change", _("Say what changed: whoever must agree reads it first."))
        return data
