"""Deliveries, first of all the dead letters: what went wrong, and another try."""

import json
from collections.abc import Iterator
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin

from apps.kernel.models import Delivery
from apps.kernel.outbox import services


class StateFilter(admin.SimpleListFilter):
    """Dead letters unless asked for others."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return [(None, _("dead")), ("due", _("due")), ("done", _("done")), ("all", _("all"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        if self.value() == "all":
            return queryset
        return queryset.filter(state=Delivery.State[(self.value() or "dead").upper()])

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for value, title in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }


@admin.register(Delivery)
class DeliveryAdmin(ModelAdmin[Delivery]):  # type: ignore[misc]
    list_display = ["event_type", "handler", "part", "state", "attempts", "next_at", "done_at", "short_error"]
    list_display_links = ["event_type", "handler"]
    list_filter = [StateFilter, "queue", "handler", "event__type"]
    list_select_related = ["event"]
    search_fields = ["event__id", "last_error"]
    ordering = ["-id"]
    show_full_result_count = False  # the table is large, and nobody needs the number
    actions = ["replay"]
    fields = [
        "event_type", "event_id", "facts", "handler", "part", "chunk", "queue", "order_key",
        "state", "attempts", "next_at", "done_at", "error",
    ]  # fmt: skip
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        return False

    @admin.display(description=_("event"), ordering="event__type")
    def event_type(self, delivery: Delivery) -> str:
        return delivery.event.type

    @admin.display(description=_("facts"))
    def facts(self, delivery: Delivery) -> SafeString:
        event = delivery.event
        return _preformatted(json.dumps({"data": event.data, "metadata": event.metadata}, indent=2))

    @admin.display(description=_("error"))
    def error(self, delivery: Delivery) -> SafeString:
        return _preformatted(delivery.last_error)

    @admin.display(description=_("error"))
    def short_error(self, delivery: Delivery) -> str:
        return delivery.last_error.strip().rsplit("\n", 1)[-1][:120]

    @admin.action(description=_("Replay the selected deliveries"), permissions=["change"])
    def replay(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """One, several, or with "select all" whatever the filter shows."""
        deliveries = Delivery.objects.filter(pk__in=list(queryset.values_list("pk", flat=True)))
        LogEntry.objects.log_actions(cast(int, request.user.pk), deliveries, CHANGE, "Replayed.")
        count = services.replay(deliveries)
        told = ngettext("%(count)d delivery is due again.", "%(count)d deliveries are due again.", count)
        self.message_user(request, told % {"count": count}, messages.SUCCESS)


def _preformatted(text: str) -> SafeString:
    return format_html("<pre>{}</pre>", text)
