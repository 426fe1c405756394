"""Boosts for staff: started with a reason that people read, ended with one that is kept. Nothing else is edited."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from apps.kernel.errors import AppError
from apps.posts import selectors, services, terms
from apps.posts.models import Boost, Post

if TYPE_CHECKING:
    from apps.accounts.models import User


class StartForm(forms.ModelForm[Boost]):
    """`actor` is set by the admin, so that what may not be is told in the form."""

    actor: "User"
    address = forms.CharField(
        label=_("Post"), widget=UnfoldAdminTextInputWidget, help_text=_("Its address, or the number in it.")
    )
    reason = forms.CharField(
        label=_("Shown because"),
        max_length=terms.BOOST_REASON,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("People read it under the post: “Shown to more people: …”"),
    )
    days = forms.IntegerField(
        label=_("Days"),
        min_value=1,
        max_value=terms.BOOST_LONGEST,
        initial=3,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    class Meta:
        model = Boost
        fields: list[str] = []

    def clean_address(self) -> Post:
        """A post that the actor may see for themselves; they learn of no other."""
        parts = [part for part in self.cleaned_data["address"].strip().split("/") if part]
        number = parts[-1] if parts else ""
        try:
            if not (number.isascii() and number.isdecimal() and len(number) < 19):
                raise ValueError(number)
            return selectors.post_for(self.actor, int(number))
        except (ValueError, AppError) as error:
            raise forms.ValidationError(_("There is no such post, or it is not for you.")) from error

    def clean(self) -> dict[str, Any]:
        sent: dict[str, Any] = self.cleaned_data
        if "address" in sent and (fault := services.fault_of_another_boost(sent["address"])):
            self.add_error("address", fault)
        return sent


class EndForm(forms.ModelForm[Boost]):
    end_reason = forms.CharField(
        label=_("End it now, because"),
        max_length=terms.BOOST_REASON,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Kept with your name; not shown to people."),
    )

    class Meta:
        model = Boost
        fields: list[str] = []


@admin.register(Boost)
class BoostAdmin(ModelAdmin[Boost]):  # type: ignore[misc]
    list_display = ["the_post", "reason", "by", "starts_at", "ends_at"]
    list_select_related = ["post__author", "by"]
    search_fields = ["reason", "post__author__username"]
    ordering = ["-starts_at"]
    readonly_fields = ["the_post", "by", "reason", "starts_at", "ends_at"]

    def get_fields(self, request: HttpRequest, obj: Boost | None = None) -> list[str]:
        return ["address", "reason", "days"] if obj is None else [*self.readonly_fields, "end_reason"]

    def get_readonly_fields(self, request: HttpRequest, obj: Boost | None = None) -> list[str]:
        return [] if obj is None else list(self.readonly_fields)

    def get_form(self, request: HttpRequest, obj: Boost | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = StartForm if obj is None else EndForm
        return type(form.__name__, (form,), {"actor": request.user})

    def has_change_permission(self, request: HttpRequest, obj: Boost | None = None) -> bool:
        """To change one is to end it, which takes what it takes to start one."""
        return bool(self.has_add_permission(request))

    def has_delete_permission(self, request: HttpRequest, obj: Boost | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Boost]:
        return super().get_queryset(request).select_related(*self.list_select_related)  # type: ignore[no-any-return]

    def save_model(self, request: HttpRequest, obj: Boost, form: Any, change: bool) -> None:
        sent = form.cleaned_data
        if change:
            services.end_boost(actor=form.actor, boost=obj, reason=sent["end_reason"])
            return
        made = services.start_boost(actor=form.actor, post=sent["address"], reason=sent["reason"], days=sent["days"])
        obj.pk, obj.post, obj.ends_at = made.pk, made.post, made.ends_at

    def response_change(self, request: HttpRequest, obj: Boost) -> HttpResponse:
        messages.success(request, _("It has ended."))
        return redirect("admin:posts_boost_changelist")

    @admin.display(description=_("post"))
    def the_post(self, boost: Boost) -> str:
        """Its address and its author; the text is read where its readers read it."""
        url = boost.post.get_absolute_url()
        return format_html('<a class="underline" href="{}">{}</a>', url, f"@{boost.post.author.username}, {url}")
