from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin

from apps.moderation import services
from apps.moderation.models import Kind, Report

if TYPE_CHECKING:
    from apps.accounts.models import User

ADDRESSES = {Kind.POST: "posts:detail", Kind.COMMENT: "posts:comment_detail"}


class OpenFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("open")), ("closed", _("closed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:
        if self.value() in ("open", "closed"):
            return queryset.filter(closed_at__isnull=self.value() == "open")
        return queryset


@admin.register(Report)
class ReportAdmin(ModelAdmin[Report]):  # type: ignore[misc]
    """Reports are filed on the site and closed here; nobody edits what a person reported."""

    list_display = ["created_at", "category", "kind", "short_excerpt", "author", "reporter", "closed_at"]
    list_filter = [OpenFilter, "category", "kind"]
    list_select_related = ["author", "reporter"]
    search_fields = ["excerpt", "text", "author__username", "reporter__username"]
    ordering = ["-created_at"]
    date_hierarchy = "created_at"
    fields = [
        "category",
        "text",
        "kind",
        "excerpt",
        "the_thing",
        "author",
        "reporter",
        "created_at",
        "closed_at",
        "closed_by",
    ]
    readonly_fields = fields
    actions = ["close_reports"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Report | None = None) -> bool:
        """On the list it means closing; a report itself is only read."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Report | None = None) -> bool:
        return False

    @admin.display(description=_("as it was"))
    def short_excerpt(self, report: Report) -> str:
        return Truncator(report.excerpt).chars(80)

    @admin.display(description=_("on the site"))
    def the_thing(self, report: Report) -> str:
        """Where it stands now; a person's page goes by name, everything else by number."""
        if report.kind == Kind.PERSON:
            url = report.author.get_absolute_url()
        else:
            url = reverse(ADDRESSES[Kind(report.kind)], args=[report.target_id])
        return format_html('<a class="underline" href="{}">{}</a>', url, _("Open"))

    @admin.action(description=_("Close: looked at"), permissions=["change"])
    def close_reports(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        actor = cast("User", request.user)  # the admin lets nobody else in
        closed = sum(services.close_report(actor=actor, report=report) for report in queryset)
        text = ngettext("%(count)d report closed.", "%(count)d reports closed.", closed) % {"count": closed}
        messages.success(request, text)
