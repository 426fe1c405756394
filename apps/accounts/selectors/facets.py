"""By what the directory of people narrows and counts (FEATURES B6).

Everything here takes people annotated with `near`, the Reach of whoever looks, and asks first whether the part of the
profile may be seen at all: nobody is found, or counted, by what they hide.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, F, IntegerField, Max, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Concat, Greatest, Lower
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from apps.accounts.languages import language_name
from apps.accounts.models import (
    Experience,
    NameWords,
    PersonCourse,
    PersonLanguage,
    PersonSkill,
    Profile,
    ProfileAnswer,
    ProfileField,
    Role,
    User,
)
from apps.accounts.models.reach import Reach
from apps.accounts.selectors.privacy import DAY, RECENTLY, Seen
from apps.accounts.selectors.profile import ANSWER_REACH, FIELD_REACH, IS_ASKED, YEARS

COUNTED = 1_000  # people looked at for counts, the newest: whoever narrows further gets exact ones
RARE = 1_000  # people a word may match to be looked up
OPTIONS = 30  # values named of one facet, the most frequent
ROW = (
    *("pk", "role", "profile_for", "university__slug", "university__name", "privacy__fields"),
    *("privacy__online", "last_seen__at", "profile__programme", "programme_key", "profile__year", "profile__level"),
)

STUDYING = Profile.objects.exclude(programme="")  # whom the indexes on programmes know

Row = Mapping[str, Any]
Edges = Callable[[list[int]], "QuerySet[Any, tuple[str, str, int]]"]


@dataclass(frozen=True, slots=True)
class Option:
    value: str  # in the address
    label: str
    count: int


def _is_value(value: str) -> str:
    return value


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow. Either `read` finds a person's values in their row, or `edges` counts those of many people."""

    name: str  # in the address
    label: str | Promise
    part: str  # of the profile, whose reach is asked; "" for what the head of every profile shows
    where: Callable[[list[str]], Q]
    read: Callable[[Row], dict[str, str]] | None = None  # value: label
    edges: Edges | None = None
    label_of: Callable[[str], str] = _is_value
    order: tuple[str, ...] = ()  # of the values; else the most frequent first

    def narrow(self, values: list[str]) -> Q:
        """People one of these values is seen of."""
        return self.where(values) & Q(within(self.part)) if self.part else self.where(values)

    def place(self, option: Option) -> tuple[int, str]:
        """Where it stands among the others."""
        if self.order:
            return (self.order.index(option.value) if option.value in self.order else len(self.order)), ""
        return -option.count, option.label.casefold()


@dataclass(frozen=True, slots=True)
class Tally:
    people: int  # COUNTED at most
    is_more: bool  # there are others, uncounted
    options: dict[str, list[Option]]  # by facet


USUAL = FIELD_REACH | {"role": Reach.EVERYONE}
COLUMNS = {"online", "followers"}  # what has a column of Privacy for its reach


def within(part: str) -> LessThanOrEqual:
    """A condition: this part of a person's profile reaches whoever looks. Never further than the profile itself."""
    if part in COLUMNS:
        return LessThanOrEqual(Greatest("profile_for", f"privacy__{part}"), F("near"))
    chosen = Cast(KeyTextTransform(part, "privacy__fields"), IntegerField())
    reach = Coalesce(chosen, Value(int(USUAL.get(part, ANSWER_REACH))))
    return LessThanOrEqual(Greatest(F("profile_for"), reach), F("near"))


def is_within(part: str, person: User) -> bool:
    """`within` for one of the people, read with privacy."""
    privacy = person.privacy
    return _reaches(part, person.near, person.profile_for, privacy.online, privacy.fields)  # type: ignore[attr-defined]


def _is_within(part: str, row: Row) -> bool:
    if not part:
        return True
    return _reaches(part, row["near"], row["profile_for"], row["privacy__online"], row["privacy__fields"])


def _reaches(part: str, near: int, profile_for: int, online: int, chosen: Mapping[str, int]) -> bool:
    reach = online if part == "online" else chosen.get(part, USUAL.get(part, ANSWER_REACH))
    return max(profile_for, reach) <= near


