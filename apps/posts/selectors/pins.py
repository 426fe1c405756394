"""Reads of pins: what people keep at the top of their profile."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.kernel.cache import cached
from apps.posts.models import Pin, Post
from apps.posts.terms import PINS

if TYPE_CHECKING:
    from apps.accounts.models import User


def pins_of(author: "User") -> list[Pin]:
    """The author's own pins that stand, with their posts, the newest first. One query."""
    now = timezone.now()
    standing = Pin.objects.filter(_stands("", now), author=author, post__deleted_at=None, post__hidden_at=None)
    return list(standing.select_related("post").order_by("-created_at", "-post")[:PINS])


def pin_of(post: Post) -> Pin | None:
    """The pin of a post, while it stands."""
    return Pin.objects.filter(_stands("", timezone.now()), post=post).first()


def pins_tag(author_id: int) -> str:
    return f"pins:{author_id}"


def standing_ids(author_id: int) -> list[int]:
    """What the author has pinned, the newest pin first, whoever may see it. No query while kept.

    Forgotten with every pin that comes or goes; whether one stands still is asked of the clock each time.
    """
    pins = cached("pins", author_id, tags=[pins_tag(author_id)], make=lambda: _pins(author_id))
    now = timezone.now()
    return [post_id for post_id, until in pins if until is None or until > now]


def _pins(author_id: int) -> list[tuple[int, datetime | None]]:
    pins = Pin.objects.filter(author=author_id).order_by("-created_at", "-post")
    return list(pins.values_list("post_id", "until"))


def pinned_ids(posts: QuerySet[Post], now: datetime) -> QuerySet[Any]:
    """Those of one author's posts that are pinned, the newest pin first."""
    pinned = posts.filter(_stands("pin__", now), pin__isnull=False).order_by("-pin__created_at", "-pk")
    return pinned.values_list("pk", flat=True)[:PINS]


def _stands(of: str, now: datetime) -> Q:
    return Q(**{f"{of}until": None}) | Q(**{f"{of}until__gt": now})
