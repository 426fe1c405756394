"""Blocks, to read: they explain what people report. Nobody on the staff makes or lifts one for somebody else."""

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from apps.graph.models import Block


@admin.register(Block)
class BlockAdmin(ModelAdmin[Block]):  # type: ignore[misc]
    list_display = ["blocker", "blocked", "created_at"]
    list_select_related = ["blocker", "blocked"]
    search_fields = ["blocker__username", "blocked__username"]
    ordering = ["-id"]
    fields = ["blocker", "blocked", "created_at"]
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Block | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Block | None = None) -> bool:
        return False
