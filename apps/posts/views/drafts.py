"""Drafts, and posts that wait for their time: listed, gone on with, sent, moved, deleted."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from apps.kernel.http import AuthedRequest, is_fragment, login_required, page, wants_json
from apps.kernel.templatetags.ui import exact
from apps.posts import selectors, services
from apps.posts.drafts import Content
from apps.posts.forms import KeptDraft, MomentForm, revision_in
from apps.posts.views.composing import refused


@login_required
@require_safe
def drafts(request: AuthedRequest) -> HttpResponse:
    counts = selectors.draft_counts(request.user)
    return page(request, "posts/drafts.html", {"rows": selectors.drafts_of(request.user), "counts": counts})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: AuthedRequest, draft_id: UUID) -> HttpResponse:
    """POST keeps what the composer holds: a script asks for JSON, a form without one is led to the list.

    GET is the draft as it is now: to a script its fields, to anybody else the composer.
    """
    if request.method != "POST":
        return _as_it_is(request, draft_id)
    content, revision = Content.of_form(request.POST), revision_in(request.POST)
    if wants_json(request):
        kept = services.save_draft(actor=request.user, draft_id=draft_id, content=content, revision=revision)
        return JsonResponse({"revision": kept.revision if kept else 0})
    form = KeptDraft(content, author=request.user, draft_id=draft_id)
    if not form.keep(revision):
        return refused(request, form)
    said = _("It is kept among your drafts.") if not content.is_blank else _("There was nothing to keep.")
    if is_fragment(request):
        return trigger_client_event(HttpResponse(), "cc:toast", {"text": said})
    messages.success(request, said)
    return redirect("posts:drafts")


def _as_it_is(request: AuthedRequest, draft_id: UUID) -> HttpResponse:
    row = selectors.draft_for(request.user, draft_id)
    if not wants_json(request):
        return redirect(selectors.composer_address(row))
    return JsonResponse({"revision": row.revision, "content": Content.of_json(row.content).as_json()})


@login_required
@require_POST
def publish(request: AuthedRequest, draft_id: UUID) -> HttpResponse:
    """What was kept last goes out now, whether it waited or not."""
    content = selectors.kept_content(request.user, draft_id)
    form = KeptDraft(content, author=request.user, draft_id=draft_id)
    post = form.publish()
    if post is None:
        return refused(request, form)
    messages.success(request, _("Your post is out."))
    return redirect(post)


@login_required
@require_POST
def delete(request: AuthedRequest, draft_id: UUID) -> HttpResponse:
    row = selectors.draft_for(request.user, draft_id)
    services.delete_draft(actor=request.user, draft_id=draft_id)
    messages.success(request, _("It is deleted."), extra_tags=reverse("posts:draft_restore", args=[draft_id]))
    return redirect("posts:scheduled" if row.publish_at else "posts:drafts")


@login_required
@require_POST
def restore(request: AuthedRequest, draft_id: UUID) -> HttpResponse:
    """Undo of deleting."""
    row = services.restore_draft(actor=request.user, draft_id=draft_id)
    if row.publish_at:
        messages.success(request, _("It goes out %(when)s.") % {"when": exact(row.publish_at)})
        return redirect("posts:scheduled")
    messages.success(request, _("It is among your drafts again."))
    return redirect("posts:drafts")


@login_required
@require_safe
def scheduled(request: AuthedRequest) -> HttpResponse:
    return page(request, "posts/scheduled.html", _waiting(request))


@login_required
@require_POST
def reschedule(request: AuthedRequest, draft_id: UUID) -> HttpResponse:
    selectors.draft_for(request.user, draft_id)
    form = MomentForm(request.POST, author=request.user, draft_id=draft_id)
    moved = form.move()
    if moved is None or moved.publish_at is None:
        context = _waiting(request) | {"fault": form.fault, "fault_of": draft_id, "sent": form.sent}
        return page(request, "posts/scheduled.html", context, status=form.status)
    messages.success(request, _("It goes out %(when)s.") % {"when": exact(moved.publish_at)})
    return redirect("posts:scheduled")


@login_required
@require_POST
def unschedule(request: AuthedRequest, draft_id: UUID) -> HttpResponse:
    selectors.draft_for(request.user, draft_id)
    services.move_scheduled(actor=request.user, draft_id=draft_id, publish_at=None)
    messages.success(request, _("It does not go out. It is among your drafts."))
    return redirect("posts:drafts")


def _waiting(request: AuthedRequest) -> dict[str, object]:
    rows, zone = selectors.scheduled_of(request.user), selectors.zone_name(request.user)
    return {"rows": rows, "zone": zone, "counts": selectors.draft_counts(request.user)}
