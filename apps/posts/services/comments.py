"""Writes of the talk under a post."""

import uuid
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.types.numeric import Int8

from apps.kernel import ids, limits
from apps.kernel.errors import NotFound
from apps.kernel.insertion import insert_once
from apps.kernel.outbox import DomainEvent, publish
from apps.kernel.statements import statement
from apps.posts import events, policies, rendering
from apps.posts.models import COMMENT_LIMIT, DEEPEST, STEP, Comment, Post
from apps.posts.services.naming import checked, tell_named
from apps.posts.terms import UNDO
from apps.safety import policies as safety

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from apps.accounts.models import User


_COUNT = """
UPDATE "posts_post" SET comment_count = comment_count + %(by)s
WHERE id = %(post)s AND (deleted_at IS NULL OR NOT %(is_new)s)"""


@transaction.atomic
def add_comment(*, actor: "User", post: Post, body: str, parent: Comment | None, key: uuid.UUID) -> Comment:
    """A new comment, or the one this form (`key`) has already made. The caller has made sure that both are visible.

    Invalid (with fields) when the text is empty or longer than COMMENT_LIMIT; NotFound when the post is deleted now;
    Forbidden when its author lets others reply, or nobody.
    """
    safety.require_may_write(actor)
    if _sent(author=actor.pk, key=key):
        return Comment.objects.get(author=actor, key=key)
    policies.require_may_comment(actor, post)
    if parent is not None and parent.post_id != post.pk:
        raise NotFound(_("The comment you answer is gone."))
    body = checked(body, COMMENT_LIMIT)
    limits.check("comment.create", person_id=actor.pk, address=None)
    named = rendering.people_named(body, actor=actor)
    comment = _placed(
        Comment(post=post, author=actor, parent=parent, body=body, body_html=rendering.render(body, named), key=key)
    )
    if not insert_once(comment):  # the same form was sent twice in this moment
        return Comment.objects.get(author=actor, key=key)
    _count_comment(comment, 1)
    publish(_about(events.CommentCreated, comment), actor_id=actor.pk)
    tell_named(named, post=post, comment=comment, actor=actor)
    return comment


@statement
def _sent(*, author: int, key: uuid.UUID) -> "QuerySet[Any]":
    return Comment.objects.filter(author=author, key=key).values_list("pk", flat=True)


@transaction.atomic
def delete_comment(*, actor: "User", comment: Comment) -> None:
    """Takes the comment out of sight; answers to it stay. Its author can bring it back for UNDO. May run twice."""
    policies.require_author(actor, comment)
    limits.check("post.delete", person_id=actor.pk, address=None)
    if Comment.objects.filter(pk=comment.pk, deleted_at=None).update(deleted_at=Now()):
        _count_comment(comment, -1)
        publish(_about(events.CommentDeleted, comment), actor_id=actor.pk)


@transaction.atomic
def restore_comment(*, actor: "User", comment: Comment) -> None:
    """Undo of delete_comment within UNDO. May run twice. Forbidden to others, NotFound when it is too late."""
    policies.require_author(actor, comment)
    safety.require_may_write(actor)
    if Comment.objects.filter(pk=comment.pk, deleted_at__gt=timezone.now() - UNDO).update(deleted_at=None):
        _count_comment(comment, 1)
        publish(_about(events.CommentRestored, comment), actor_id=actor.pk)
    elif Comment.objects.filter(pk=comment.pk, deleted_at__isnull=False).exists():
        raise NotFound(_("This was deleted too long ago to bring it back."))


@transaction.atomic
def fold_comment(*, actor: "User", comment: Comment, is_folded: bool) -> None:
    """Hides a comment behind a line that everybody can open, or undoes it. May run twice.

    Forbidden to all but the author of the post.
    """
    policies.require_host(actor, comment)
    limits.check("comment.fold", person_id=actor.pk, address=None)
    rows = Comment.objects.filter(pk=comment.pk, folded_at__isnull=is_folded)
    if rows.update(folded_at=Now() if is_folded else None):
        event = events.CommentFolded(
            comment_id=comment.pk, post_id=comment.post_id, author_id=comment.author_id, is_folded=is_folded
        )
        publish(event, actor_id=actor.pk)


def _placed(comment: Comment) -> Comment:
    """Depth and path under the parent. Below DEEPEST an answer stands beside what it answers."""
    comment.pk = ids.snowflake()
    own, parent = f"{comment.pk:0{STEP}x}", comment.parent
    if parent is None:
        comment.depth, comment.path = 0, own
    elif parent.depth < DEEPEST:
        comment.depth, comment.path = parent.depth + 1, parent.path + own
    else:
        comment.depth, comment.path = DEEPEST, parent.path[:-STEP] + own
    return comment


def _count_comment(comment: Comment, by: int) -> None:
    """NotFound, and with it nothing done, when the post was deleted meanwhile and the comment would be a new one."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"by": Int8(by), "post": Int8(comment.post_id), "is_new": by > 0})
        if by > 0 and not cursor.rowcount:
            raise NotFound(_("This post is gone."))


def _about(
    kind: type[events.CommentCreated] | type[events.CommentDeleted] | type[events.CommentRestored], comment: Comment
) -> DomainEvent:
    return kind(comment_id=comment.pk, post_id=comment.post_id, author_id=comment.author_id)
