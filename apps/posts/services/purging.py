"""What was deleted: brought to an end by its author, or by the clock when nobody has brought it back."""

import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.deletion import get_candidate_relations_to_delete
from django.utils import timezone

from apps.kernel import limits
from apps.kernel.outbox import publish
from apps.posts import events, policies
from apps.posts.models import Comment, Post
from apps.posts.terms import KEPT, UNDO

if TYPE_CHECKING:
    from apps.accounts.models import User

BATCH = 50  # posts
SLICE = 2_000  # rows of one kind in one transaction
LONGEST = 60.0  # seconds of one run; the next one goes on
HEARD = timedelta(minutes=30)  # in which timelines hear that a repost is gone, before its row is


@transaction.atomic
def forget_post(*, actor: "User", post: Post) -> None:
    """Ends UNDO for a deleted post: its texts are gone at once, the row and what hangs on it with the next purge.

    May run twice; nothing happens to a post that is not deleted. Forbidden to others.
    """
    policies.require_author(actor, post)
    limits.check("post.delete", person_id=actor.pk, address=None)
    now = timezone.now()
    ended = Post.objects.filter(pk=post.pk, deleted_at__gt=now - UNDO, hidden_at=None).update(
        deleted_at=now - KEPT, body="", body_html="", warning="", link_card=None, version=F("version") + 1
    )
    if ended:
        post.revisions.all().delete()
        post.tag_edges.all().delete()


@transaction.atomic
def forget_comment(*, actor: "User", comment: Comment) -> None:
    """`forget_post` for a comment; the row stays, because answers stand under it."""
    policies.require_author(actor, comment)
    limits.check("post.delete", person_id=actor.pk, address=None)
    now = timezone.now()
    Comment.objects.filter(pk=comment.pk, deleted_at__gt=now - UNDO, hidden_at=None).update(
        deleted_at=now - KEPT, body="", body_html=""
    )


def purge_deleted() -> int:
    """Forgets what was deleted KEPT ago: posts whole, comments their text, because answers stand under them.

    In small transactions, however much hangs on a post; stopped in the middle, the next run goes on. Returns how many.
    """
    before = timezone.now() - KEPT
    end = time.monotonic() + LONGEST
    _let_reposts_go(before)
    posts = _in_slices(_due(before), BATCH, partial(_forget, Post), until=end)
    texts = Comment.objects.filter(deleted_at__lt=before).exclude(body="")
    return posts + _in_slices(
        texts, SLICE, lambda pks: Comment.objects.filter(pk__in=pks).update(body="", body_html=""), until=end
    )


def _due(before: Any) -> QuerySet[Post]:
    """Reposts of a post go before it."""
    reposts = Post.objects.filter(repost_of=OuterRef("pk")).exclude(deleted_at__lt=before)
    return Post.objects.filter(~Exists(reposts), deleted_at__lt=before)


def _let_reposts_go(before: Any) -> None:
    """Of what is due. Nobody sees them any more; whoever keeps a list of posts hears that they are gone."""
    shares = Post.objects.filter(repost_of__deleted_at__lt=before, deleted_at=None)
    while pairs := list(shares.values_list("pk", "author")[:SLICE]):
        with transaction.atomic():
            held = Post.objects.filter(pk__in=[pk for pk, _author in pairs], deleted_at=None)
            held.update(deleted_at=before + HEARD)
            for pk, author in pairs:
                publish(events.PostDeleted(post_id=pk, author_id=author), actor_id=None)


def _in_slices(
    rows: QuerySet[Any], size: int, act: Callable[[list[Any]], object], *, until: float | None = None
) -> int:
    """`act` on the ids of `rows`, so many at a time, until it has left none (or time is up); returns how many."""
    count = 0
    while pks := list(rows.order_by("pk").values_list("pk", flat=True)[:size]):
        act(pks)
        count += len(pks)
        if until is not None and time.monotonic() > until:
            break
    return count


def _forget(model: type[models.Model], pks: list[Any]) -> None:
    """Deletes the rows and all that hangs on them, as the database would in one go, SLICE rows at a time."""
    relations: Iterable[Any] = get_candidate_relations_to_delete(model._meta)
    for relation in relations:
        owner, name = relation.related_model, relation.field.name
        hanging = owner._base_manager.filter(**{f"{name}__in": pks})
        if relation.on_delete is models.CASCADE:
            _in_slices(hanging, SLICE, partial(_forget, owner))
        elif relation.on_delete is models.SET_NULL:
            _in_slices(hanging, SLICE, partial(_loosen, owner, name))
    model._base_manager.filter(pk__in=pks).delete()


def _loosen(model: type[models.Model], name: str, pks: list[Any]) -> None:
    model._base_manager.filter(pk__in=pks).update(**{name: None})
