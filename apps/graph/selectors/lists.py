"""Lists of who follows whom, as one viewer may see them, and how long they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, IntegerField, OuterRef, QuerySet
from django.db.models.expressions import RawSQL

from apps.accounts import selectors as accounts
from apps.graph.models import Follow, FollowRequest
from apps.graph.selectors.people import PAGE, follow_count, may_know, people_visible_to
from apps.graph.selectors.reach import lists_reaching
from apps.kernel import cursors
from apps.kernel.cache import cached

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

    Viewer = User | AnonymousUser

# Edges that a person's counters hold and nobody else is to be counted for: of suspended people, and of people whom the
# viewer has a block with. Asked from the few there are of them.
_UNCOUNTED = """
    SELECT (SELECT count(*) FROM graph_follow f JOIN accounts_user u ON u.id = f.{end}
            WHERE f.{of} = accounts_user.id AND NOT u.is_active)
         + (WITH apart (id) AS MATERIALIZED (
                SELECT blocked_id FROM graph_block WHERE blocker_id = %s
                UNION SELECT blocker_id FROM graph_block WHERE blocked_id = %s)
            SELECT count(*) FROM graph_follow f JOIN apart ON apart.id = f.{end} JOIN accounts_user u ON u.id = apart.id
            WHERE f.{of} = accounts_user.id AND u.is_active)"""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A person in a list, and how the viewer stands to them."""

    person: User
    is_followed: bool
    is_requested: bool
    is_friend: bool


@dataclass(frozen=True, slots=True)
class Tally:
    followers: int
    following: int


def uncounted(viewer: Viewer) -> dict[str, RawSQL]:
    """For a queryset of people: whom `tally_of` does not count among their followers, and among those they follow."""
    ends = {"followers": ("follower_id", "followee_id"), "following": ("followee_id", "follower_id")}
    me = viewer.pk or 0
    counts = {f"uncounted_{name}": _UNCOUNTED.format(end=end, of=of) for name, (end, of) in ends.items()}
    return {
        name: RawSQL(words, [me, me], output_field=IntegerField())  # noqa: S611  our own text
        for name, words in counts.items()
    }


def tally_of(person: Any) -> Tally:
    """How many follow the person and whom they follow, without suspended people and those the viewer has a block with.

    The person was read with `uncounted` and follow_count.
    """
    kept = follow_count(person)
    return Tally(
        followers=max(0, kept.followers - person.uncounted_followers),
        following=max(0, kept.following - person.uncounted_following),
    )


def followers_page(viewer: Viewer, person: User, after: str = "") -> cursors.Page[Neighbour]:
    """Followers whom the viewer may see and who show whom they follow, youngest account first (the index's order).

    One query.
    """
    return _edges_page(viewer, person, Follow.objects.filter(followee=person), "follower", after)


def following_page(viewer: Viewer, person: User, after: str = "") -> cursors.Page[Neighbour]:
    """Whom the person follows, as `followers_page`."""
    return _edges_page(viewer, person, Follow.objects.filter(follower=person), "followee", after)


def friends_page(viewer: Viewer, person: User, after: str = "") -> cursors.Page[Neighbour]:
    """People who follow the person and are followed back, as `followers_page`."""
    return _edges_page(viewer, person, _returned(person), "followee", after)


def friend_ids(person: User) -> frozenset[int]:
    """Everybody whom the person follows and who follows back. Kept (OP1); forgotten when one of the edges changes."""
    return cached("friends", person.pk, tags=[f"person:{person.pk}"], make=lambda: _friend_ids(person))


def followers_to_choose(person: User, *, chosen: set[int], words: list[str], limit: int) -> list[User]:
    """The chosen ones, then others of the person's followers whose names begin so. Two queries."""
    followers = people_visible_to(person).filter(following_edges__followee=person)
    known = list(followers.filter(pk__in=chosen).order_by("name", "pk"))
    others = followers.exclude(pk__in=chosen)
    if words:
        others = accounts.people_beginning(words, among=others)
    return known + list(others.order_by("name", "pk")[:limit])


def _friend_ids(person: User) -> frozenset[int]:
    return frozenset(_returned(person).values_list("followee_id", flat=True))


def _returned(person: User) -> QuerySet[Follow]:
    back = Follow.objects.filter(follower=OuterRef("followee"), followee=person)
    return Follow.objects.filter(Exists(back), follower=person)


def _edges_page(viewer: Viewer, person: User, edges: QuerySet[Follow], end: str, after: str) -> cursors.Page[Neighbour]:
    """A follow stands in two lists, and is told only where the viewer may see both, or is one of the two."""
    if viewer.pk != person.pk:
        edges = edges.filter(lists_reaching(viewer, end))
    mine = Exists(Follow.objects.filter(follower=viewer.pk, followee=OuterRef(end)))
    seen = (
        edges.filter(may_know(viewer, end), **{f"{end}__is_active": True, f"{end}__is_confirmed": True})
        .select_related(f"{end}__university")
        .annotate(
            is_followed=mine,
            follows_back=Exists(Follow.objects.filter(followee=viewer.pk, follower=OuterRef(end))),
            is_requested=Exists(FollowRequest.objects.filter(follower=viewer.pk, followee=OuterRef(end))),
        )
    )
    found: cursors.Page[Any] = cursors.keyset_page(seen, by=(f"-{end}_id",), after=after or None, size=PAGE)
    rows = [
        Neighbour(getattr(edge, end), edge.is_followed, edge.is_requested, edge.is_followed and edge.follows_back)
        for edge in found.items
    ]
    return cursors.Page(rows, found.next)
