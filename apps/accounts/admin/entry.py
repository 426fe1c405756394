"""Ways in for staff: who waits, who was invited, who is verified, whose addresses are refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin, TabularInline
from unfold.forms import ActionForm
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from apps.accounts import selectors, services
from apps.accounts.models import BlockedDomain, Invitation, InvitationUse, JoinRequest, User, Verification
from apps.kernel.errors import Conflict


class AnswerActionForm(ActionForm):  # type: ignore[misc]
    """The answer that goes to everybody chosen."""

    answer = forms.CharField(
        label=_("Answer to them"),
        required=False,
        max_length=500,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": _("Answer to them (optional)")}),
    )


class DecisionForm(ModelForm[JoinRequest]):
    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("", "—"), ("accept", _("Let them in")), ("reject", _("Do not let them in"))],
        widget=UnfoldAdminSelectWidget,
    )

    class Meta:
        model = JoinRequest
        fields = ["answer"]
        widgets = {"answer": UnfoldAdminTextareaWidget(attrs={"rows": 3})}


@admin.register(JoinRequest)
class JoinRequestAdmin(ModelAdmin[JoinRequest]):  # type: ignore[misc]
    """Those who have shown that their address is theirs; decided once, through the service."""

    form = DecisionForm
    action_form = AnswerActionForm
    list_display = ["name", "address", "university", "reason", "invited_by", "state", "created_at"]
    list_filter = ["state", "university"]
    search_fields = ["person__username", "person__name", "person__email"]
    ordering = ["created_at"]
    readonly_fields = ["name", "address", "university", "reason", "invited_by", "created_at", "state", "decided_by"]
    actions = ["accept", "reject"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[JoinRequest]:
        proved = selectors.waiting_requests()
        return proved.select_related("university", "person__invited_with__invitation__created_by", "decided_by")

    @admin.display(description=_("name"))
    def name(self, row: JoinRequest) -> str:
        return row.person.name

    @admin.display(description=_("address"))
    def address(self, row: JoinRequest) -> str:
        return row.person.email

    @admin.display(description=_("invited by"), empty_value="—")
    def invited_by(self, row: JoinRequest) -> str | None:
        use = getattr(row.person, "invited_with", None)
        inviter = use.invitation.created_by if use else None
        return f"{inviter.name} (@{inviter.username})" if inviter else None

    def get_fields(self, request: HttpRequest, obj: JoinRequest | None = None) -> list[str]:
        return [*self.readonly_fields, *(["decision"] if self._is_open(request, obj) else []), "answer"]

    def get_readonly_fields(self, request: HttpRequest, obj: JoinRequest | None = None) -> list[str]:
        return self.readonly_fields if self._is_open(request, obj) else [*self.readonly_fields, "answer"]

    def _is_open(self, request: HttpRequest, obj: JoinRequest | None) -> bool:
        return obj is not None and obj.state == JoinRequest.State.WAITING and self.has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: JoinRequest | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: JoinRequest, form: Any, change: bool) -> None:
        decision = form.cleaned_data.get("decision")
        if decision:
            services.decide_join_request(
                actor=cast(User, request.user), request_id=obj.pk, accept=decision == "accept", answer=obj.answer
            )

    @admin.action(description=_("Let them in"), permissions=["change"])
    def accept(self, request: HttpRequest, queryset: QuerySet[JoinRequest]) -> None:
        self._decide(request, queryset, accept=True)

    @admin.action(description=_("Do not let them in"), permissions=["change"])
    def reject(self, request: HttpRequest, queryset: QuerySet[JoinRequest]) -> None:
        self._decide(request, queryset, accept=False)

    def _decide(self, request: HttpRequest, queryset: QuerySet[JoinRequest], *, accept: bool) -> None:
        actor, answer, done = cast(User, request.user), request.POST.get("answer", ""), 0
        for pk in queryset.filter(state=JoinRequest.State.WAITING).values_list("pk", flat=True):
            try:
                services.decide_join_request(actor=actor, request_id=pk, accept=accept, answer=answer)
                done += 1
            except Conflict:  # somebody else decides at the same time; the rest goes on
                continue
        told = ngettext("%(count)d request decided.", "%(count)d requests decided.", done) % {"count": done}
        messages.success(request, told)


class UseInline(TabularInline[InvitationUse, Invitation]):  # type: ignore[misc]
    model = InvitationUse
    fields = readonly_fields = ["person", "at"]
    extra = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[InvitationUse]:
        rows: QuerySet[InvitationUse] = super().get_queryset(request)
        return rows.select_related("person")

    def has_add_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False


@admin.register(Invitation)
class InvitationAdmin(ModelAdmin[Invitation]):  # type: ignore[misc]
    """Every invitation there is, and who came with it. They are made on the site (settings, invitations)."""

    list_display = ["id", "university", "role", "email", "created_by", "uses", "max_uses", "came", "expires_at"]
    list_filter = ["university", "role"]
    list_select_related = ["university", "created_by"]
    search_fields = ["email", "created_by__username", "created_by__name"]
    ordering = ["-id"]
    inlines = [UseInline]
    actions = ["revoke"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        rows: QuerySet[Invitation] = super().get_queryset(request)
        return rows.annotate(came=Count("used_by", filter=Q(used_by__person__is_confirmed=True)))

    @admin.display(description=_("came"))
    def came(self, row: Any) -> int:
        return int(row.came)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return cast(User, request.user).has_perm("accounts.change_invitation")

    @admin.action(description=_("Take back: nobody comes in with these any more"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        for pk in queryset.filter(revoked_at=None).values_list("pk", flat=True):
            services.revoke_invitation(actor=cast(User, request.user), invitation_id=pk)
        messages.success(request, _("Nobody comes in with them any more."))


class VerificationForm(ModelForm[Verification]):
    class Meta:
        model = Verification
        fields = ["person", "expires_at", "note"]
        help_texts = {"expires_at": _("When you leave it empty: as long as the university says.")}

    def clean_expires_at(self) -> datetime | None:
        ends: datetime | None = self.cleaned_data["expires_at"]
        if ends is not None and ends <= timezone.now():
            raise forms.ValidationError(_("A verification ends in the future."))
        return ends

    def validate_unique(self) -> None:
        """A new look takes the place of the last one (services.verify)."""


@admin.register(Verification)
class VerificationAdmin(ModelAdmin[Verification]):  # type: ignore[misc]
    """Why people have the badge. Added here after a look at somebody's papers; taken away by deleting."""

    form = VerificationForm
    list_display = ["person", "source", "verified_at", "expires_at", "verified_by"]
    list_filter = ["source"]
    list_select_related = ["person", "verified_by"]
    search_fields = ["person__username", "person__name"]
    ordering = ["-verified_at"]
    raw_id_fields = ["person"]

    def has_change_permission(self, request: HttpRequest, obj: Verification | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Verification, form: Any, change: bool) -> None:
        services.verify(
            person=obj.person,
            source=Verification.Source.MANUAL,
            by=cast(User, request.user),
            until=obj.expires_at,
            note=obj.note,
        )

    def delete_model(self, request: HttpRequest, obj: Verification) -> None:
        services.unverify(actor=cast(User, request.user), person=obj.person)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Verification]) -> None:
        for row in queryset.select_related("person"):
            self.delete_model(request, row)


class BlockedDomainForm(ModelForm[BlockedDomain]):
    def clean_domain(self) -> str:
        domain: str = self.cleaned_data["domain"]
        return domain.strip().lstrip("@").rstrip(".").lower()


@admin.register(BlockedDomain)
class BlockedDomainAdmin(ModelAdmin[BlockedDomain]):  # type: ignore[misc]
    form = BlockedDomainForm
    list_display = ["domain", "why"]
    search_fields = ["domain", "why"]
    ordering = ["domain"]
