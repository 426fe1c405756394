"""Reads of graph, and the only gate to people: `people_visible_to`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from apps.accounts import selectors as accounts
from apps.graph.models import Block, Follow, FollowCount
from apps.graph.selectors.reach import reaching
from apps.graph.selectors.viewers import Kind, ids_of, kind_of, stand_in
from apps.kernel import cursors
from apps.kernel.errors import NotFound
from apps.kernel.statements import statement

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

    Viewer = User | AnonymousUser

SUGGESTIONS = 8
PAGE = 30


def blocked_ids(viewer: Viewer) -> set[int]:
    """People with whom the viewer has a block, whoever made it (ID6). One query; none for a guest."""
    if viewer.pk is None:
        return set()
    return {person for pair in _blocks(me=viewer.pk) for person in pair} - {viewer.pk}


@statement
def _blocks(*, me: int) -> QuerySet[Any]:
    return Block.objects.filter(Q(blocker=me) | Q(blocked=me)).values_list("blocker_id", "blocked_id")


def not_blocked(viewer: Viewer, person: str = "pk") -> Q:
    """A condition for a queryset whose `person` column names people: none that the viewer has a block with."""
    if viewer.pk is None:
        return Q()
    return ~Q(Exists(Block.objects.filter(blocker=viewer.pk, blocked=OuterRef(person)))) & ~Q(
        Exists(Block.objects.filter(blocked=viewer.pk, blocker=OuterRef(person)))
    )


def has_blocks(viewer: Viewer) -> Exists:
    """Whether the viewer has a block with anybody; in a statement it is asked once, not for each row."""
    return Exists(Block.objects.filter(Q(blocker=viewer.pk) | Q(blocked=viewer.pk)))


def may_know(viewer: Viewer, person: str = "pk") -> Q:
    """A condition for a queryset whose `person` column names people: those whom the viewer may know of (ID5, ID6).

    A profile reaches everyone, or its campus; a private one shows its campus a head that can be asked to be followed.
    Who follows, or is followed by, the person knows them wherever they study. Under a block nobody knows of the other.
    Whether the person is active is not asked here.
    """
    column = "" if person == "pk" else f"{person}__"
    known = Q(**{f"{column}profile_for": accounts.Reach.EVERYONE})
    if viewer.pk is None:
        return known
    known |= Q(**{person: viewer.pk})
    known |= Q(Exists(Follow.objects.filter(follower=viewer.pk, followee=OuterRef(person))))
    known |= Q(Exists(Follow.objects.filter(followee=viewer.pk, follower=OuterRef(person))))
    if viewer.university_id:
        known |= Q(**{f"{column}university": viewer.university_id})
    return known & not_blocked(viewer, person)


def people_visible_to(viewer: Viewer) -> QuerySet[User]:
    """Active people whom the viewer may know of. Symmetric under a block: who cannot be seen cannot see."""
    return accounts.active_people().filter(may_know(viewer))


def relation(viewer: Viewer, person: User) -> accounts.Reach:
    """How close the viewer is to the person: what is set to reach this level, or a wider one, is theirs to see.

    At most one query. Says nothing about blocks: the person has come through `people_visible_to` already.
    """
    if viewer.pk is None:
        return accounts.Reach.EVERYONE
    if viewer.pk == person.pk:
        return accounts.Reach.NOBODY  # the person themselves: within everything
    edges = Follow.objects.filter(Q(follower=viewer.pk, followee=person) | Q(follower=person, followee=viewer.pk))
    followers = set(edges.values_list("follower_id", flat=True))
    if len(followers) == 2:
        return accounts.Reach.FRIENDS
    if viewer.pk in followers:
        return accounts.Reach.FOLLOWERS
    same = person.university_id is not None and viewer.university_id == person.university_id
    return accounts.Reach.CAMPUS if same else accounts.Reach.EVERYONE


def person_for(viewer: Viewer, username: str) -> User:
    """The person of this name as the viewer may see them, with university and follow_count. NotFound else."""
    person: User | None = _named.first(kind_of(viewer), username=username.lower(), **ids_of(viewer))
    if person is None:
        raise NotFound
    return person


@statement
def _named(kind: Kind, *, username: str, **ids: int) -> QuerySet[User]:
    people = people_visible_to(stand_in(kind, ids)).filter(username=username)
    return people.select_related("university", "follow_count", "profile", "privacy")[:1]


def person_to_unblock(viewer: User, username: str) -> User:
    """Somebody the viewer has blocked, so cannot see, under this name. NotFound else."""
    made = Block.objects.filter(blocker=viewer, blocked__username=username.lower()).select_related("blocked")
    person = next((block.blocked for block in made), None)
    if person is None:
        raise NotFound
    return person


def is_following(viewer: Viewer, person: User) -> bool:
    return viewer.pk is not None and Follow.objects.filter(follower=viewer.pk, followee=person).exists()


def is_blocked_between(a: User, b: User) -> bool:
    return Block.objects.filter(Q(blocker=a, blocked=b) | Q(blocker=b, blocked=a)).exists()


def follower_ids(person_id: int, after: int, limit: int) -> list[int]:
    """The next followers in order of id, beginning behind `after`: fan-out walks an author's followers by it."""
    edges = Follow.objects.filter(followee=person_id, follower__gt=after).order_by("follower")
    return list(edges.values_list("follower_id", flat=True)[:limit])


def follows(viewer: Viewer) -> QuerySet[Follow]:
    return Follow.objects.filter(follower=viewer.pk)


def most_followed_by(people: list[int], *, limit: int) -> list[tuple[int, int]]:
    """(person, how many of these people follow them), most first. Reads the edges' index only; shows nobody."""
    edges = Follow.objects.filter(follower__in=people).values("followee").annotate(known=Count("followee"))
    return list(edges.order_by("-known", "-followee").values_list("followee", "known")[:limit])


def follow_count(person: User) -> FollowCount:
    """The person's counters; zeros, not saved, when the row is missing."""
    found: FollowCount | None = getattr(person, "follow_count", None)
    return found or FollowCount(person=person)


def blocked_page(viewer: User, after: str = "") -> cursors.Page[Block]:
    """Blocks the viewer made, newest first: what the settings page offers to undo."""
    made = Block.objects.filter(blocker=viewer).select_related("blocked__university")
    return cursors.keyset_page(made, by=("-created_at", "-id"), after=after or None, size=PAGE)


def suggest(viewer: User, typed: str) -> list[User]:
    """People whom the viewer may name and whose username, or a word of whose name, begins as typed.

    Those the viewer follows come first. At most three queries, whatever is typed.
    """
    words = re.findall(r"[^\W_]+", typed.lower())[:4]
    if not words:
        return []
    people = people_visible_to(viewer).filter(reaching(viewer, "mention")).exclude(pk=viewer.pk).order_by("username")
    followed = people.filter(follower_edges__follower=viewer)
    known = list(accounts.people_beginning(words, among=followed)[:SUGGESTIONS])
    if len(known) < SUGGESTIONS:
        ids = set(accounts.ids_beginning(words, 5 * SUGGESTIONS)) - {person.pk for person in known}
        known += people.filter(pk__in=ids)[: SUGGESTIONS - len(known)]
    return known
