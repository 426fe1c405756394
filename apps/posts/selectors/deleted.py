"""What a person has deleted and can still bring back. Nobody else is shown any of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from apps.kernel import cursors
from apps.kernel.errors import NotFound
from apps.posts.models import Comment, Post
from apps.posts.terms import UNDO

if TYPE_CHECKING:
    from apps.accounts.models import User

TRASH = 20  # on a page
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Deleted:
    pk: int
    text: str
    warning: str
    created_at: datetime
    deleted_at: datetime
    days_left: int  # begun ones count whole
    can_return: bool  # what it stood under is there for its author


@dataclass(frozen=True, slots=True)
class TrashPage:
    things: list[Deleted]
    next: str


def trash_page(person: "User", *, of_comments: bool, cursor: str = "") -> TrashPage:
    """What they deleted last, first: posts (a repost is made anew in one press), or comments. One query."""
    rows: QuerySet[Any] = _restorable(Post, person).filter(repost_of=None).defer("reactions")
    if of_comments:
        there = Exists(Post.objects.visible_to(person).filter(pk=OuterRef("post")))
        rows = _restorable(Comment, person).annotate(can_return=there)
    page = cursors.keyset_page(rows, by=["-deleted_at", "-id"], after=cursor or None, size=TRASH)
    return TrashPage([_deleted(row) for row in page.items], page.next or "")


def deleted_post_of(person: "User", post_id: int) -> Post:
    """A deleted post of their own, for its end. NotFound else."""
    post = Post.objects.filter(author=person, hidden_at=None, deleted_at__isnull=False, pk=post_id).first()
    if post is None:
        raise NotFound("post")
    return post


def deleted_comment_of(person: "User", comment_id: int) -> Comment:
    """A deleted comment of their own, wherever it stood. NotFound else."""
    comment = Comment.objects.filter(author=person, hidden_at=None, deleted_at__isnull=False, pk=comment_id).first()
    if comment is None:
        raise NotFound("comment")
    return comment


def _restorable(model: Any, person: "User") -> QuerySet[Any]:
    return model.objects.filter(author=person, hidden_at=None, deleted_at__gt=timezone.now() - UNDO)  # type: ignore[no-any-return]


def _deleted(row: Any) -> Deleted:
    left = row.deleted_at + UNDO - timezone.now()
    return Deleted(
        pk=row.pk,
        text=row.body,
        warning=getattr(row, "warning", ""),
        created_at=row.created_at,
        deleted_at=row.deleted_at,
        days_left=max(1, -(-left // DAY)),
        can_return=getattr(row, "can_return", True),
    )
