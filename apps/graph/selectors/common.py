"""How close a viewer is to many people at once, and whom they know in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Case, Q, QuerySet, Value, When

from apps.accounts import selectors as accounts
from apps.graph.models import Follow, FollowRequest
from apps.graph.selectors.people import follows, people_visible_to
from apps.graph.selectors.quiet import not_muted

if TYPE_CHECKING:
    from apps.accounts.models import User

Reach = accounts.Reach
CLOSE = 200  # the newest follows that are looked through for people known in common


@dataclass(frozen=True, slots=True)
class Known:
    """People the viewer follows who follow somebody."""

    person_id: int  # one of them, by whose name it is told
    name: str
    others: int


def near(viewer: User) -> Case:
    """`relation`, as a column for a queryset of people: what accounts' facets ask each part of a profile by."""
    followed = Q(pk__in=follows(viewer).values("followee"))
    following = Q(pk__in=Follow.objects.filter(followee=viewer).values("follower"))
    levels = [
        When(pk=viewer.pk, then=Value(int(Reach.NOBODY))),
        When(followed & following, then=Value(int(Reach.FRIENDS))),
        When(followed, then=Value(int(Reach.FOLLOWERS))),
    ]
    if viewer.university_id:
        levels.append(When(university=viewer.university_id, then=Value(int(Reach.CAMPUS))))
    return Case(*levels, default=Value(int(Reach.EVERYONE)))


def people_near(viewer: User) -> QuerySet[User]:
    """`people_visible_to`, each with `near`: the Reach of the viewer."""
    return people_visible_to(viewer).annotate(near=near(viewer))


def strangers_to_suggest(viewer: User) -> QuerySet[User]:
    """People, each with `near`, whom the viewer neither follows nor asked to, nor muted, and who may be suggested."""
    asked = FollowRequest.objects.filter(follower=viewer).values("followee")
    people = people_near(viewer).filter(not_muted(viewer), privacy__is_suggested=True).exclude(pk=viewer.pk)
    return people.exclude(pk__in=follows(viewer).values("followee")).exclude(pk__in=asked)


def known_in_common(viewer: User, people: list[int]) -> dict[int, Known]:
    """Who of those the viewer follows is known to follow each of these people. Three queries at most.

    A follow shows in two lists, and is told only where the viewer may see both.
    """
    followed = follows(viewer).filter(not_muted(viewer, "followee")).order_by("-created_at")
    close = list(followed.values_list("followee", flat=True)[:CLOSE])
    edges = list(Follow.objects.filter(followee__in=people, follower__in=close).values_list("followee", "follower"))
    if not edges:
        return {}
    ends = {person for edge in edges for person in edge}
    open_lists = people_near(viewer).filter(accounts.within("followers"), pk__in=ends)
    names = dict(open_lists.values_list("pk", "name"))
    found: dict[int, set[int]] = {}
    for person, friend in edges:
        if person in names and friend in names:
            found.setdefault(person, set()).add(friend)
    told = {person: min(friends, key=lambda friend: (names[friend], friend)) for person, friends in found.items()}
    return {person: Known(one, names[one], len(found[person]) - 1) for person, one in told.items()}
