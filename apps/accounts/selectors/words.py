"""What is offered while somebody types into their profile: words that others use, too.

A word is offered when at least two others show their campus that they use it. What a single person uses, or hides,
would tell about that person; and by writing a word themselves nobody finds out who else has it.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from apps.accounts.languages import languages_beginning
from apps.accounts.models import Course, Interest, PersonCourse, PersonInterest, PersonSkill, Profile, Skill, User
from apps.accounts.models.reach import Reach
from apps.accounts.selectors.profile import field_reaches
from apps.kernel import text
from apps.kernel.cache import cached

OFFERED = 8
INTERESTS = 24
PROGRAMMES = 300  # kept of a university, the most frequent


def _skills(person: User, typed: str) -> list[str]:
    used = PersonSkill.objects.filter(skill=OuterRef("pk"))
    return _names(Skill.objects.filter(_is_shared(used, "skills", person)), typed)


def _interests(person: User, typed: str) -> list[str]:
    used = PersonInterest.objects.filter(interest=OuterRef("pk"))
    return _names(Interest.objects.filter(_is_shared(used, "interests", person)), typed)


def _names(words: "QuerySet[Skill] | QuerySet[Interest]", typed: str) -> list[str]:
    begun = text.fold(typed)
    return list(words.filter(key__startswith=begun).order_by("key").values_list("name", flat=True)[:OFFERED])


def _languages(person: User, typed: str) -> list[str]:
    return languages_beginning(typed)[:OFFERED]


def _courses(person: User, typed: str) -> list[str]:
    """Of the person's university, by code."""
    used = PersonCourse.objects.filter(course=OuterRef("pk")).values("person").distinct()  # in whatever terms
    code = text.clean_name(typed).upper()
    shared = _is_shared(used, "courses", person)
    found = Course.objects.filter(shared, university=person.university_id, code__startswith=code)
    return [f"{course.code}: {course.title}" if course.title else course.code for course in found[:OFFERED]]


def _is_shared(used: "QuerySet[Any, Any]", part: str, person: User) -> Exists:
    return Exists(used.filter(_seen_on_campus(part)).exclude(person=person)[1:2])


def _seen_on_campus(part: str, person: str = "person") -> Q:
    """What is said by whom, narrowed to those of whom the campus sees this part of the profile."""
    here = {f"{person}__is_active": True, f"{person}__profile_for__lte": Reach.CAMPUS}
    return field_reaches(part, Reach.CAMPUS, person) & Q(**here)


def _programmes(person: User, typed: str) -> list[str]:
    """Of the person's university, by the beginning of any of their words."""
    named = cached("vocabulary", person.university_id, make=lambda: _programmes_at(person.university_id))
    begun = text.fold(typed)
    return [name for name in named if f" {begun}" in f" {text.fold(name)}"][:OFFERED]


def _programmes_at(university_id: int | None) -> list[str]:
    here = Profile.objects.filter(_seen_on_campus("programme", "user"), user__university=university_id)
    here = here.exclude(programme="")
    counted = here.values("programme").annotate(people=Count("pk")).filter(people__gt=1)
    return list(counted.order_by("-people", "programme").values_list("programme", flat=True)[:PROGRAMMES])


def campus_interests(person: User) -> list[str]:
    """What people of the university are seen to like, the most frequent first; for who has not said anything yet."""
    return cached("vocabulary", "interests", person.university_id, make=lambda: _interests_at(person.university_id))


def _interests_at(university_id: int | None) -> list[str]:
    here = PersonInterest.objects.filter(_seen_on_campus("interests"), person__university=university_id)
    counted = here.values("interest__name").annotate(people=Count("pk")).filter(people__gt=1)
    return list(counted.order_by("-people", "interest__name").values_list("interest__name", flat=True)[:INTERESTS])


OFFERS: dict[str, Callable[[User, str], list[str]]] = {
    "skills": _skills,
    "interests": _interests,
    "languages": _languages,
    "courses": _courses,
    "programmes": _programmes,
}


def words_beginning(kind: str, person: User, typed: str) -> list[str]:
    """A few words of this kind (a key of OFFERS) that begin as typed. At most one query; none for an empty box."""
    typed = text.clean_name(typed)[:80]
    return OFFERS[kind](person, typed) if typed else []
