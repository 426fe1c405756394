"""What staff keep of profiles: the questions they add, and the shared lists of words. Answers are people's own."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from apps.accounts.models import Course, Interest, ProfileAnswer, ProfileField, Skill
from apps.accounts.selectors.profile import PROFILES_TAG
from apps.kernel import cache, text


class SharedAdmin(ModelAdmin[Any]):  # type: ignore[misc]
    """Rows that show in many profiles: every kept one is forgotten when one of them changes."""

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool) -> None:
        super().save_model(request, obj, form, change)
        cache.invalidate(PROFILES_TAG)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        cache.invalidate(PROFILES_TAG)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)
        cache.invalidate(PROFILES_TAG)


@admin.register(ProfileField)
class ProfileFieldAdmin(SharedAdmin):
    """Deleting one asks first, and names the answers that go with it; taking it out of use keeps them."""

    list_display = ["label", "university", "kind", "is_required", "is_searchable", "is_shown", "position"]
    list_editable = ["position", "is_shown"]
    list_filter = ["kind", "is_shown", "university"]
    list_select_related = ["university"]
    search_fields = ["label"]
    ordering = ["position", "pk"]
    autocomplete_fields = ["university"]

    def get_deleted_objects(
        self, objs: Sequence[Any] | QuerySet[Any], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """The questions by name and the answers by number: there may be one from everybody."""
        answers = ProfileAnswer.objects.filter(field__in=[field.pk for field in objs]).count()
        named = {str(ProfileField._meta.verbose_name_plural): len(objs)}
        counted = {str(ProfileAnswer._meta.verbose_name_plural): answers}
        return [str(field) for field in objs], named | counted, set(), []


class WordForm(ModelForm[Any]):
    def clean_name(self) -> str:
        name = text.clean_name(self.cleaned_data["name"])
        self.instance.key = text.fold(name)
        if not name or self._meta.model.objects.filter(key=self.instance.key).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("This word is in the list already, or it is empty."))
        return name


@admin.register(Skill, Interest)
class WordAdmin(SharedAdmin):
    form = WordForm
    list_display = ["name", "key"]
    search_fields = ["name"]
    fields = ["name"]


@admin.register(Course)
class CourseAdmin(SharedAdmin):
    list_display = ["code", "title", "university"]
    list_filter = ["university"]
    list_select_related = ["university"]
    search_fields = ["code", "title"]
    autocomplete_fields = ["university"]
