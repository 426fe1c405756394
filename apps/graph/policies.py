"""What a person may do to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from apps.accounts.selectors import Reach
from apps.graph import selectors
from apps.graph.models import CIRCLE_NAME
from apps.kernel import text
from apps.kernel.errors import Forbidden, NotFound

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import Privacy, User
    from apps.graph.models import Circle

CIRCLES = 50  # of one person
CIRCLE_SIZE = 500  # people in one of them


def require_somebody_else(actor: User, target: User) -> None:
    if actor.pk == target.pk:
        raise Forbidden(_("This is you."))


def require_can_follow(actor: User, target: User) -> None:
    """Nobody follows themselves, nor whom they cannot see: who is blocked must not learn that they are."""
    require_somebody_else(actor, target)
    if not selectors.people_visible_to(actor).filter(pk=target.pk).exists():
        raise NotFound


def fault_of_circle_name(owner: User, name: str, *, circle: Circle | None = None) -> str:
    """What is wrong with a name for a circle, as a sentence; empty when nothing is. Form and service both ask."""
    name = text.clean_name(name)
    if not name:
        return _("Give it a name; only you will see it.")
    if len(name) > CIRCLE_NAME:
        return _("At most %(limit)d characters.") % {"limit": CIRCLE_NAME}
    if selectors.has_circle_named(owner, name, but=circle):
        return _("You have a circle of this name.")
    return ""


def fault_of_another_circle(owner: User) -> str:
    """Why there may be no more of them; empty when there may."""
    if selectors.circles_with_sizes(owner).count() < CIRCLES:
        return ""
    return _("You have %(number)d circles; that is all.") % {"number": CIRCLES}


def within(level: int, relation: Reach) -> bool:
    """Whether something set to this level reaches somebody who stands so (selectors.relation)."""
    return level <= relation


def may_see_lists(viewer: User | AnonymousUser, person: User) -> bool:
    """Whether a person whom the viewer may know of shows them who follows them, and how many. At most two queries.

    No list reaches further than the profile it belongs to.
    """
    privacy: Privacy | None = getattr(person, "privacy", None)
    level = max(privacy.followers if privacy else Reach.EVERYONE, person.profile_for)
    return level == Reach.EVERYONE or within(level, selectors.relation(viewer, person))


def may_message(actor: User, target: User) -> bool:
    """Whether the actor may know of the target and is among those whom the target lets write to them. One query."""
    return _is_within(actor, target, "message")


def may_mention(actor: User, target: User) -> bool:
    """The same for naming them in a text."""
    return _is_within(actor, target, "mention")


def _is_within(actor: User, target: User, setting: str) -> bool:
    people = selectors.people_visible_to(actor).filter(selectors.reaching(actor, setting))
    return people.filter(pk=target.pk).exists()
