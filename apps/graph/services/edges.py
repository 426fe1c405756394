"""Follow, ask to follow, let follow, block."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts import selectors as accounts
from apps.graph import policies
from apps.graph.events import Blocked, FollowRequested, Unblocked
from apps.graph.models import Block, Follow, FollowRequest
from apps.graph.services.locks import begin_follow, end_follow, forget_cached, lock_people
from apps.kernel import limits
from apps.kernel.errors import NotFound
from apps.kernel.outbox import publish

if TYPE_CHECKING:
    from apps.accounts.models import User

REQUEST_KEPT = timedelta(days=90)
ACCEPTED_AT_ONCE = 200  # requests granted in one transaction when a profile is opened


@transaction.atomic
def follow(*, actor: User, target: User) -> Follow | FollowRequest:
    """Follows, or where the profile is private asks to (FEATURES C3): until it is granted, the actor stays a stranger.

    Idempotent. NotFound when the actor may not know of the target, Forbidden for oneself.
    """
    limits.check("follow", person_id=actor.pk)
    lock_people(actor.pk, target.pk)
    policies.require_can_follow(actor, target)
    followed = Follow.objects.filter(follower=actor, followee=target).first()
    if followed is not None:
        return followed
    if _is_private_now(target.pk):
        return _ask(actor, target)
    FollowRequest.objects.filter(follower=actor, followee=target).delete()
    return begin_follow(actor.pk, target.pk, by=actor)


@transaction.atomic
def unfollow(*, actor: User, target: User) -> bool:
    """Ends the follow, or withdraws the request; whether there was either. Idempotent."""
    lock_people(actor.pk, target.pk)
    withdrawn = _drop_requests(Q(follower=actor, followee=target), actor.pk, target.pk)
    return end_follow(actor.pk, target.pk, by=actor) or withdrawn


@transaction.atomic
def remove_follower(*, actor: User, follower: User) -> bool:
    """Ends somebody's follow of the actor; whether there was one. They are not told. Idempotent."""
    lock_people(actor.pk, follower.pk)
    return end_follow(follower.pk, actor.pk, by=actor)


@transaction.atomic
def accept_request(*, actor: User, follower: User) -> Follow:
    """Lets somebody follow who asked the actor. Idempotent; NotFound when the request was withdrawn."""
    lock_people(actor.pk, follower.pk)
    asked = _drop_requests(Q(follower=follower, followee=actor), actor.pk, follower.pk)
    followed = Follow.objects.filter(follower=follower, followee=actor).first()
    if followed is not None:
        return followed
    if not asked:
        raise NotFound("request")
    return begin_follow(follower.pk, actor.pk, by=actor)


@transaction.atomic
def decline_request(*, actor: User, follower: User) -> bool:
    """Forgets a request to the actor, silently; whether there was one. Idempotent."""
    lock_people(actor.pk, follower.pk)
    return _drop_requests(Q(follower=follower, followee=actor), actor.pk, follower.pk)


@transaction.atomic
def grant_waiting(*, person_id: int) -> int:
    """After a profile was opened: lets follow whoever waits, ACCEPTED_AT_ONCE at most; returns how many still wait.

    Nothing when the profile is private (again). May run twice.
    """
    waiting = FollowRequest.objects.filter(followee=person_id, follower__is_active=True).order_by("follower")
    ids = list(waiting.values_list("follower_id", flat=True)[:ACCEPTED_AT_ONCE])
    lock_people(person_id, *ids)
    if not ids or _is_private_now(person_id):
        return 0
    still = set(waiting.filter(follower__in=ids).values_list("follower_id", flat=True))
    for follower_id in sorted(still):
        begin_follow(follower_id, person_id, by=None)
    _drop_requests(Q(follower__in=still, followee=person_id), person_id, *still)
    return waiting.count()


@transaction.atomic
def block(*, actor: User, target: User) -> Block:
    """The two vanish for one another, and neither follows the other, or waits to. Idempotent; Forbidden for oneself."""
    policies.require_somebody_else(actor, target)
    limits.check("block", person_id=actor.pk)
    lock_people(actor.pk, target.pk)
    made, created = Block.objects.get_or_create(blocker=actor, blocked=target)
    if created:
        end_follow(actor.pk, target.pk, by=actor)
        end_follow(target.pk, actor.pk, by=actor)
        either = Q(follower=actor, followee=target) | Q(follower=target, followee=actor)
        FollowRequest.objects.filter(either).delete()
        forget_cached(actor.pk, target.pk)
        publish(Blocked(blocker_id=actor.pk, blocked_id=target.pk), actor_id=actor.pk)
    return made


@transaction.atomic
def unblock(*, actor: User, target: User) -> bool:
    """Whether there was a block of the actor's to lift; the other's, if there is one, stays. Idempotent."""
    lock_people(actor.pk, target.pk)
    count, _ = Block.objects.filter(blocker=actor, blocked=target).delete()
    if count:
        forget_cached(actor.pk, target.pk)
        publish(Unblocked(blocker_id=actor.pk, blocked_id=target.pk), actor_id=actor.pk)
    return bool(count)


def purge_requests() -> int:
    """Forgets requests that nobody answered for REQUEST_KEPT; returns how many."""
    old = FollowRequest.objects.filter(created_at__lt=timezone.now() - REQUEST_KEPT)
    asked = list(old.values_list("followee_id", flat=True).distinct())
    count, _ = old.delete()
    forget_cached(*asked)
    return count


def _ask(actor: User, target: User) -> FollowRequest:
    request, created = FollowRequest.objects.get_or_create(follower=actor, followee=target)
    if created:
        forget_cached(actor.pk, target.pk)
        publish(FollowRequested(follower_id=actor.pk, followee_id=target.pk), actor_id=actor.pk)
    return request


def _drop_requests(which: Q, *people: int) -> bool:
    count, _ = FollowRequest.objects.filter(which).delete()
    if count:
        forget_cached(*people)
    return bool(count)


def _is_private_now(person_id: int) -> bool:
    """As it stands, and stays until the transaction ends: who opens a profile finds every request made before."""
    people = accounts.active_people().select_for_update(no_key=True).filter(pk=person_id)
    person = people.only("profile_for").first()
    return person is None or person.is_private
