"""What the writes of graph share: the lock on people, and the end of a follow.

Each write takes the counter rows of everybody it touches under lock first, in order of id, so that acts on one pair
follow one another and never deadlock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F

from apps.graph.events import Followed, Unfollowed
from apps.graph.models import CircleMember, Follow, FollowCount
from apps.kernel import cache
from apps.kernel.outbox import publish

if TYPE_CHECKING:
    from apps.accounts.models import User


def lock_people(*people: int) -> None:
    """Hold their counter rows until the transaction ends. They are made when missing."""
    ids = sorted(set(people))
    FollowCount.objects.bulk_create([FollowCount(person_id=person) for person in ids], ignore_conflicts=True)
    list(FollowCount.objects.select_for_update(no_key=True).filter(person__in=ids).order_by("person"))


def begin_follow(follower_id: int, followee_id: int, *, by: User | None) -> Follow:
    """The edge, made and counted once. The pair is locked."""
    edge, created = Follow.objects.get_or_create(follower_id=follower_id, followee_id=followee_id)
    if created:
        _count(follower_id, followee_id, 1)
        publish(Followed(follower_id=follower_id, followee_id=followee_id), actor_id=by.pk if by else None)
    return edge


def end_follow(follower_id: int, followee_id: int, *, by: User) -> bool:
    """Whether there was an edge. Whoever stops following leaves the other's circles. The pair is locked."""
    count, _ = Follow.objects.filter(follower=follower_id, followee=followee_id).delete()
    if count:
        CircleMember.objects.filter(circle__owner=followee_id, person=follower_id).delete()
        _count(follower_id, followee_id, -1)
        publish(Unfollowed(follower_id=follower_id, followee_id=followee_id), actor_id=by.pk)
    return bool(count)


def forget_cached(*people: int) -> None:
    cache.invalidate(*(f"person:{person}" for person in people))


def _count(follower_id: int, followee_id: int, step: int) -> None:
    FollowCount.objects.filter(person=follower_id).update(following=F("following") + step)
    FollowCount.objects.filter(person=followee_id).update(followers=F("followers") + step)
    forget_cached(follower_id, followee_id)
