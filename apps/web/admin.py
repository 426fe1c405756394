"""The site's own pages: staff write a draft, look at it, publish it. What is published stays as it is."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

from apps.kernel.errors import AppError, Forbidden, NotFound
from apps.web import selectors, services
from apps.web.forms import DraftForm
from apps.web.models import PageVersion

if TYPE_CHECKING:
    from apps.accounts.models import User

WHEN_PUBLISHED = ["slug", "number", "body", "change", "asks_again", "published_at", "created_by", "created_at"]


@admin.register(PageVersion)
class PageVersionAdmin(ModelAdmin[PageVersion]):  # type: ignore[misc]
    list_display = ["slug", "number", "published_at", "asks_again", "change", "created_by", "next_step"]
    list_filter = ["slug", "asks_again"]
    list_select_related = ["created_by"]
    ordering = ["-id"]
    form = DraftForm

    def get_fields(self, request: HttpRequest, obj: PageVersion | None = None) -> list[str]:
        if obj is None:
            return ["slug", "body", "change", "asks_again"]
        return [*(WHEN_PUBLISHED if obj.published_at else ["slug", "body", "change", "asks_again"]), "next_step"]

    def get_readonly_fields(self, request: HttpRequest, obj: PageVersion | None = None) -> list[str]:
        if obj is None:
            return []
        return [*(WHEN_PUBLISHED if obj.published_at else ["slug"]), "next_step"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        slug = request.GET.get("slug", "")
        if slug not in PageVersion.Slug.values:
            return {}
        return {"slug": slug, "body": selectors.body_in_force(slug)[0]}

    def has_delete_permission(self, request: HttpRequest, obj: PageVersion | None = None) -> bool:
        """A draft may go; what somebody may have agreed to stays."""
        return obj is not None and obj.published_at is None and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: PageVersion, form: ModelForm[PageVersion], change: bool) -> None:
        data, slug = form.cleaned_data, obj.slug
        written = services.write_draft(
            actor=cast("User", request.user),
            slug=slug,
            body=data["body"],
            change=data["change"],
            asks_again=data["asks_again"],
            draft=obj if change else None,
        )
        obj.pk, obj.number, obj.created_at = written.pk, written.number, written.created_at

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:pk>/preview/", self.admin_site.admin_view(self.preview), name="web_pageversion_preview"),
            path("<int:pk>/publish/", self.admin_site.admin_view(self.publish), name="web_pageversion_publish"),
        ]
        return [*own, *super().get_urls()]

    @admin.display(description=_("next"))
    def next_step(self, version: PageVersion) -> SafeString:
        if version.published_at:
            address = reverse("web:page_version", args=[version.slug, version.number])
            return format_html('<a class="underline" href="{}">{}</a>', address, _("See it on the site"))
        address = reverse("admin:web_pageversion_preview", args=[version.pk])
        return format_html('<a class="underline" href="{}">{}</a>', address, _("Look at it, then publish"))

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The draft as readers will see it, what is different, and the button that publishes it."""
        draft = self._draft(request, pk)
        context = {
            "draft": draft,
            "title": draft.get_slug_display(),
            "sections": selectors.sections(draft.body),
            "lines": selectors.difference(selectors.body_in_force(draft.slug)[0], draft.body),
            "held": selectors.personal_data_held,
            "figures": selectors.figures,
        }
        return render(request, "web/page_draft.html", context)

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        return require_POST(self._publish)(request, pk)

    def _publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self._draft(request, pk)
        try:
            services.publish(actor=cast("User", request.user), draft=draft)
        except AppError as error:
            messages.error(request, str(error.detail))
        else:
            messages.success(request, _("Published. Readers see it within half a minute."))
        return redirect("admin:web_pageversion_change", pk)

    def _draft(self, request: HttpRequest, pk: int) -> PageVersion:
        if not self.has_change_permission(request):
            raise Forbidden
        draft = PageVersion.objects.filter(pk=pk, published_at=None).first()
        if draft is None:
            raise NotFound("draft")
        return draft
