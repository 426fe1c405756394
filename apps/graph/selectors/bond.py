"""All that is between a viewer and one person, for the person's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from apps.accounts import selectors as accounts
from apps.graph.models import Follow, FollowRequest, PersonNote
from apps.graph.selectors.lists import Tally, tally_of, uncounted
from apps.graph.selectors.people import people_visible_to
from apps.graph.selectors.quiet import muted_by
from apps.graph.selectors.viewers import Kind, ids_of, kind_of, stand_in
from apps.kernel.errors import NotFound
from apps.kernel.statements import statement

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

    Viewer = User | AnonymousUser


@dataclass(frozen=True, slots=True)
class Bond:
    relation: accounts.Reach  # of the viewer to the person, as selectors.relation
    follows: bool = False
    follows_back: bool = False
    requested: bool = False  # the viewer waits to follow
    muted: bool = False  # by the viewer
    note: str = ""  # the viewer's


@dataclass(frozen=True, slots=True)
class Met:
    """Somebody as one viewer finds them."""

    person: User  # with university, profile, privacy and last_seen
    bond: Bond
    tally: Tally  # for those who may see the lists (policies.may_see_lists)


def met(viewer: Viewer, username: str) -> Met:
    """The person of this name as the viewer may see them, and all that is between the two. NotFound else. One query."""
    person = _met.first(kind_of(viewer), username=username.lower(), **ids_of(viewer))
    if person is None:
        raise NotFound
    return Met(person, _bond(viewer, person), tally_of(person))


@statement
def _met(kind: Kind, *, username: str, **ids: int) -> QuerySet[User]:
    viewer = stand_in(kind, ids)
    people = people_visible_to(viewer).filter(username=username).annotate(**uncounted(viewer))
    if viewer.is_authenticated:
        people = people.annotate(**_between(viewer.pk))
    return people.select_related("university", "follow_count", "profile", "privacy", "last_seen")[:1]


def _between(me: int) -> dict[str, Any]:
    return {
        "is_followed": Exists(Follow.objects.filter(follower=me, followee=OuterRef("pk"))),
        "follows_back": Exists(Follow.objects.filter(follower=OuterRef("pk"), followee=me)),
        "is_requested": Exists(FollowRequest.objects.filter(follower=me, followee=OuterRef("pk"))),
        "is_muted": muted_by(me),
        "noted": Subquery(PersonNote.objects.filter(author=me, person=OuterRef("pk")).values("text")[:1]),
    }


def _bond(viewer: Viewer, found: Any) -> Bond:
    if not viewer.is_authenticated:
        return Bond(accounts.Reach.EVERYONE)
    if viewer.pk == found.pk:
        return Bond(accounts.Reach.NOBODY)
    return Bond(
        relation=_relation(viewer, found),
        follows=found.is_followed,
        follows_back=found.follows_back,
        requested=found.is_requested,
        muted=found.is_muted,
        note=found.noted or "",
    )


def _relation(viewer: User, found: Any) -> accounts.Reach:
    if found.is_followed:
        return accounts.Reach.FRIENDS if found.follows_back else accounts.Reach.FOLLOWERS
    same = found.university_id is not None and viewer.university_id == found.university_id
    return accounts.Reach.CAMPUS if same else accounts.Reach.EVERYONE
