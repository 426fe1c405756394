"""The directory: people who wish to be found, narrowed by words and facets (FEATURES B6)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet

from apps.accounts import selectors as accounts
from apps.graph.models import Follow, FollowRequest
from apps.graph.selectors.common import Known, known_in_common, people_near
from apps.kernel import cursors

if TYPE_CHECKING:
    from django.http import QueryDict

    from apps.accounts.models import User

PAGE = 24
NAMED = 6  # options of a facet that are shown before the rest unfolds
SORTS = {"name": ("name", "id"), "newest": ("-id",)}
DEFAULT = "name"
LONGEST_WORDS, LONGEST_VALUE, MOST_VALUES = 60, 500, 12


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for: all that stands in the address but the place in the list."""

    words: str
    sort: str
    chosen: dict[str, list[str]]  # by facet

    def query(self, *, without: tuple[str, str] | None = None, words: str | None = None) -> str:
        """The address's query; `without` one (facet, value), or with other words."""
        values = {name: [v for v in values if (name, v) != without] for name, values in self.chosen.items()}
        sort = self.sort if self.sort != DEFAULT else ""
        parts: dict[str, Any] = {"q": self.words if words is None else words, "sort": sort} | values
        return urlencode({name: value for name, value in parts.items() if value}, doseq=True)


@dataclass(frozen=True, slots=True)
class Listed:
    """One row: no more of the profile than the viewer may see."""

    person: User
    headline: str
    known: Known | None
    is_followed: bool
    is_requested: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a facet, as the page offers it."""

    value: str
    label: str
    people: int
    is_chosen: bool
    without: str  # the query of the address without it

    @property
    def id(self) -> str:
        """Of its box, so that the keyboard stays there when the list is swapped."""
        return f"{zlib.crc32(self.value.encode()):x}"


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    label: str
    first: list[Choice]
    rest: list[Choice]

    @property
    def is_unfolded(self) -> bool:
        return any(choice.is_chosen for choice in self.rest)


@dataclass(frozen=True, slots=True)
class Directory:
    wish: Wish
    page: cursors.Page[Listed]
    found: int
    is_more: bool  # than `found`, which is where counting ends
    groups: list[Group]

    @property
    def chips(self) -> list[Choice]:
        """What is chosen, to be taken away one by one."""
        return [choice for group in self.groups for choice in (*group.first, *group.rest) if choice.is_chosen]


def wish_of(query: QueryDict) -> Wish:
    """What an address asks for. Whatever is no facet, or too long to be a value of one, is not looked at."""
    names = [name for name in query if re.fullmatch(r"[a-z]+[0-9]{0,9}", name) and name not in ("q", "sort", "cursor")]
    chosen = {
        name: sorted({value for value in query.getlist(name) if 0 < len(value) <= LONGEST_VALUE})[:MOST_VALUES]
        for name in names[:MOST_VALUES]
    }
    sort = query.get("sort", "")
    return Wish(query.get("q", "").strip()[:LONGEST_WORDS], sort if sort in SORTS else DEFAULT, chosen)


def rows_of(viewer: User, wish: Wish, after: str) -> cursors.Page[Listed]:
    """The next rows of the list. A fixed number of queries, however many there are."""
    facets = accounts.facets(viewer)
    return _rows(viewer, _narrowed(_listed(viewer, wish), facets, wish), wish, after)


def directory(viewer: User, wish: Wish, after: str = "") -> Directory:
    """The page: rows, and what one would get by each further choice.

    A fixed number of queries, however many people: a dozen, and up to three more for each facet that is chosen from.
    """
    facets = accounts.facets(viewer)
    listed = _listed(viewer, wish)
    found = _narrowed(listed, facets, wish)
    free = [facet for facet in facets if not wish.chosen.get(facet.name)]
    tally = accounts.tally(found, free)
    options = dict(tally.options)
    for facet in facets:
        if facet not in free:  # values of one facet widen, so each is counted as if none of them were chosen
            others = [other for other in facets if other is not facet]
            options |= accounts.tally(_narrowed(listed, others, wish), [facet]).options
    groups = [_group(facet, options[facet.name], wish) for facet in facets]
    page = _rows(viewer, found, wish, after)
    return Directory(wish, page, tally.people, tally.is_more, [group for group in groups if group.first])


def _listed(viewer: User, wish: Wish) -> QuerySet[User]:
    people = people_near(viewer).filter(privacy__in_directory=True)
    return accounts.matching(people, wish.words)


def _narrowed(people: QuerySet[User], facets: Sequence[accounts.Facet], wish: Wish) -> QuerySet[User]:
    """Facets narrow one another."""
    for facet in facets:
        if values := wish.chosen.get(facet.name):
            people = people.filter(facet.narrow(values))
    return people


def _rows(viewer: User, people: QuerySet[User], wish: Wish, after: str) -> cursors.Page[Listed]:
    seen = (
        people.select_related("privacy")
        .prefetch_related("profile", "university")
        .annotate(
            is_followed=Exists(Follow.objects.filter(follower=viewer, followee=OuterRef("pk"))),
            is_requested=Exists(FollowRequest.objects.filter(follower=viewer, followee=OuterRef("pk"))),
        )
    )
    found = cursors.keyset_page(seen, by=SORTS[wish.sort], after=after or None, size=PAGE)
    known = known_in_common(viewer, [person.pk for person in found.items if person.pk != viewer.pk])
    return cursors.Page([_row(person, known) for person in found.items], found.next)


def _row(person: Any, known: Mapping[int, Known]) -> Listed:
    programme = person.profile.programme if accounts.is_within("programme", person) else ""
    year = person.profile.year if accounts.is_within("year", person) else None
    headline = accounts.headline(programme, year, person.role)
    return Listed(person, headline, known.get(person.pk), person.is_followed, person.is_requested)


def _group(facet: accounts.Facet, options: list[accounts.Option], wish: Wish) -> Group:
    """A chosen value is always offered, also when it finds nobody."""
    chosen = wish.chosen.get(facet.name, [])
    missing = {*chosen} - {option.value for option in options}
    offered = [*options, *(accounts.Option(value, facet.label_of(value), 0) for value in sorted(missing))]
    choices = [
        Choice(one.value, one.label, one.count, one.value in chosen, wish.query(without=(facet.name, one.value)))
        for one in offered
    ]
    return Group(facet.name, str(facet.label), choices[:NAMED], choices[NAMED:])
