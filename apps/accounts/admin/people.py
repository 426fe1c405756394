"""People and universities for staff. People are made by sign-up alone, and kept out by a suspension (safety)."""

from typing import cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from apps.accounts import services
from apps.accounts.models import University, UniversityDomain, User

SEEN_ONLY = ["is_active", "verified_until", "last_login", "created_at"]
STANDING = ["role", "university", "is_staff", "is_superuser"]


@admin.register(User)
class UserAdmin(ModelAdmin[User]):  # type: ignore[misc]
    list_display = ["username", "name", "email", "role", "university", "is_active", "is_staff", "created_at"]
    list_filter = ["is_active", "is_staff", "role", "university"]
    list_select_related = ["university"]
    search_fields = ["username", "name", "email"]
    ordering = ["-id"]
    show_full_result_count = False  # counting a million people for a caption
    fields = ["username", "name", "email", *STANDING, "groups", *SEEN_ONLY]
    readonly_fields = ["username", "name", "email", *SEEN_ONLY]
    autocomplete_fields = ["university"]
    filter_horizontal = ["groups"]
    actions = ["suspend"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_superuser", False))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        standing = {name: form.cleaned_data[name] for name in STANDING}
        services.set_standing(actor=cast(User, request.user), person=obj, **standing)

    @admin.action(description=_("Suspend: asks for a reason"), permissions=["view"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        person = queryset.first()
        if person is None or queryset.count() != 1:
            messages.error(request, _("Choose one person: each suspension has its own reason."))
            return None
        return redirect(f"{reverse('admin:safety_suspension_add')}?{urlencode({'person': person.pk})}")


class DomainForm(ModelForm[UniversityDomain]):
    def clean_domain(self) -> str:
        domain: str = self.cleaned_data["domain"]
        return domain.strip().lstrip("@").lower()


class DomainInline(TabularInline[UniversityDomain, University]):  # type: ignore[misc]
    model = UniversityDomain
    form = DomainForm
    extra = 1


@admin.register(University)
class UniversityAdmin(ModelAdmin[University]):  # type: ignore[misc]
    list_display = ["name", "city", "slug", "entry", "takes_requests", "members_invite", "sso_only"]
    search_fields = ["name", "city"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [DomainInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[University]:
        people: QuerySet[University] = super().get_queryset(request)
        return people.order_by("name")
