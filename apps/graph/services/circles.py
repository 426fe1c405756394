"""Circles: their owner alone makes, fills and ends them, and nobody in them is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.graph import policies, selectors
from apps.graph.events import CircleChanged
from apps.graph.models import Circle, CircleMember, Follow
from apps.graph.services.locks import forget_cached, lock_people
from apps.kernel import limits, text
from apps.kernel.errors import Forbidden, Invalid
from apps.kernel.outbox import publish

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apps.accounts.models import User


@transaction.atomic
def create_circle(*, actor: User, name: str) -> Circle:
    """An empty circle. Invalid (with fields) for a name that is empty, too long or taken, or when there are enough."""
    limits.check("circle", person_id=actor.pk)
    lock_people(actor.pk)
    if fault := policies.fault_of_another_circle(actor):
        raise Invalid(fields={"name": fault})
    return _named(Circle(owner=actor), name)


@transaction.atomic
def rename_circle(*, actor: User, circle: Circle, name: str) -> Circle:
    """Invalid (with fields) as for a new one. What was written to it stays."""
    _require_owner(actor, circle)
    limits.check("circle", person_id=actor.pk)
    return _named(circle, name)


@transaction.atomic
def delete_circle(*, actor: User, circle: Circle) -> None:
    """What was written to it is for its author alone from then on."""
    _require_owner(actor, circle)
    lock_people(actor.pk)
    list(Circle.objects.select_for_update().filter(pk=circle.pk))  # a post to it is made before, or refused
    members = sorted(selectors.member_ids(circle))
    circle.delete()
    _announce(actor, members)


@transaction.atomic
def set_circle_members(*, actor: User, circle: Circle, people: Iterable[int]) -> None:
    """Makes these the circle's people; ids of others than the actor's followers are passed over. Idempotent.

    Invalid (with fields) when they are more than policies.CIRCLE_SIZE.
    """
    _require_owner(actor, circle)
    limits.check("circle", person_id=actor.pk)
    lock_people(actor.pk)  # a follow of the actor's cannot end meanwhile
    followers = Follow.objects.filter(followee=actor, follower__in=set(people), follower__is_active=True)
    wanted = set(followers.values_list("follower_id", flat=True))
    if len(wanted) > policies.CIRCLE_SIZE:
        raise Invalid(
            fields={"people": _("A circle holds at most %(number)d people.") % {"number": policies.CIRCLE_SIZE}}
        )
    before = selectors.member_ids(circle)
    circle.members.filter(person__in=before - wanted).delete()
    CircleMember.objects.bulk_create(CircleMember(circle=circle, person_id=person) for person in wanted - before)
    _announce(actor, sorted(before ^ wanted))


def hold_circle(*, actor: User, circle_id: int) -> bool:
    """Whether this is a circle of the actor's; if it is, it stays one until the caller's transaction ends."""
    held = Circle.objects.select_for_update(no_key=True).filter(owner=actor, pk=circle_id)
    return held.values_list("pk", flat=True).first() is not None


def _named(circle: Circle, name: str) -> Circle:
    if fault := policies.fault_of_circle_name(circle.owner, name, circle=circle if circle.pk else None):
        raise Invalid(fields={"name": fault})
    circle.name = text.clean_name(name)
    try:
        with transaction.atomic():
            circle.save(update_fields=["name"] if circle.pk else None)
    except IntegrityError as error:  # made in another tab just now
        raise Invalid(fields={"name": _("You have a circle of this name.")}) from error
    forget_cached(circle.owner_id)
    return circle


def _require_owner(actor: User, circle: Circle) -> None:
    if circle.owner_id != actor.pk:
        raise Forbidden


def _announce(owner: User, people: list[int]) -> None:
    forget_cached(owner.pk)
    if people:
        publish(CircleChanged(owner_id=owner.pk, person_ids=people), actor_id=owner.pk)
