"""Hashtags for moderators: found by name, kept out of trends and suggestions or let in again, with a reason."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from apps.posts import keeping, services
from apps.posts.models import Hashtag

if TYPE_CHECKING:
    from apps.accounts.models import User


class JudgeForm(forms.ModelForm[Hashtag]):
    actor: "User"
    keep_out = forms.BooleanField(
        label=_("Keep out"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("Posts keep it and its page stays, but it is no trend and is offered to nobody."),
    )
    reason = forms.CharField(
        label=_("Because"),
        max_length=keeping.REASON_LIMIT,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Kept with your name; read at the desk only."),
    )

    class Meta:
        model = Hashtag
        fields: list[str] = []


@admin.register(Hashtag)
class HashtagAdmin(ModelAdmin[Hashtag]):  # type: ignore[misc]
    """Nobody makes, renames or deletes one: they are what people write."""

    list_display = ["name", "is_kept_out", "kept_out_because"]
    list_filter = ["is_kept_out"]
    search_fields = ["name__startswith"]
    ordering = ["-id"]
    show_full_result_count = False
    fields = ["the_tag", "kept_out_because", "keep_out", "reason"]
    readonly_fields = ["the_tag", "kept_out_because"]

    def get_form(self, request: HttpRequest, obj: Hashtag | None = None, change: bool = False, **kwargs: Any) -> Any:
        """The forms's own fields are no fields of the model, so the admin's factory is not asked."""
        initial = forms.BooleanField(
            label=_("Keep out"),
            required=False,
            initial=obj.is_kept_out if obj else False,
            widget=UnfoldBooleanSwitchWidget,
            help_text=JudgeForm.base_fields["keep_out"].help_text,
        )
        return type("JudgeForm", (JudgeForm,), {"actor": request.user, "keep_out": initial})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Hashtag | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Hashtag, form: Any, change: bool) -> None:
        judge = services.keep_tag_out if form.cleaned_data["keep_out"] else services.let_tag_in
        judge(actor=form.actor, tag=obj, reason=form.cleaned_data["reason"])

    @admin.display(description=_("hashtag"))
    def the_tag(self, tag: Hashtag) -> str:
        return format_html('<a class="underline" href="{}">#{}</a>', tag.get_absolute_url(), tag.name)
