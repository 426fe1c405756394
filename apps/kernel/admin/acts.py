"""Who changed what: every kept change of a tracked row, newest first. Nobody can change it here."""

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from pghistory.models import Events
from unfold.admin import ModelAdmin


@admin.register(Events)
class ActAdmin(ModelAdmin):  # type: ignore[misc]
    """Read only, also for superusers."""

    list_display = ["pgh_created_at", "who", "pgh_label", "about", "change", "request_id"]
    list_filter = ["pgh_label"]
    list_display_links = None
    ordering = ["-pgh_created_at"]
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Events]:
        rows: QuerySet[Events] = Events.objects.order_by("-pgh_created_at")  # the default manager of Events is empty
        return rows

    @admin.display(description=_("by"))
    def who(self, act: Events) -> str | SafeString:
        person_id = (act.pgh_context or {}).get("user")
        if person_id is None:
            return str(_("the system"))
        people = get_user_model()._meta
        address = reverse(f"admin:{people.app_label}_{people.model_name}_change", args=[person_id])
        return format_html('<a href="{}">#{}</a>', address, person_id)

    @admin.display(description=_("about"))
    def about(self, act: Events) -> str:
        return f"{act.pgh_obj_model} {act.pgh_obj_id}"

    @admin.display(description=_("change"))
    def change(self, act: Events) -> str:
        """What is different from the change before; the whole row when this is the first one kept."""
        if act.pgh_diff:
            return ", ".join(f"{name}: {before} → {after}" for name, (before, after) in act.pgh_diff.items())
        return ", ".join(f"{name}: {value}" for name, value in (act.pgh_data or {}).items())

    @admin.display(description=_("request"))
    def request_id(self, act: Events) -> str:
        return str((act.pgh_context or {}).get("request_id", ""))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Events | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Events | None = None) -> bool:
        return False
