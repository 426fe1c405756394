"""Reads of pins: what people keep at the top of their profile."""

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.posts.models import Pin, Post
from apps.posts.terms import PINS

if TYPE_CHECKING:
    from apps.accounts.models import User


def pins_of(author: "User") -> list[Pin]:
    """The author's own pins that stand, with their posts, the newest first. One query."""
    standing = Pin.objects.filter(_stands(""), author=author, post__deleted_at=None, post__hidden_at=None)
    return list(standing.select_related("post").order_by("-created_at", "-post")[:PINS])


def pin_of(post: Post) -> Pin | None:
    """The pin of a post, while it stands."""
    return Pin.objects.filter(_stands(""), post=post).first()


def pinned_ids(posts: QuerySet[Post]) -> list[int]:
    """Those of one author's posts that are pinned, the newest pin first. One query."""
    pinned = posts.filter(_stands("pin__"), pin__isnull=False).order_by("-pin__created_at", "-pk")
    return list(pinned.values_list("pk", flat=True)[:PINS])


def _stands(of: str) -> Q:
    return Q(**{f"{of}until": None}) | Q(**{f"{of}until__gt": timezone.now()})
