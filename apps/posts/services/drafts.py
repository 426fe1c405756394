"""Writes of drafts and of posts that wait for their time.

The id of a draft is the key of the post it becomes. Whoever saves or publishes one holds the key (`hold`) until the end
of the transaction: a save that comes late finds the post and leaves no draft behind, whatever came first.
"""

from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.kernel import limits
from apps.kernel.cache import invalidate
from apps.kernel.errors import AppError, Conflict, Forbidden, Invalid, NotFound, RateLimited
from apps.posts import moments
from apps.posts.drafts import LARGEST, Content
from apps.posts.models import Draft, Failure, Post
from apps.posts.selectors.drafts import drafts_tag
from apps.posts.services.posts import check_post, create_post, hold
from apps.safety import policies as safety

if TYPE_CHECKING:
    from datetime import datetime

    from apps.accounts.models import User

MOST = 50  # drafts of one person, and as many posts that wait for their time
UNDO_FOR = 3600  # seconds
AT_ONCE = 200  # posts that go out in one turn of the clock

log = structlog.get_logger(__name__)


class Published(Conflict):
    code = "published"
    message = gettext_lazy("This is posted already.")


class Changed(Conflict):
    code = "changed"
    message = gettext_lazy("This draft was changed on another device.")


class Deleted(Conflict):
    code = "deleted"
    message = gettext_lazy("This draft was deleted on another device.")


class Waiting(Conflict):
    code = "scheduled"
    message = gettext_lazy("This post waits for its time. Choose “Schedule” to change what goes out.")


class Full(Conflict):
    code = "full"
    message = gettext_lazy("You have 50 of these, which is as many as we keep. Delete one you no longer need.")


@transaction.atomic
def save_draft(*, actor: "User", draft_id: UUID, content: Content, revision: int) -> Draft | None:
    """Keeps what is written, and returns the row with its new revision; None when nothing is written any more.

    `revision` is that of the row the writer has seen, 0 for none. Published, Changed, Deleted, Waiting or Full when it
    may not be kept, and nothing is changed then. May run twice: the same content is the same row.
    """
    limits.check("draft.save", person_id=actor.pk, address=None)
    if content.size > LARGEST:
        raise Invalid(fields={"body": _("This is too long even for a draft.")})
    row = _held(actor, draft_id)
    if row is None and revision:
        raise Deleted
    if row is not None and row.publish_at:
        raise Waiting
    if row is not None and row.content == content.as_json():
        return row
    if row is not None and row.revision != revision:
        raise Changed
    if content.is_blank:
        _forget(row)
        return None
    return _written(actor, draft_id, content)


@transaction.atomic
def delete_draft(*, actor: "User", draft_id: UUID) -> None:
    """Takes it out of the list, scheduled or not; `restore_draft` brings it back for UNDO_FOR. May run twice."""
    row = _held(actor, draft_id)
    if row is not None:
        cache.set(_deleted_key(row), (row.content, row.publish_at), UNDO_FOR)
    _forget(row)


@transaction.atomic
def restore_draft(*, actor: "User", draft_id: UUID) -> Draft:
    """Undo of delete_draft. One whose time is too near by now does not wait for it any more. May run twice.

    NotFound when there is none, or it is too late; Full when there are as many others meanwhile.
    """
    limits.check("draft.save", person_id=actor.pk, address=None)
    row = _held(actor, draft_id)
    if row is not None:
        return row
    was = cache.get(_deleted_key(Draft(pk=draft_id, author=actor)))
    if was is None:
        raise NotFound("draft")
    content, publish_at = was
    if publish_at and moments.fault_of_moment(publish_at):
        publish_at = None
    return _written(actor, draft_id, Content.of_json(content), publish_at)


@transaction.atomic
def publish_draft(*, actor: "User", draft_id: UUID) -> Post:
    """The post of what was kept last; also "send now" of one that waits. May run twice.

    NotFound when there is none; what create_post refuses is refused, and the draft stays.
    """
    hold(draft_id)
    row = Draft.objects.filter(author=actor, pk=draft_id).first()
    if row is not None:
        return _publish(row, actor)
    sent = Post.objects.filter(author=actor, key=draft_id).first()
    if sent is None:
        raise NotFound("draft")
    return sent


@transaction.atomic
def schedule_post(*, actor: "User", draft_id: UUID, content: Content, publish_at: "datetime") -> Draft:
    """Lets it go out at that time, as it is now; a draft of this id becomes it. May run twice.

    Invalid (with fields) for a time that is not between five minutes and a year ahead, and for what create_post
    would refuse now; it is asked again when the time has come.
    """
    safety.require_may_write(actor)
    limits.check("post.schedule", person_id=actor.pk, address=None)
    if fault := moments.fault_of_moment(publish_at):
        raise Invalid(fields={"publish_at": fault})
    _held(actor, draft_id)
    audience, circle_id = content.address
    check_post(actor=actor, body=content.body, audience=audience, circle_id=circle_id, extras=content.extras)
    return _written(actor, draft_id, content, publish_at)


