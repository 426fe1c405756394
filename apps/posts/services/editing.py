"""Editing a post. What it said before is kept, and nobody comes to see it who could not before."""

import zlib
from dataclasses import astuple
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.graph import services as graph
from apps.kernel import limits, text
from apps.kernel.errors import Conflict, Invalid, NotFound
from apps.kernel.outbox import publish
from apps.posts import events, policies, rendering
from apps.posts.content import Wording
from apps.posts.models import BODY_LIMIT, Mention, Post, Revision
from apps.posts.services.links import attach_link
from apps.posts.services.naming import file_under_tags, tell_named
from apps.safety import policies as safety

if TYPE_CHECKING:
    from apps.accounts.models import User

REMEMBERED = 100  # versions that are asked whom they named


def wording_of(post: Post) -> Wording:
    return Wording(
        body=post.body,
        warning=post.warning,
        replies=post.replies,
        quoting=post.quoting,
        audience=post.audience,
        circle_id=post.circle_id,
    )


def edition_of(post: Post) -> str:
    """Names what the post says and to whom. Its `version` will not do: a card drawn anew raises that, too."""
    return f"{zlib.crc32(repr(astuple(wording_of(post))).encode()):08x}"


@transaction.atomic
def edit_post(*, actor: "User", post: Post, wording: Wording, seen: str) -> Post:
    """Makes the post say this, to these people; returns it as it is then. Nothing changed: nothing is written.

    `seen` is the edition the wording was made from: Conflict when somebody (another device of theirs) has changed the
    post since. Invalid, with fields, for a text that is none and for anybody who could not see the post before.
    Forbidden to others, NotFound for a post that is gone and for a repost.
    """
    safety.require_may_write(actor)
    policies.require_author(actor, post)
    post = _held(actor, post.pk)
    wanted = _cleaned(wording)
    before = wording_of(post)
    if wanted == before:
        return post
    if seen != edition_of(post):
        raise Conflict(_("This post was changed on another device meanwhile."))
    _require_allowed(actor, post, wanted)
    limits.check("post.edit", person_id=actor.pk, address=None)
    is_text = (wanted.body, wanted.warning) != (before.body, before.warning)
    is_audience = (wanted.audience, wanted.circle_id) != (before.audience, before.circle_id)
    _write(post, wanted, is_text=is_text)
    event = events.PostUpdated(post_id=post.pk, author_id=actor.pk, is_text=is_text, is_audience=is_audience)
    publish(event, actor_id=actor.pk)
    return post


def _held(actor: "User", post_id: int) -> Post:
    """The row as it is now, until the transaction ends: edits of one post follow one another."""
    post = Post.objects.live().select_for_update(no_key=True).filter(pk=post_id, repost_of=None).first()
    if post is None:
        raise NotFound("post")
    post.author = actor
    return post


def _cleaned(wording: Wording) -> Wording:
    return Wording(
        body=text.clean(wording.body),
        warning=text.clean_name(wording.warning),
        replies=wording.replies,
        quoting=wording.quoting,
        audience=wording.audience,
        circle_id=wording.circle_id,
    )


def _require_allowed(actor: "User", post: Post, wanted: Wording) -> None:
    may_be_empty = post.has_poll and bool(post.asked.question)
    faults = {
        "body": policies.fault_of_text(wanted.body, BODY_LIMIT) if wanted.body or not may_be_empty else "",
        "warning": policies.fault_of_warning(wanted.warning),
        "replies": policies.fault_of_choices(wanted.replies, wanted.quoting),
        "audience": policies.fault_of_narrowing(actor, post, wanted.audience, wanted.circle_id),
    }
    if found := {field: fault for field, fault in faults.items() if fault}:
        raise Invalid(fields=found)
    is_new_circle = wanted.circle_id is not None and wanted.circle_id != post.circle_id
    if is_new_circle and not graph.hold_circle(actor=actor, circle_id=wanted.circle_id or 0):
        raise Invalid(fields={"audience": _("This circle is gone.")})


def _write(post: Post, wanted: Wording, *, is_text: bool) -> None:
    """The readers first: who is named in the new text is told only when they are among the new ones."""
    former = post.body
    if is_text:
        _keep_former_text(post)
    for name in ("body", "warning", "replies", "quoting", "audience", "circle_id"):
        setattr(post, name, getattr(wanted, name))
    post.version += 1
    fields = ["body", "warning", "replies", "quoting", "audience", "circle", "version"]
    if not is_text:
        post.save(update_fields=fields)
        return
    named = rendering.people_named(post.body, actor=post.author)
    post.body_html = rendering.render(post.body, named)
    post.edited_at = timezone.now()
    post.save(update_fields=[*fields, "body_html", "edited_at"])
    file_under_tags(post)
    attach_link(post, before=former)
    _tell(named, post)


def _tell(named: list["User"], post: Post) -> None:
    """Those whom no version has named before. Who is named no more may do no more what the named may (Replies.NAMED);
    named again they may again, and are not told again.
    """
    earlier = post.revisions.order_by("-number").values_list("body", flat=True)[:REMEMBERED]
    known = set().union(*(text.find_mentions(body) for body in earlier))
    Mention.objects.filter(post=post).exclude(person__in=named).delete()
    again = rendering.people_told([person for person in named if person.username in known], post=post)
    Mention.objects.bulk_create([Mention(person=person, post=post) for person in again], ignore_conflicts=True)
    tell_named(named, post=post, comment=None, actor=post.author)


def _keep_former_text(post: Post) -> None:
    """The caller holds the post's row, so no two versions get one number."""
    last = post.revisions.aggregate(last=Max("number"))["last"] or 0
    said_at = post.edited_at or post.created_at
    Revision.objects.create(post=post, number=last + 1, body=post.body, warning=post.warning, written_at=said_at)
