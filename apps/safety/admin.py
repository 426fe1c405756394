"""Suspensions: made and lifted here, through the services, never edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextareaWidget

from apps.kernel.errors import AppError
from apps.safety import policies, services
from apps.safety.models import Suspension

if TYPE_CHECKING:
    from apps.accounts.models import User


class SuspensionForm(forms.ModelForm[Suspension]):
    """`actor` is set by the admin, so that who may not is told in the form."""

    actor: User

    class Meta:
        model = Suspension
        fields = ["person", "reason"]
        widgets = {"reason": UnfoldAdminTextareaWidget}

    def clean_person(self) -> User:
        person: User = self.cleaned_data["person"]
        try:
            policies.require_may_suspend(self.actor, person)
        except AppError as error:
            raise forms.ValidationError(str(error)) from error
        return person


@admin.register(Suspension)
class SuspensionAdmin(ModelAdmin[Suspension]):  # type: ignore[misc]
    form = SuspensionForm
    list_display = ["person", "by", "created_at", "lifted_at"]
    list_select_related = ["person", "by"]
    search_fields = ["person__username", "person__name", "reason"]
    ordering = ["-id"]
    raw_id_fields = ["person"]
    readonly_fields = ["by", "created_at", "lifted_at"]
    actions = ["restore"]

    def get_form(self, request: HttpRequest, obj: Suspension | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.actor = request.user
        return form

    def has_change_permission(self, request: HttpRequest, obj: Suspension | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Suspension | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Suspension, form: Any, change: bool) -> None:
        made = services.suspend(actor=form.actor, person=obj.person, reason=obj.reason)
        obj.pk = made.pk

    @admin.action(description=_("Lift: let these people in again"), permissions=["add"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Suspension]) -> None:
        actor: Any = request.user
        chosen = queryset.filter(lifted_at=None).select_related("person")
        lifted = sum(services.restore(actor=actor, person=row.person) for row in chosen)
        text = ngettext("%(count)d suspension lifted.", "%(count)d suspensions lifted.", lifted) % {"count": lifted}
        messages.success(request, text)
