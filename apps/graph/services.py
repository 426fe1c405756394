"""Writes of graph. Each takes the two people's counter rows under lock first, in order of id, so that two acts on one
pair follow one another and never deadlock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from apps.graph import policies
from apps.graph.events import Blocked, Followed, Unblocked, Unfollowed
from apps.graph.models import Block, Follow, FollowCount
from apps.kernel import cache, limits
from apps.kernel.outbox import publish

if TYPE_CHECKING:
    from apps.accounts.models import User


@transaction.atomic
def follow(*, actor: User, target: User) -> Follow:
    """Idempotent. NotFound when there is a block between the two, Forbidden for oneself."""
    limits.check("follow", person_id=actor.pk)
    _lock_pair(actor, target)
    policies.require_can_follow(actor, target)
    edge, created = Follow.objects.get_or_create(follower=actor, followee=target)
    if created:
        _count(actor, target, 1)
        publish(Followed(follower_id=actor.pk, followee_id=target.pk), actor_id=actor.pk)
    return edge


@transaction.atomic
def unfollow(*, actor: User, target: User) -> bool:
    """Whether there was a follow to end. Idempotent."""
    _lock_pair(actor, target)
    return _end_follow(actor, target, by=actor)


@transaction.atomic
def block(*, actor: User, target: User) -> Block:
    """The two vanish for one another, and neither follows the other any more. Idempotent; Forbidden for oneself."""
    policies.require_somebody_else(actor, target)
    limits.check("block", person_id=actor.pk)
    _lock_pair(actor, target)
    made, created = Block.objects.get_or_create(blocker=actor, blocked=target)
    if created:
        _end_follow(actor, target, by=actor)
        _end_follow(target, actor, by=actor)
        _forget_cached(actor, target)
        publish(Blocked(blocker_id=actor.pk, blocked_id=target.pk), actor_id=actor.pk)
    return made


@transaction.atomic
def unblock(*, actor: User, target: User) -> bool:
    """Whether there was a block of the actor's to lift; the other's, if there is one, stays. Idempotent."""
    _lock_pair(actor, target)
    count, _ = Block.objects.filter(blocker=actor, blocked=target).delete()
    if count:
        _forget_cached(actor, target)
        publish(Unblocked(blocker_id=actor.pk, blocked_id=target.pk), actor_id=actor.pk)
    return bool(count)


def _lock_pair(a: User, b: User) -> None:
    """Hold both counter rows until the transaction ends. They are made when missing."""
    ids = sorted({a.pk, b.pk})
    FollowCount.objects.bulk_create([FollowCount(person_id=person) for person in ids], ignore_conflicts=True)
    list(FollowCount.objects.select_for_update(no_key=True).filter(person__in=ids).order_by("person"))


def _end_follow(follower: User, followee: User, *, by: User) -> bool:
    count, _ = Follow.objects.filter(follower=follower, followee=followee).delete()
    if count:
        _count(follower, followee, -1)
        publish(Unfollowed(follower_id=follower.pk, followee_id=followee.pk), actor_id=by.pk)
    return bool(count)


def _count(follower: User, followee: User, step: int) -> None:
    FollowCount.objects.filter(person=follower).update(following=F("following") + step)
    FollowCount.objects.filter(person=followee).update(followers=F("followers") + step)
    _forget_cached(follower, followee)


def _forget_cached(*people: User) -> None:
    cache.invalidate(*(f"person:{person.pk}" for person in people))
