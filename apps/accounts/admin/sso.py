"""Campus log-ins for staff. What allauth registers for itself shows secrets and tokens, so it goes."""

import contextlib

from allauth.socialaccount import admin as allauth_admin
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, StackedInline

from apps.accounts.forms.campus_log_in import CampusLogInForm, SignOnForm
from apps.accounts.models import SignOn
from apps.kernel.http import absolute

for model in (allauth_admin.SocialApp, SocialAccount, SocialToken):
    with contextlib.suppress(NotRegistered):
        admin.site.unregister(model)


class SignOnInline(StackedInline[SignOn, SocialApp]):  # type: ignore[misc]
    model = SignOn
    form = SignOnForm
    min_num = max_num = 1
    can_delete = False
    autocomplete_fields = ["university"]


@admin.register(SocialApp)
class CampusLogInAdmin(ModelAdmin[SocialApp]):  # type: ignore[misc]
    form = CampusLogInForm
    inlines = [SignOnInline]
    list_display = ["name", "provider", "provider_id"]
    ordering = ["name"]
    readonly_fields = ["for_the_university"]
    fieldsets = [
        (None, {"fields": ["provider", "provider_id", "name", "verified_email", "for_the_university"]}),
        ("OpenID Connect", {"fields": ["server_url", "client_id", "secret"]}),
        ("SAML 2.0", {"fields": ["metadata_url", "metadata", "entity_id", "sso_url", "certificate"]}),
    ]

    @admin.display(description=gettext_lazy("For the university's IT"))
    def for_the_university(self, app: SocialApp) -> SafeString | str:
        """The addresses that the other side asks for."""
        if not app.pk:
            return _("Save first; then the addresses that they ask for stand here.")
        names = {
            "openid_connect": {_("Redirect URI"): reverse("openid_connect_callback", args=[app.provider_id])},
            "saml": {
                _("Metadata and entity ID"): reverse("saml_metadata", args=[app.provider_id]),
                _("Assertion consumer service"): reverse("saml_acs", args=[app.provider_id]),
            },
        }
        rows = [(name, absolute(path)) for name, path in names[app.provider].items()]
        return format_html_join("", "<div>{}: <code>{}</code></div>", rows)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever connects a provider decides who is who: no permission short of everything gives that."""
        return self._is_theirs(request)

    def has_view_permission(self, request: HttpRequest, obj: SocialApp | None = None) -> bool:
        return self._is_theirs(request)

    def has_change_permission(self, request: HttpRequest, obj: SocialApp | None = None) -> bool:
        return self._is_theirs(request)

    def has_delete_permission(self, request: HttpRequest, obj: SocialApp | None = None) -> bool:
        return self._is_theirs(request)

    @staticmethod
    def _is_theirs(request: HttpRequest) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_superuser", False))
