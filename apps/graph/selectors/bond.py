"""All that is between a viewer and one person, for the person's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Subquery

from apps.accounts import selectors as accounts
from apps.graph.models import Follow, FollowRequest, PersonNote
from apps.graph.selectors.quiet import muted_by

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


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
    mine = {"follower": viewer.pk, "followee": OuterRef("pk")}
    found = (
        accounts.active_people()
        .filter(pk=person.pk)
        .values(
            follows=Exists(Follow.objects.filter(**mine)),
            follows_back=Exists(Follow.objects.filter(follower=OuterRef("pk"), followee=viewer.pk)),
            requested=Exists(FollowRequest.objects.filter(**mine)),
            muted=muted_by(viewer),
            note=Subquery(PersonNote.objects.filter(author=viewer.pk, person=OuterRef("pk")).values("text")[:1]),
        )
        .first()
    )
    row: dict[str, Any] = dict(found or {})
    same = person.university_id is not None and viewer.university_id == person.university_id
    return Bond(_relation(row, same=same), **(row | {"note": row.get("note") or ""}))


def _relation(row: dict[str, Any], *, same: bool) -> accounts.Reach:
    if row.get("follows"):
        return accounts.Reach.FRIENDS if row["follows_back"] else accounts.Reach.FOLLOWERS
    return accounts.Reach.CAMPUS if same else accounts.Reach.EVERYONE