@transaction.atomic
def move_scheduled(*, actor: "User", draft_id: UUID, publish_at: "datetime | None") -> Draft:
    """Another time for a post that waits, or none: then it is a draft again. NotFound when it does not wait."""
    if publish_at and (fault := moments.fault_of_moment(publish_at)):
        raise Invalid(fields={"publish_at": fault})
    row = _held(actor, draft_id)
    if row is None or row.publish_at is None:
        raise NotFound("draft")
    row.publish_at, row.failed_because = publish_at, ""
    row.save(update_fields=["publish_at", "failed_because"])
    invalidate(drafts_tag(actor.pk))
    return row


def publish_due() -> int:
    """Every post whose time has come goes out, each in a transaction of its own; returns how many did.

    What cannot go out stays with a reason. Safe with any number of workers and at any interruption: a row is held by
    one of them, and goes in the transaction that makes its post.
    """
    due = Draft.objects.filter(publish_at__lte=timezone.now(), failed_because="").order_by("publish_at", "pk")
    return sum(_publish_one(draft_id) for draft_id in list(due.values_list("pk", flat=True)[:AT_ONCE]))


def _publish_one(draft_id: UUID) -> bool:
    with transaction.atomic():
        if not hold(draft_id, wait=False):
            return False  # another worker has it, or its author changes it right now
        held = Draft.objects.select_for_update(skip_locked=True, no_key=True, of=("self",)).select_related("author")
        row = held.filter(pk=draft_id, publish_at__lte=timezone.now(), failed_because="").first()
        if row is None:
            return False
        try:
            with transaction.atomic():
                _publish(row, row.author)
        except DatabaseError:
            raise  # nothing is wrong with the post: the next turn tries again
        except AppError as error:
            _put_aside(row, _failure(row, error))
            return False
        except Exception:
            log.exception("draft.broken", draft_id=str(draft_id))
            _put_aside(row, Failure.BROKEN)
            return False
    return True


def _publish(row: Draft, actor: "User") -> Post:
    """create_post takes the row away, in the same transaction."""
    content = Content.of_json(row.content)
    audience, circle_id = content.address
    return create_post(
        actor=actor, key=row.pk, body=content.body, audience=audience, circle_id=circle_id, extras=content.extras
    )


def _failure(row: Draft, error: AppError) -> Failure:
    if isinstance(error, RateLimited):
        return Failure.LIMIT
    if isinstance(error, NotFound):
        return Failure.QUOTE
    if isinstance(error, Forbidden):
        return Failure.QUOTE if row.author.is_active else Failure.SUSPENDED
    return Failure.AUDIENCE if "audience" in error.fields else Failure.CONTENT


def _put_aside(row: Draft, why: Failure) -> None:
    Draft.objects.filter(pk=row.pk).update(failed_because=why)
    invalidate(drafts_tag(row.author_id))


def _held(actor: "User", draft_id: UUID) -> Draft | None:
    """The row, for the rest of the transaction; Published when it is a post already."""
    hold(draft_id)
    if Post.objects.filter(author=actor, key=draft_id).exists():
        raise Published
    return Draft.objects.filter(author=actor, pk=draft_id).first()


def _written(actor: "User", draft_id: UUID, content: Content, publish_at: "datetime | None" = None) -> Draft:
    """The row with this content, new or not. The caller holds the key."""
    values = {"content": content.as_json(), "publish_at": publish_at, "failed_because": ""}
    values["updated_at"] = timezone.now()
    kept = Draft.objects.filter(author=actor, pk=draft_id)
    others = Draft.objects.filter(author=actor, publish_at__isnull=publish_at is None).exclude(pk=draft_id)
    was_waiting = kept.values_list("publish_at", flat=True).first()
    if not kept.update(revision=F("revision") + 1, **values):
        if others.count() >= MOST:
            raise Full
        Draft.objects.bulk_create([Draft(pk=draft_id, author=actor, **values)], ignore_conflicts=True)
    elif bool(was_waiting) == bool(publish_at):
        return kept.get()
    invalidate(drafts_tag(actor.pk))
    row = kept.first()
    if row is None:  # the id is somebody else's: no browser makes one up that is
        raise NotFound("draft")
    return row


def _deleted_key(row: Draft) -> str:
    return f"deleted-draft:{row.author_id}:{row.pk}"


def _forget(row: Draft | None) -> None:
    if row is not None:
        row.delete()
        invalidate(drafts_tag(row.author_id))
