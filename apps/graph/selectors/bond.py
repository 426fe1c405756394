"""All that is between a viewer and one person, for the person's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from apps.accounts import selectors as accounts
from apps.graph.models import Follow, FollowRequest, PersonNote
from apps.graph.selectors.quiet import muted_by
from apps.kernel.statements import statement

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

_ASKED = ("follows", "follows_back", "requested", "muted", "note")


@dataclass(frozen=True, slots=True)
class Bond:
    relation: accounts.Reach  # of the viewer to the person, as selectors.relation
    follows: bool = False
    follows_back: bool = False
    requested: bool = False  # the viewer waits to follow
    muted: bool = False  # by the viewer
    note: str = ""  # the viewer's


def bond(viewer: User | AnonymousUser, person: User) -> Bond:
    """At most one query. Says nothing about blocks: the person has come through `people_visible_to` already."""
    if not viewer.is_authenticated:
        return Bond(accounts.Reach.EVERYONE)
    if viewer.pk == person.pk:
        return Bond(accounts.Reach.NOBODY)
    found = _between.first(me=viewer.pk, person=person.pk)
    row: dict[str, Any] = dict(zip(_ASKED, found, strict=True)) if found else {}
    same = person.university_id is not None and viewer.university_id == person.university_id
    return Bond(_relation(row, same=same), **(row | {"note": row.get("note") or ""}))


@statement
def _between(*, me: int, person: int) -> QuerySet[Any]:
    mine = {"follower": me, "followee": OuterRef("pk")}
    asked = accounts.active_people().filter(pk=person)
    return asked.values_list(
        Exists(Follow.objects.filter(**mine)),
        Exists(Follow.objects.filter(follower=OuterRef("pk"), followee=me)),
        Exists(FollowRequest.objects.filter(**mine)),
        muted_by(me),
        Subquery(PersonNote.objects.filter(author=me, person=OuterRef("pk")).values("text")[:1]),
    )


def _relation(row: dict[str, Any], *, same: bool) -> accounts.Reach:
    if row.get("follows"):
        return accounts.Reach.FRIENDS if row["follows_back"] else accounts.Reach.FOLLOWERS
    return accounts.Reach.CAMPUS if same else accounts.Reach.EVERYONE
