"""What stands on somebody's page, for one viewer. Nothing that depends on the viewer is ever kept."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.accounts import selectors as accounts
from apps.accounts.selectors import Facts, Reach, Seen, Step, Term
from apps.graph import policies
from apps.graph import selectors as graph
from apps.kernel import text
from apps.kernel.statements import statement
from apps.posts import selectors as posts
from apps.web.models import Welcome

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from apps.accounts.models import User

SCENES = ("campus", "lake", "hall", "square", "stairs")  # a cover that is not chosen is drawn, and stays the same
VIEW_AS = {"everyone": Reach.EVERYONE, "campus": Reach.CAMPUS, "followers": Reach.FOLLOWERS}
KNOWN_AT_MOST = 99  # counted no further
FACES = 3


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to a question of staff, as it is read."""

    label: str
    value: str
    is_link: bool


@dataclass(frozen=True, slots=True)
class Face:
    """Somebody the viewer follows."""

    person: "User"
    headline: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How the viewer stands to the person."""

    bond: graph.Bond
    tally: graph.Tally | None = None  # None: the lists are not for the viewer
    faces: list[Face] = field(default_factory=list)  # who follow the person
    others: int = 0  # how many more of them


@dataclass(frozen=True, slots=True)
class Ledger:
    """The rows under the name; empty where there is nothing to say, or nothing for the viewer."""

    headline: str
    graduates_on: date | None
    level: str
    takes: list[accounts.Taken]
    took: list[tuple[Term, list[accounts.Taken]]]
    languages: list[tuple[str, bool]]  # (name, whether they are learning it)
    skills: list[tuple[str, str]]  # (name, what the directory calls it)
    answers: list[Answered]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page of a person as one viewer may see it."""

    person: "User"
    own: bool
    scene: str
    is_closed: bool  # only the head is for the viewer
    facts: Facts
    ledger: Ledger
    standing: Standing
    seen: Seen
    posts: posts.CardPage
    steps: list[Step]  # of one's own profile, unless they were closed for good


def sheet(viewer: "User | AnonymousUser", met: graph.Met, *, seen_as: Reach | None, cursor: str) -> Sheet:
    """`seen_as`: what somebody who stands so to the person gets; the caller has made sure that it is their own page.

    Four queries for a member at most while the facts are kept, however much there is.
    """
    person, bond = met.person, met.bond if seen_as is None else graph.Bond(seen_as)
    own = bond.relation == Reach.NOBODY
    is_closed = bond.relation < person.profile_for
    facts = accounts.shown_to(accounts.facts_of(person), bond.relation)
    return Sheet(
        person=person,
        own=own,
        scene=SCENES[person.pk % len(SCENES)],
        is_closed=is_closed,
        facts=facts,
        ledger=_ledger(person, facts),
        standing=_standing(AnonymousUser() if seen_as is not None else viewer, replace(met, bond=bond)),
        seen=Seen.HIDDEN if own or is_closed else accounts.seen_state(bond.relation, person),
        posts=_posts(viewer, person, seen_as, cursor) if not is_closed else posts.CardPage([], ""),
        steps=accounts.missing(person) if own and not _has_closed_hint(person) else [],
    )


def _posts(viewer: "User | AnonymousUser", person: "User", seen_as: Reach | None, cursor: str) -> posts.CardPage:
    if seen_as is None:
        return posts.author_page(viewer, person, cursor=cursor)
    return posts.author_page_as(seen_as, person, cursor=cursor)


def _standing(viewer: "User | AnonymousUser", met: graph.Met) -> Standing:
    """One query for a member, however many follow."""
    person, bond = met.person, met.bond
    privacy = getattr(person, "privacy", None)
    level = max(privacy.followers if privacy else Reach.EVERYONE, person.profile_for)
    if not policies.within(level, bond.relation):
        return Standing(bond)
    if not viewer.is_authenticated or viewer == person:
        return Standing(bond, met.tally)
    known = _known_followers(graph.kind_of(viewer), person=person.pk, **graph.ids_of(viewer))
    return Standing(bond, met.tally, [_face(*row) for row in known[:FACES]], len(known[FACES:]))


@statement
def _known_followers(kind: graph.Kind, *, person: int, **ids: int) -> "QuerySet[Any]":
    """Whom the viewer follows and who follow the person, where the viewer may see that: what `_face` asks for."""
    viewer = graph.stand_in(kind, ids)
    people = graph.people_visible_to(viewer).filter(
        graph.lists_reaching(viewer), following_edges__followee=person, follower_edges__follower=viewer.pk
    )
    said = ("pk", "username", "name", "role", "profile__programme", "profile__year", "privacy__fields")
    return people.values_list(*said).order_by("-pk")[:KNOWN_AT_MOST]


def _face(
    pk: int, username: str, name: str, role: str, programme: str | None, year: int | None, reach: dict[str, int] | None
) -> Face:
    """Of somebody the viewer follows: what is for followers may be said."""
    shown = {part: accounts.reach_of(reach or {}, part) <= Reach.FOLLOWERS for part in ("programme", "year")}
    headline = accounts.headline(programme or "" if shown["programme"] else "", year if shown["year"] else None, role)
    return Face(get_user_model()(pk=pk, username=username, name=name), headline)


def _ledger(person: "User", facts: Facts) -> Ledger:
    today = timezone.localdate()
    return Ledger(
        headline=accounts.headline(facts.programme, facts.year, person.role),
        graduates_on=facts.graduates_on,
        level=accounts.level_name(facts.level),
        takes=[course for course in facts.courses if not course.term.is_over(today)],
        took=accounts.by_term(course for course in facts.courses if course.term.is_over(today)),
        languages=[(accounts.language_name(one.code), one.is_learning) for one in facts.languages],
        skills=[(name, text.fold(name)) for name in facts.skills],
        answers=[_answered(answer) for answer in facts.answers],
    )


def _answered(answer: accounts.Answer) -> Answered:
    if answer.kind != "date":
        return Answered(answer.label, answer.value, answer.kind == "link")
    day = date_format(date.fromisoformat(answer.value), _("j F Y"))
    return Answered(answer.label, day, is_link=False)


def _has_closed_hint(person: "User") -> bool:
    return Welcome.objects.filter(person=person, hint_closed_at__isnull=False).exists()
