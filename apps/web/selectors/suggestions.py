"""Whom one may want to follow, and why (FEATURES section 4). The right column and the welcome show the same."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.accounts import selectors as accounts
from apps.graph import selectors as graph
from apps.kernel.cache import cached

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from apps.accounts.models import User

SUGGESTED = 3
POOL = 24  # candidates kept per person, of whom some will have been followed or blocked since
EACH = 48  # candidates looked at for each reason
NAMED = 2  # things in common that are told
# How much one more thing in common counts, and how many of them do.
WEIGHTS = {"known": (3, 5), "course": (4, 3), "programme": (3, 1), "interest": (1, 3)}


@dataclass(frozen=True, slots=True)
class Reason:
    """`kind`: known (people followed who follow them), course, programme, interest, or campus. Without a language."""

    kind: str
    words: tuple[str, ...]  # at most NAMED of what there is in common
    others: int  # how many more there are


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody worth following, and why."""

    username: str
    name: str
    initials: str
    hue: int
    land: int
    reason: Reason


def suggestions(viewer: "User", limit: int = SUGGESTED) -> list[Suggestion]:
    """The best `limit` people, none of whom the viewer follows, asked to follow, muted or may not know of.

    Kept for half an hour, since it is dear to make, and forgotten as soon as the viewer, one of those shown, or one of
    those whom a reason names changes anything: a person who hides a course is not suggested by it any more. Only how
    many more there are may be that old. No query while kept.
    """
    own = [f"person:{viewer.pk}", graph.mutes_tag(viewer.pk)]
    ids, named = cached("around", viewer.pk, f"best {limit}", tags=own, make=lambda: _best(viewer, limit))
    tags = [*own, *(f"person:{pk}" for pk in {*ids, *named})]
    return cached("suggested", viewer.pk, *ids, tags=tags, make=lambda: _explained(viewer, ids, named))


def _best(viewer: "User", limit: int) -> tuple[list[int], frozenset[int]]:
    """Whom to show, and by whose name it is told that they are known in common.

    Who they might be is dear to find and kept for longer; whether they may be shown is asked each time.
    """
    pool = cached("suggestions", viewer.pk, tags=[f"person:{viewer.pk}"], make=lambda: _pool(viewer))
    shown = set(graph.strangers_to_suggest(viewer).filter(pk__in=pool).values_list("pk", flat=True))
    best = [pk for pk in pool if pk in shown][:limit]
    return best, frozenset(one.person_id for one in graph.known_in_common(viewer, best).values())


def _pool(viewer: "User") -> list[int]:
    """Those with most in common, best first; then newcomers of the university."""
    strangers = graph.strangers_to_suggest(viewer)
    close = list(graph.follows(viewer).order_by("-created_at").values_list("followee", flat=True)[: graph.CLOSE])
    known = [pk for pk, _count in graph.most_followed_by(close, limit=5 * EACH)]  # some are followed already
    points: Counter[int] = Counter()
    found = _in_common(viewer, strangers) | {"known": _known(viewer, strangers.filter(pk__in=known))}
    for kind, people in found.items():
        weight, most = WEIGHTS[kind]
        points.update({pk: weight * min(most, count) for pk, (_words, count) in people.items()})
    best = sorted(points, key=lambda pk: (-points[pk], -pk))[:POOL]
    if len(best) < POOL and viewer.university_id:
        newcomers = strangers.filter(university=viewer.university_id).exclude(pk__in=best).order_by("-pk")
        best += newcomers.values_list("pk", flat=True)[: POOL - len(best)]
    return best


def _explained(viewer: "User", ids: list[int], named: frozenset[int]) -> list[Suggestion]:
    """These people, in this order, each with the first reason that holds just now; without one they are left out.

    Nobody but `named` is named as known in common: the kept answer hangs on them.
    """
    strangers = graph.strangers_to_suggest(viewer).filter(pk__in=ids)
    found = {"known": _known(viewer, strangers, named)} | _in_common(viewer, strangers)
    people = {person.pk: person for person in strangers.select_related("university")}
    shown = []
    for person in (people[pk] for pk in ids if pk in people):
        reason = _reason(person, viewer, found)
        if reason:
            drawn = (person.username, person.name, person.initials, person.hue, person.land)
            shown.append(Suggestion(*drawn, reason))
    return shown


Found = dict[int, tuple[list[str], int]]  # person: words, and how many things there are


def _reason(person: "User", viewer: "User", found: dict[str, Found]) -> Reason | None:
    for kind, people in found.items():
        if person.pk in people:
            words, count = people[person.pk]
            told = tuple(words[:NAMED])
            return Reason(kind, told, count - len(told))
    if person.university and person.university_id == viewer.university_id:
        return Reason("campus", (person.university.name,), 0)
    return None


def _known(viewer: "User", people: "QuerySet[User]", among: frozenset[int] | None = None) -> Found:
    known = graph.known_in_common(viewer, list(people.order_by("-pk").values_list("pk", flat=True)[: 5 * EACH]))
    told = {pk: one for pk, one in known.items() if among is None or one.person_id in among}
    return {pk: ([one.name], one.others + 1) for pk, one in told.items()}


def _in_common(viewer: "User", people: "QuerySet[User]") -> dict[str, Found]:
    shared = {
        "course": accounts.shared_courses(people, viewer, EACH),
        "programme": accounts.same_programme(people, viewer, EACH),
        "interest": accounts.shared_interests(people, viewer, EACH),
    }
    return {kind: _counted(found.items()) for kind, found in shared.items()}


def _counted(found: Iterable[tuple[int, list[str]]]) -> Found:
    return {pk: (words, len(words)) for pk, words in found}
