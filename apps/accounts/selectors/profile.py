"""What a profile says, and how much of it somebody may see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from apps.accounts.models import (
    Experience,
    PersonCourse,
    PersonInterest,
    PersonLanguage,
    PersonSkill,
    Privacy,
    Profile,
    ProfileAnswer,
    ProfileField,
    ProfileLink,
    Role,
    Season,
    User,
)
from apps.accounts.models.reach import Reach
from apps.kernel import text
from apps.kernel.cache import cached
from apps.kernel.statements import statement

# Who sees a part of a profile unless the person says otherwise (Privacy.fields). "field:<id>", an answer to a
# question of staff, is for the campus.
FIELD_REACH: dict[str, Reach] = {
    "bio": Reach.EVERYONE,
    "pronouns": Reach.EVERYONE,
    "links": Reach.EVERYONE,
    "programme": Reach.CAMPUS,
    "year": Reach.CAMPUS,
    "courses": Reach.CAMPUS,
    "languages": Reach.CAMPUS,
    "skills": Reach.CAMPUS,
    "interests": Reach.CAMPUS,
    "level": Reach.CAMPUS,
    "status": Reach.CAMPUS,
    "graduates_on": Reach.NOBODY,
}
ANSWER_REACH = Reach.CAMPUS
# Answers to questions that are put to the person still: whoever has moved to another university could neither change
# nor hide what they told the one before.
IS_ASKED = Q(field__university=None) | Q(field__university=F("person__university"))
PROFILES_TAG = "profiles"  # of every kept profile: what staff change shows in all of them

YEARS = {
    1: lazy("1st year"),
    2: lazy("2nd year"),
    3: lazy("3rd year"),
    4: lazy("4th year"),
    5: lazy("5th year"),
    6: lazy("6th year"),
    7: lazy("7th year"),
    8: lazy("8th year"),
    9: lazy("9th year"),
    10: lazy("10th year"),
    11: lazy("11th year"),
    12: lazy("12th year"),
}
STEPS_AT_MOST = 3


@dataclass(frozen=True, slots=True)
class Status:
    emoji: str
    text: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Language:
    code: str  # as in django.conf.locale.LANG_INFO
    is_learning: bool


@dataclass(frozen=True, slots=True, order=True)
class Term:
    year: int
    season: int  # models.Season

    def __str__(self) -> str:
        return f"{self.year}-{self.season}"  # in addresses

    @property
    def label(self) -> str:
        """In the reader's language: "Autumn 2026"."""
        return capfirst(_("%(season)s %(year)s") % {"season": Season(self.season).label, "year": self.year})

    def is_over(self, today: date) -> bool:
        """A winter term runs into the year after."""
        months = {Season.SPRING: 5, Season.SUMMER: 9, Season.AUTUMN: 12, Season.WINTER: 15}
        return self.year * 12 + months[Season(self.season)] < today.year * 12 + today.month


@dataclass(frozen=True, slots=True)
class Taken:
    """A course in one term."""

    code: str
    title: str
    year: int
    season: int

    @property
    def term(self) -> Term:
        return Term(self.year, self.season)


@dataclass(frozen=True, slots=True)
class Link:
    id: int
    label: str
    url: str
    is_proved: bool


