"""Who is within the reach of what: the same levels asked from both ends (accounts.selectors.Reach)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from apps.accounts import selectors as accounts
from apps.graph.models import Follow

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

Reach = accounts.Reach
EVERYBODY = ~Q(pk__in=[])  # true, and stays so in an OR, where an empty Q would vanish


def reached_by(person: User, level: int, column: str = "pk") -> Q:
    """A condition for a queryset of people, or one whose `column` names people: those within this level of the person.

    Says nothing about blocks.
    """
    if level == Reach.EVERYONE:
        return EVERYBODY
    reached = Q(**{column: person.pk})
    if level == Reach.NOBODY:
        return reached
    follows = Q(Exists(Follow.objects.filter(followee=person.pk, follower=OuterRef(column))))
    if level == Reach.FRIENDS:
        return reached | (follows & _followed_by(person, column))
    reached |= follows
    if level == Reach.CAMPUS and person.university_id:
        reached |= Q(**{_beside(column, "university"): person.university_id})
    return reached


def who_may_know(person: User, column: str = "pk") -> Q:
    """`may_know` from the other end: those who may know of this person. Says nothing about blocks."""
    if person.profile_for == Reach.EVERYONE:
        return EVERYBODY
    return reached_by(person, Reach.CAMPUS, column) | _followed_by(person, column)


def reaching(viewer: User, setting: str, column: str = "pk") -> Q:
    """Those people who have set this one of their privacy settings so far that the viewer is within it."""
    return _reaching(viewer, _beside(column, f"privacy__{setting}"), column)


def lists_reaching(viewer: User | AnonymousUser, column: str = "pk") -> Q:
    """`policies.may_see_lists` as a condition: those people of whom the viewer may see whom they follow."""
    lists = _reaching(viewer, _beside(column, "privacy__followers"), column)
    return lists & _reaching(viewer, _beside(column, "profile_for"), column)


def _reaching(viewer: User | AnonymousUser, level: str, column: str) -> Q:
    """People whose level, in the column of this name, takes the viewer in."""
    reaching = Q(**{level: Reach.EVERYONE})
    if viewer.pk is None:
        return reaching
    follows = Q(Exists(Follow.objects.filter(follower=viewer.pk, followee=OuterRef(column))))
    reaching |= Q(**{column: viewer.pk})
    reaching |= follows & Q(**{f"{level}__lte": Reach.FOLLOWERS})
    reaching |= (
        follows
        & Q(**{level: Reach.FRIENDS})
        & Q(Exists(Follow.objects.filter(followee=viewer.pk, follower=OuterRef(column))))
    )
    if viewer.university_id:
        reaching |= Q(**{level: Reach.CAMPUS, _beside(column, "university"): viewer.university_id})
    return reaching


def _followed_by(person: User | AnonymousUser, column: str) -> Q:
    return Q(Exists(Follow.objects.filter(follower=person.pk, followee=OuterRef(column))))


def _beside(column: str, name: str) -> str:
    """Another column of the people whom `column` names."""
    return name if column == "pk" else f"{column}__{name}"
