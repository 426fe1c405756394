"""Reads of boosts: posts shown to more people for a while (PO4), and only to who may see them anyway."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from apps.graph import selectors as graph
from apps.kernel.cache import cached
from apps.posts.models import Boost, Post
from apps.posts.terms import BOOSTED

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

BOOSTS_TAG = "boosts"
OFFERED = 20  # of those running, the viewer's own university first


class Running(NamedTuple):
    post_id: int
    university_id: int | None
    reason: str
    starts_at: datetime
    ends_at: datetime


def running(university_id: int | None) -> QuerySet[Boost]:
    """Those that run now, of posts of one university (or of none) that they still can be shown of."""
    now = timezone.now()
    rows = Boost.objects.filter(starts_at__lte=now, ends_at__gt=now, post__university=university_id)
    return rows.filter(post__deleted_at=None, post__hidden_at=None, post__audience__in=BOOSTED)


def running_boosts(viewer: "User | AnonymousUser") -> dict[int, str]:
    """By id of the post, why it is shown to more people: those that the viewer may see, the newest boost first.

    None of people they have muted, nor their own. Which there are is kept for a minute, their end and who may see
    them is not. At most one query while they are kept, none when nothing is boosted.
    """
    now, own = timezone.now(), getattr(viewer, "university_id", None)
    kept = cached("boosts", make=_kept, tags=[BOOSTS_TAG])
    live = [one for one in kept if one.starts_at <= now < one.ends_at]
    live.sort(key=lambda one: one.university_id != own)  # stable: within each, the newest first
    offered = {one.post_id: one.reason for one in live[:OFFERED]}
    if not offered:
        return {}
    posts = Post.objects.visible_to(viewer).filter(graph.not_muted(viewer, "author"), pk__in=offered)
    shown = set(posts.filter(audience__in=BOOSTED).exclude(author=viewer.pk).values_list("pk", flat=True))
    return {post_id: reason for post_id, reason in offered.items() if post_id in shown}


def boost_reason(post_id: int) -> str:
    """What a moderator wrote about the boost of a post that somebody is shown. No query while boosts are kept."""
    kept = cached("boosts", make=_kept, tags=[BOOSTS_TAG])
    return next((one.reason for one in kept if one.post_id == post_id), "")


def boost_moments() -> list[datetime]:
    """When boosts begin and end. No query while they are kept."""
    kept = cached("boosts", make=_kept, tags=[BOOSTS_TAG])
    return [moment for one in kept for moment in (one.starts_at, one.ends_at)]


def _kept() -> list[Running]:
    """Those that run now or will, so that the answer holds until it is made anew."""
    rows = Boost.objects.filter(ends_at__gt=timezone.now()).order_by("-starts_at", "-pk")
    return [Running(*row) for row in rows.values_list("post", "post__university", "reason", "starts_at", "ends_at")]