@dataclass(frozen=True, slots=True)
class Answer:
    field_id: int
    label: str
    kind: str  # models.ProfileField.Kind
    value: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a profile says, or what of it one relation may see; the same in every language."""

    bio: str = ""  # HTML, from text.render_markdown
    pronouns: str = ""
    programme: str = ""
    year: int | None = None
    graduates_on: date | None = None
    level: str = ""
    status: Status | None = None
    skills: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    languages: tuple[Language, ...] = ()
    courses: tuple[Taken, ...] = ()  # the latest term first
    links: tuple[Link, ...] = ()
    answers: tuple[Answer, ...] = ()
    profile_for: int = Reach.EVERYONE  # nothing of a profile reaches further than the profile
    reach: Mapping[str, int] = field(default_factory=dict)  # Privacy.fields


@dataclass(frozen=True, slots=True)
class Step:
    """Something a person could add to their profile next."""

    name: str
    label: str
    url: str | Promise


def facts_of(person: User) -> Facts:
    """Everything the profile says, for `shown_to` to narrow. At most two queries; none while kept, with `privacy` read.

    The words are kept for five minutes and forgotten at every change (ID4); who may see them is never kept.
    """
    tags = [f"person:{person.pk}", PROFILES_TAG]
    kept: Facts = cached("profile", person.pk, tags=tags, make=lambda: facts_to_edit(person))
    return replace(kept, profile_for=person.profile_for, reach=field_reach(person))


def field_reach(person: User) -> dict[str, int]:
    """The reach a person has given to parts of the profile. No query when `person` was read with `privacy`."""
    try:
        return dict(person.privacy.fields)
    except Privacy.DoesNotExist:
        return {}


def reach_of(reach: Mapping[str, int], name: str) -> int:
    """Who sees this part of a profile, given what the person decided."""
    return reach.get(name, FIELD_REACH.get(name, ANSWER_REACH))


def field_reaches(name: str, level: Reach, person: str = "pk") -> Q:
    """A condition for a queryset whose `person` column names people: this part of the profile is for the level.

    For lists that count or sort by a part. Says nothing about the reach of the profile itself.
    """
    column = "privacy__fields" if person == "pk" else f"{person}__privacy__fields"
    chosen = Q(**{f"{column}__{name}__lte": int(level)})
    usual = FIELD_REACH.get(name, ANSWER_REACH)
    return chosen | ~Q(**{f"{column}__has_key": name}) if usual <= level else chosen


def shown_to(facts: Facts, relation: Reach) -> Facts:
    """What of it somebody this close may see. A status that has run out is nobody's."""
    hidden = {name for name in FIELD_REACH if relation < max(reach_of(facts.reach, name), facts.profile_for)}
    if facts.status and facts.status.until and facts.status.until <= timezone.now():
        hidden.add("status")
    answers = tuple(
        answer
        for answer in facts.answers
        if relation >= max(reach_of(facts.reach, f"field:{answer.field_id}"), facts.profile_for)
    )
    return replace(facts, answers=answers, **{name: _NOTHING[name] for name in hidden})


_NOTHING = {part.name: getattr(Facts(), part.name) for part in fields(Facts)}


def status_of(profile: Profile) -> Status | None:
    """What the person is up to; None when they did not say, or it has run out."""
    status = Status(profile.status_emoji, profile.status_text, profile.status_until)
    if not (status.emoji or status.text) or (status.until and status.until <= timezone.now()):
        return None
    return status


def facts_to_edit(person: User) -> Facts:
    """Everything the profile says this very moment. One query, however much there is to say."""
    row: Profile | None = _said.first(person=person.pk)
    if row is None:
        return Facts()
    found: Any = row
    return Facts(
        bio=text.render_markdown(row.bio),
        pronouns=row.pronouns,
        programme=row.programme,
        year=row.year,
        graduates_on=row.graduates_on,
        level=row.level,
        status=status_of(row),
        skills=tuple(found.skills),
        interests=tuple(found.interests),
        languages=tuple(Language(**one) for one in found.languages),
        courses=tuple(Taken(**one) for one in found.courses),
        links=tuple(
            Link(one["id"], one["label"], one["url"], is_proved=one["proved_at"] is not None) for one in found.links
        ),
        answers=tuple(Answer(**one) for one in found.answers),
    )


@statement
def _said(*, person: int) -> QuerySet[Profile]:
    return Profile.objects.filter(pk=person).annotate(**_lists())


