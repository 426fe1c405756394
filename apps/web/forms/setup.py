"""Forms of the first-run wizard."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.kernel.errors import Invalid

DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


class CampusForm(forms.Form):
    """The first step of the wizard: what the campus is called and which colour it wears."""

    name = forms.CharField(label=_("Name of the university"), max_length=120)
    slug = forms.SlugField(
        label=_("Short name"), max_length=50, help_text=_("In plain letters, for addresses. For example: northmere")
    )
    city = forms.CharField(label=_("City"), max_length=80, required=False)
    hue = forms.IntegerField(
        label=_("Colour"),
        min_value=0,
        max_value=359,
        initial=342,
        help_text=_("From 0 to 359, round the rainbow. Contrast is right with every one of them."),
        widget=forms.NumberInput(attrs={"type": "range", "data-hue": ""}),
    )

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        return slug.lower()


class DomainsForm(forms.Form):
    """The second step: whose addresses prove that a person belongs."""

    domains = forms.CharField(
        label=_("Email domains"),
        max_length=2_000,
        help_text=_("One on each line, what stands after the @. Domains below them count, too."),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocapitalize": "none"}),
    )

    def clean_domains(self) -> list[str]:
        words = [word.lower().lstrip("@") for word in re.split(r"[\s,;]+", self.cleaned_data["domains"]) if word]
        wrong = [word for word in words if len(word) > 253 or not DOMAIN.fullmatch(word)]
        if wrong:
            raise ValidationError(_("This is no domain: %(word)s"), params={"word": wrong[0][:80]})
        return list(dict.fromkeys(words))


class AdministratorForm(forms.Form):
    """The third step: the person who looks after the site."""

    name = forms.CharField(label=_("Name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(label=_("Email address"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    username = forms.CharField(
        label=_("Username"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 12 characters. A few words in a row are easy to remember."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if set(data) == set(self.fields):
            try:
                accounts.check_administrator(**data)
            except Invalid as error:
                for name, sentence in error.fields.items():
                    self.add_error(name, str(sentence))
        return data