def facets(viewer: User) -> list[Facet]:
    """Those of every campus, then the fields that staff made searchable. One query."""
    asked = Q(university=None) | Q(university=viewer.university_id)
    fields = ProfileField.objects.filter(asked, is_shown=True, is_searchable=True)
    return [*FACETS, *(_of_field(field.pk, field.label) for field in fields)]


def tally(people: "QuerySet[Any]", facets: Iterable[Facet]) -> Tally:
    """How many there are of each value: two queries, and one more for each facet of which a person has many.

    Whom it is about is asked apart from what they say: the planner finds its way among few tables only.
    """
    found = dict(people.order_by("-pk").values_list("pk", "near")[: COUNTED + 1])
    ids = list(found)[:COUNTED]
    read = User.objects.filter(pk__in=_these(ids)).annotate(programme_key=Lower("profile__programme")).values(*ROW)
    rows: list[Row] = [row | {"near": found[row["pk"]]} for row in read]
    options = {facet.name: _options(facet, [row for row in rows if _is_within(facet.part, row)]) for facet in facets}
    return Tally(len(ids), len(found) > COUNTED, options)


def _options(facet: Facet, rows: list[Row]) -> list[Option]:
    if facet.edges:
        counted = facet.edges([row["pk"] for row in rows])[:OPTIONS]
        found = [Option(value, label or facet.label_of(value), count) for value, label, count in counted]
    else:
        counts: Counter[str] = Counter()
        labels: dict[str, str] = {}
        for values in map(facet.read or (lambda _row: {}), rows):
            counts.update(values.keys())
            labels |= values
        found = [Option(v, labels[v] or facet.label_of(v), count) for v, count in counts.most_common(OPTIONS)]
    return sorted(found, key=facet.place)


def matching(people: "QuerySet[User]", typed: str) -> "QuerySet[User]":
    """Those each typed word begins a word of whose name or programme, or their username; all for less than two letters.

    What begins with @ or has a sign only usernames have is looked for among usernames. One query for each word: a rare
    one is looked up, those of a common one are met soon enough while walking through the list in its order.
    """
    typed = typed.strip().lower()
    if typed.startswith("@") or re.fullmatch(r"[a-z0-9]+[_.][a-z0-9_.]*", typed):
        return people.filter(username__startswith=typed.removeprefix("@"))
    for word in re.findall(r"[^\W_]+", typed)[:4]:
        if len(word) == 1 and word.isascii():
            continue  # begins half of all names
        query = SearchQuery(f"{word}:*", config="simple", search_type="raw")
        named = User.objects.annotate(words=NameWords("name")).filter(words=query).values("pk")
        called = User.objects.filter(username__startswith=word).values("pk")
        studying = STUDYING.annotate(words=NameWords("programme")).filter(words=query).values("pk")
        ids = set(named[:RARE].union(called[:RARE], studying[:RARE]).values_list("pk", flat=True))
        if len(ids) < RARE:
            people = people.filter(pk__in=ids)
        people = people.annotate(name_words=NameWords("name"), programme_words=NameWords("profile__programme")).filter(
            Q(name_words=query) | Q(username__startswith=word) | Q(Q(within("programme")), programme_words=query)
        )
    return people


def _these(ids: list[int]) -> RawSQL:
    """As one parameter: a thousand of them take longer to write down than to find."""
    return RawSQL("SELECT unnest(%s::bigint[])", [ids])


def _many(model: Any, value: str, label: Any) -> Edges:
    """Counts of a table that has many rows for a person, each person once for a value."""

    def edges(people: list[int]) -> "QuerySet[Any, tuple[str, str, int]]":
        rows = model.objects.filter(person__in=_these(people)).order_by().values(value)
        counted = rows.annotate(label=Max(label), people=Count("person", distinct=True))
        return counted.order_by("-people", value).values_list(value, "label", "people")  # type: ignore[no-any-return]

    return edges