def _lists() -> dict[str, ArraySubquery]:
    """The lists of a profile, each as an array, so that they come with its row."""
    mine = {"person": OuterRef("pk")}
    skills = PersonSkill.objects.filter(**mine).order_by("skill__name").values("skill__name")
    interests = PersonInterest.objects.filter(**mine).order_by("interest__name").values("interest__name")
    languages = PersonLanguage.objects.filter(**mine).order_by("is_learning", "pk")
    courses = PersonCourse.objects.filter(**mine).order_by("-year", "-season", "course__code")
    links = ProfileLink.objects.filter(**mine).order_by("pk")
    answers = ProfileAnswer.objects.filter(IS_ASKED, **mine, field__is_shown=True).order_by("field__position", "field")
    taken = JSONObject(code="course__code", title="course__title", year="year", season="season")
    answer = JSONObject(field_id="field_id", label="field__label", kind="field__kind", value="value")
    return {
        "skills": ArraySubquery(skills),
        "interests": ArraySubquery(interests),
        "languages": ArraySubquery(languages.values(one=JSONObject(code="code", is_learning="is_learning"))),
        "courses": ArraySubquery(courses.values(one=taken)),
        "links": ArraySubquery(
            links.values(one=JSONObject(id="id", label="label", url="url", proved_at=F("proved_at")))
        ),
        "answers": ArraySubquery(answers.values(one=answer)),
    }


def headline(programme: str, year: int | None, role: str) -> str:
    """What a person does here, in the reader's language: "Physics, 2nd year". Empty when they did not say.

    The year counts for students alone: a professor in their 2nd year would be read as one.
    """
    if year is None or role != Role.STUDENT:
        return programme
    in_year = str(YEARS[year])
    return _("%(programme)s, %(year)s") % {"programme": programme, "year": in_year} if programme else in_year


def current_term(today: date) -> Term:
    """The term somebody who says nothing else means: winter terms are for those who choose one."""
    season = Season.SPRING if today.month < 6 else Season.SUMMER if today.month < 9 else Season.AUTUMN
    return Term(today.year, season)


def term_named(name: str) -> Term | None:
    """The term of "2026-3", of the last or next few years; None for anything else."""
    terms = {str(term): term for term in terms_to_choose(timezone.localdate())}
    return terms.get(name)


def terms_to_choose(today: date) -> list[Term]:
    """From next year back to ten years ago, the latest first."""
    years = range(today.year + 1, today.year - 11, -1)
    return [Term(year, season) for year in years for season in sorted(Season.values, reverse=True)]


def level_name(level: str) -> str:
    """In the reader's language: "some experience"; empty when they did not say."""
    return str(Experience(level).label) if level else ""


def by_term(courses: Iterable[Taken]) -> list[tuple[Term, list[Taken]]]:
    """The courses of each term; they come in order of their terms."""
    return [(term, list(taken)) for term, taken in groupby(courses, key=lambda course: course.term)]


def links_of(person: User) -> list[ProfileLink]:
    """The person's links as they are edited: the oldest first."""
    return list(ProfileLink.objects.filter(person=person).order_by("pk"))


def staff_fields(person: User) -> list[ProfileField]:
    """The questions staff put to this person, in order. One query."""
    asked = Q(university=None) | Q(university=person.university_id)
    return list(ProfileField.objects.filter(asked, is_shown=True))


def answers_of(person: User) -> dict[int, str]:
    """The person's answers by field. One query."""
    return dict(ProfileAnswer.objects.filter(person=person).values_list("field_id", "value"))


def missing(person: User) -> list[Step]:
    """At most three things worth adding to the profile, the most telling first (FEATURES B8)."""
    facts = facts_of(person)
    profile, studies = reverse_lazy("accounts:settings_profile"), reverse_lazy("accounts:settings_studies")
    does = _("Say what you study") if person.role == Role.STUDENT else _("Say what you do here")
    steps = [
        (facts.programme, Step("programme", does, studies)),
        (facts.bio, Step("bio", _("Write a line or two about yourself"), profile)),
        (facts.interests, Step("interests", _("Name a few things you like"), studies)),
        (facts.courses or person.role != Role.STUDENT, Step("courses", _("List your courses this term"), studies)),
        (facts.skills, Step("skills", _("Name what others could ask you about"), studies)),
        (facts.languages, Step("languages", _("Say which languages you speak"), studies)),
    ]
    return [step for said, step in steps if not said][:STEPS_AT_MOST]
