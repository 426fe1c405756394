"""Keys and sessions for staff: to look at and to take away. allauth's own pages show secrets, and change them; its
page of addresses would give an account to another inbox.
"""

from typing import Any, cast

from allauth.account import admin as account_admin
from allauth.mfa import admin as mfa_admin
from allauth.mfa.models import Authenticator
from allauth.usersessions import admin as sessions_admin
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from apps.accounts import services
from apps.accounts.models import User

for model in (account_admin.EmailAddress, mfa_admin.Authenticator, sessions_admin.UserSession):
    admin.site.unregister(model)


class TakeAwayAdmin(ModelAdmin[Model]):  # type: ignore[misc]
    """Read and delete; each row by itself, so that `delete_model` sees it."""

    list_select_related = ["user"]
    search_fields = ["user__username"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of staff only an administrator takes something away (as with suspensions, safety.policies)."""
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and (obj is None or not obj.user.is_staff or cast(User, request.user).is_superuser)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        for obj in queryset:
            self.delete_model(request, obj)


@admin.register(Authenticator)
class AuthenticatorAdmin(TakeAwayAdmin):
    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    fields = ["user", "type", "created_at", "last_used_at"]

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """For who lost their phone and every code. They hear of it by mail."""
        factor = cast(Authenticator, obj)
        factor.delete()
        services.note_safety_change(person=factor.user, change="factor_removed_by_staff", session_key="")


@admin.register(UserSession)
class UserSessionAdmin(TakeAwayAdmin):
    list_display = ["user", "created_at", "last_seen_at", "ip", "user_agent"]
    fields = ["user", "created_at", "last_seen_at", "ip", "user_agent"]

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        session = cast(UserSession, obj)
        services.end_session(
            actor=cast(User, request.user), person=session.user, session_key=session.session_key, reason="ended"
        )
