"""The form by which staff connect a university's log-in: what its IT gives, turned into allauth's settings."""

import json
from typing import Any
from urllib.parse import urlsplit

from allauth.socialaccount.models import SocialApp
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils.translation import gettext_lazy as _
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from apps.accounts.models import Role, SignOn

KINDS = [("openid_connect", _("OpenID Connect")), ("saml", _("SAML 2.0"))]
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
# Who somebody is must be the same at each log-in, and never belong to another person later.
SUBJECT = [
    "urn:oasis:names:tc:SAML:attribute:subject-id",
    "urn:oasis:names:tc:SAML:attribute:pairwise-id",
    "subject-id",
    "pairwise-id",
]
MAIL = [
    "urn:oid:0.9.2342.19200300.100.1.3",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "mail",
    "email",
]


def require_safe_address(address: str) -> None:
    """https, or a provider on this very machine."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValidationError(_("This address must begin with https://."))


class CampusLogInForm(forms.ModelForm[SocialApp]):
    provider = forms.ChoiceField(label=_("Kind"), choices=KINDS, widget=UnfoldAdminSelectWidget)
    provider_id = forms.CharField(
        widget=UnfoldAdminTextInputWidget,
        label=_("Short name"),
        max_length=60,
        help_text=_("Stands in its addresses here, and stays: northmere."),
    )
    name = forms.CharField(widget=UnfoldAdminTextInputWidget, label=_("Name on the button"), max_length=40)
    verified_email = forms.BooleanField(
        label=_("Its addresses are confirmed"),
        required=False,
        widget=UnfoldBooleanWidget,
        help_text=_("The university itself gives out the addresses it sends, and people cannot type them there."),
    )
    server_url = forms.CharField(
        widget=UnfoldAdminTextInputWidget,
        label=_("Issuer"),
        required=False,
        help_text=_("OpenID Connect: https://login.…"),
    )
    client_id = forms.CharField(widget=UnfoldAdminTextInputWidget, label=_("Client ID"), max_length=191, required=False)
    secret = forms.CharField(
        label=_("Client secret"),
        max_length=191,
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("It is not shown again. Leave it empty to keep the one there is."),
    )
    metadata_url = forms.CharField(
        widget=UnfoldAdminTextInputWidget,
        label=_("Address of the metadata"),
        required=False,
        help_text=_("SAML: with the entity ID; read every 4 hours."),
    )
    metadata = forms.CharField(
        label=_("Metadata"),
        required=False,
        widget=UnfoldAdminTextareaWidget,
        help_text=_("SAML: the XML, instead of an address."),
    )
    entity_id = forms.CharField(widget=UnfoldAdminTextInputWidget, label=_("Entity ID"), required=False)
    sso_url = forms.CharField(widget=UnfoldAdminTextInputWidget, label=_("Address of its log-in"), required=False)
    certificate = forms.CharField(label=_("Its certificate"), required=False, widget=UnfoldAdminTextareaWidget)

    class Meta:
        model = SocialApp
        fields = ["provider", "provider_id", "name", "client_id"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept_secret = self.instance.secret
        if not self.instance.pk:
            return
        kept = self.instance.settings
        idp = kept.get("idp", {})
        self.initial = {
            **self.initial,
            "verified_email": kept.get("verified_email", False),
            "server_url": kept.get("server_url", ""),
            "metadata_url": idp.get("metadata_url", ""),
            "entity_id": idp.get("entity_id", ""),
            "sso_url": idp.get("sso_url", ""),
            "certificate": idp.get("x509cert", ""),
        }
        # SocialAccount rows name the log-in they belong to by these two.
        self.fields["provider"].disabled = self.fields["provider_id"].disabled = True

    def clean_provider_id(self) -> str:
        key: str = self.cleaned_data["provider_id"].lower()
        validate_slug(key)
        others = SocialApp.objects.exclude(pk=self.instance.pk)
        if key in dict(KINDS) or others.filter(provider_id=key).exists():
            raise ValidationError(_("Another log-in has this short name."))
        return key

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("provider") == "saml":
            data["client_id"] = data.get("provider_id", "")
            self.built = self._saml(data)
        else:
            self.built = self._oidc(data)
        return data

    def _oidc(self, data: dict[str, Any]) -> dict[str, Any]:
        for name in ("server_url", "client_id"):
            if not data.get(name):
                self.add_error(name, _("OpenID Connect needs this."))
        others = SocialApp.objects.exclude(pk=self.instance.pk)
        if data.get("client_id") and others.filter(client_id=data["client_id"]).exists():
            self.add_error("client_id", _("Another log-in has this client ID; ask its IT for a different one."))
        if not data.get("secret") and not self.kept_secret:
            self.add_error("secret", _("OpenID Connect needs this."))
        self._check_addresses(data, "server_url")
        return {"server_url": data.get("server_url", "").rstrip("/"), "oauth_pkce_enabled": True}

    def _saml(self, data: dict[str, Any]) -> dict[str, Any]:
        if data.get("metadata"):
            data |= self._read(data["metadata"])
        self._check_addresses(data, "metadata_url", "sso_url")
        if data.get("metadata_url") and data.get("entity_id"):
            idp = {"entity_id": data["entity_id"], "metadata_url": data["metadata_url"]}
        else:
            for name in ("entity_id", "sso_url", "certificate"):
                if not data.get(name):
                    self.add_error(name, _("SAML needs this, unless the metadata has it."))
            names = {"entity_id": "entity_id", "sso_url": "sso_url", "x509cert": "certificate"}
            idp = {key: data.get(name, "") for key, name in names.items()}
        return {
            "idp": idp,
            "attribute_mapping": {"uid": SUBJECT, "email": MAIL},
            "advanced": {
                "name_id_format": PERSISTENT,
                "reject_idp_initiated_sso": True,
                "strict": True,
                "allow_single_label_domains": True,  # of a site on an inner network
            },
        }

    def _read(self, xml: str) -> dict[str, str]:
        try:
            idp = OneLogin_Saml2_IdPMetadataParser.parse(xml.encode()).get("idp", {})
        except Exception:  # lxml, xmlsec and the parser have an error each
            idp = {}
        if not idp.get("entityId"):
            self.add_error("metadata", _("This is not the metadata of a provider."))
            return {}
        several = idp.get("x509certMulti", {}).get("signing", [""])
        return {
            "entity_id": idp["entityId"],
            "sso_url": idp.get("singleSignOnService", {}).get("url", ""),
            "certificate": idp.get("x509cert", several[0]),
        }

    def _check_addresses(self, data: dict[str, Any], *names: str) -> None:
        for name in names:
            if data.get(name):
                try:
                    require_safe_address(data[name])
                except ValidationError as error:
                    self.add_error(name, error)

    def save(self, commit: bool = True) -> SocialApp:
        app = self.instance
        app.settings = {**self.built, "verified_email": self.cleaned_data["verified_email"]}
        app.client_id = self.cleaned_data["client_id"]
        app.secret = self.cleaned_data["secret"] or self.kept_secret
        return super().save(commit=commit)


class SignOnForm(forms.ModelForm[SignOn]):
    """What the claims mean: a university or where its name stands, and who is what."""

    class Meta:
        model = SignOn
        fields = ["university", "scope_claim", "role_claim", "roles", "programme_claim"]
        help_texts = {
            "university": _("Empty for a federation: then the claim with the domain says which."),
            "roles": _(
                'Understood without it: student, faculty, staff, employee, alum, member. More: {"tutor": "staff"}.'
            ),
            "scope_claim": _("For example schacHomeOrganization or eduPersonScopedAffiliation."),
        }

    def clean_roles(self) -> dict[str, str]:
        roles = self.cleaned_data["roles"] or {}
        known = set(Role.values)
        if not isinstance(roles, dict) or any(str(role) not in known for role in roles.values()):
            raise ValidationError(
                _("Write what each value means, by these roles: %(roles)s."),
                params={"roles": json.dumps(sorted(known))},
            )
        return roles