def _of_field(pk: int, label: str) -> Facet:
    answers = ProfileAnswer.objects.filter(IS_ASKED, field=pk)

    def edges(people: list[int]) -> "QuerySet[Any, tuple[str, str, int]]":
        counted = answers.filter(person__in=_these(people)).order_by().values("value").annotate(people=Count("person"))
        return counted.order_by("-people", "value").values_list("value", F("value"), "people")

    def where(values: list[str]) -> Q:
        return Q(pk__in=answers.filter(value__in=values).values("person"))

    return Facet(f"field{pk}", label, f"field:{pk}", where, edges=edges)


def _seen(row: Row) -> dict[str, str]:
    ago = timezone.now() - row["last_seen__at"] if row["last_seen__at"] else DAY
    if ago >= DAY:
        return {}
    return {Seen.RECENTLY: "", Seen.TODAY: ""} if ago < RECENTLY else {Seen.TODAY: ""}


def _seen_since(values: list[str]) -> Q:
    ago = DAY if Seen.TODAY in values else RECENTLY if Seen.RECENTLY in values else timedelta(0)
    return Q(last_seen__at__gt=timezone.now() - ago)


def _among(choices: Iterable[tuple[Any, Any]]) -> Callable[[str], str]:
    """Labels of fixed values, in the reader's language."""
    labels = {str(value): label for value, label in choices}
    return lambda value: capfirst(str(labels.get(value, value)))


def _programmes(values: list[str]) -> Q:
    return Q(pk__in=STUDYING.annotate(key=Lower("programme")).filter(key__in=values).values("pk"))


def _programme(row: Row) -> dict[str, str]:
    return {row["programme_key"]: row["profile__programme"]} if row["programme_key"] else {}


def _year(row: Row) -> dict[str, str]:
    year = row["profile__year"] if row["role"] == Role.STUDENT else None  # as accounts.selectors.headline
    return {str(year): ""} if year else {}


def _years(values: list[str]) -> Q:
    return Q(role=Role.STUDENT, profile__year__in=[int(value) for value in values if value in map(str, YEARS)])


def _with_title() -> Concat:
    return Concat("course__code", Value(" "), "course__title")


FACETS = [
    Facet(
        "university",
        _("University"),
        "",
        where=lambda values: Q(university__slug__in=values),
        read=lambda row: {row["university__slug"]: row["university__name"]} if row["university__slug"] else {},
    ),
    Facet(
        "role",
        _("Role"),
        "role",
        where=lambda values: Q(role__in=values),
        read=lambda row: {row["role"]: ""},
        label_of=_among(Role.choices),
        order=tuple(Role.values),
    ),
    Facet("programme", _("Programme"), "programme", where=_programmes, read=_programme),
    Facet(
        "year",
        _("Year"),
        "year",
        where=_years,
        read=_year,
        label_of=_among(YEARS.items()),
        order=tuple(map(str, YEARS)),
    ),
    Facet(
        "course",
        _("Course"),
        "courses",
        where=lambda values: Q(pk__in=PersonCourse.objects.filter(course__code__in=values).values("person")),
        edges=_many(PersonCourse, "course__code", _with_title()),
    ),
    Facet(
        "skill",
        _("Skill"),
        "skills",
        where=lambda values: Q(pk__in=PersonSkill.objects.filter(skill__key__in=values).values("person")),
        edges=_many(PersonSkill, "skill__key", "skill__name"),
    ),
    Facet(
        "level",
        _("Experience"),
        "level",
        where=lambda values: Q(profile__level__in=[value for value in values if value]),
        read=lambda row: {row["profile__level"]: ""} if row["profile__level"] else {},
        label_of=_among(Experience.choices),
        order=tuple(Experience.values),
    ),
    Facet(
        "language",
        _("Language"),
        "languages",
        where=lambda values: Q(pk__in=PersonLanguage.objects.filter(code__in=values).values("person")),
        edges=_many(PersonLanguage, "code", Value("")),
        label_of=language_name,
    ),
    Facet(
        "seen",
        _("Last here"),
        "online",
        where=_seen_since,
        read=_seen,
        label_of=_among([(Seen.RECENTLY, _("just now")), (Seen.TODAY, _("today"))]),
        order=(Seen.RECENTLY, Seen.TODAY),
    ),
]
