"""What a person says about themselves, and how far each part of it reaches (ID2, ID4).

Each service changes one part, for good and at once: kept copies of the profile are forgotten when it commits. Changes
of one profile wait for one another (its row is locked), so that no cap is passed by two requests at a time. Invalid
where a cap or a rule is not kept. All may run twice.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import selectors
from apps.accounts.events import ProfileLinkAdded, UserUpdated
from apps.accounts.languages import LANGUAGES
from apps.accounts.models import (
    BIO_LIMIT,
    FIELDS,
    Course,
    Experience,
    Interest,
    PersonCourse,
    PersonInterest,
    PersonLanguage,
    PersonSkill,
    Privacy,
    Profile,
    ProfileAnswer,
    ProfileLink,
    Season,
    Skill,
    User,
)
from apps.accounts.validators import check_answer, check_course, check_sign, check_username, web_address
from apps.kernel import cache, limits
from apps.kernel.errors import Conflict, Invalid, NotFound
from apps.kernel.outbox import publish
from apps.kernel.text import clean, clean_name, fold

SKILLS_AT_MOST = 20
INTERESTS_AT_MOST = 20
LANGUAGES_AT_MOST = 10
COURSES_AT_MOST = 12  # a term
LINKS_AT_MOST = 5
WORD_LONGEST, KEY_LONGEST = 40, 80  # characters; the key of a word can be longer than the word
YEARS = range(1950, 2101)

P = ParamSpec("P")
T = TypeVar("T")
W = TypeVar("W", Skill, Interest)


def update_profile(*, actor: User, name: str, username: str, pronouns: str, bio: str) -> User:
    """Who they are. Conflict when somebody was faster with the username."""
    limits.check("profile.update", person_id=actor.pk)
    if username.lower() != actor.username:
        check_username(username)
    words = {"bio": _fit("bio", clean(bio), BIO_LIMIT), "pronouns": _fit("pronouns", clean_name(pronouns), 30)}
    name = _fit("name", clean_name(name), 80)
    try:
        with transaction.atomic():
            User.objects.filter(pk=actor.pk).update(name=name, username=username.lower())
            _write(actor, **words)
    except IntegrityError as error:
        raise Conflict(_("Somebody was faster with this username. Please try another one.")) from error
    actor.refresh_from_db(fields=["name", "username"])
    return actor


@transaction.atomic
def update_studies(*, actor: User, programme: str, year: int | None, graduates_on: date | None, level: str) -> Profile:
    """What they study or work on, how far they are, and how experienced they call themselves (or "")."""
    limits.check("profile.update", person_id=actor.pk)
    if year is not None and year not in selectors.YEARS:
        raise Invalid(fields={"year": _("Choose a year from 1 to 12.")})
    if level and level not in Experience.values:
        raise Invalid(fields={"level": _("Choose one of the list.")})
    programme = _fit("programme", clean_name(programme), 80)
    return _write(actor, programme=programme, year=year, graduates_on=graduates_on, level=level)


@transaction.atomic
def set_status(*, actor: User, emoji: str, text: str, until: datetime | None) -> Profile:
    """What they are up to, until when it is shown (None: until they change it). Both empty: no status."""
    limits.check("profile.update", person_id=actor.pk)
    sign, words = clean_name(emoji), _fit("text", clean_name(text), 80)
    if sign:
        _checked("emoji", check_sign, sign)
    if until is not None and until <= timezone.now():
        raise Invalid(fields={"until": _("This moment has passed.")})
    shown = until if sign or words else None
    return _write(actor, status_emoji=sign, status_text=words, status_until=shown)


@transaction.atomic
def set_skills(*, actor: User, names: Iterable[str]) -> None:
    """What others may ask them about; these and no others."""
    limits.check("profile.update", person_id=actor.pk)
    _write(actor)
    words = _words(Skill, names, SKILLS_AT_MOST, "skills")
    PersonSkill.objects.filter(person=actor).exclude(skill__in=words).delete()
    PersonSkill.objects.bulk_create([PersonSkill(person=actor, skill=word) for word in words], ignore_conflicts=True)


@transaction.atomic
def set_interests(*, actor: User, names: Iterable[str]) -> None:
    """What they like; these and no others."""
    limits.check("profile.update", person_id=actor.pk)
    _write(actor)
    words = _words(Interest, names, INTERESTS_AT_MOST, "interests")
    PersonInterest.objects.filter(person=actor).exclude(interest__in=words).delete()
    PersonInterest.objects.bulk_create(
        [PersonInterest(person=actor, interest=word) for word in words], ignore_conflicts=True
    )


@transaction.atomic
def set_languages(*, actor: User, languages: Iterable[tuple[str, bool]]) -> None:
    """(code, whether they are learning it); these and no others, in this order."""
    limits.check("profile.update", person_id=actor.pk)
    chosen = dict(languages)
    if len(chosen) > LANGUAGES_AT_MOST:
        raise Invalid(fields={"languages": _("At most %(count)s.") % {"count": LANGUAGES_AT_MOST}})
    if not chosen.keys() <= LANGUAGES.keys():
        raise Invalid(fields={"languages": _("Choose languages of the list.")})
    _write(actor)
    PersonLanguage.objects.filter(person=actor).delete()
    PersonLanguage.objects.bulk_create(
        PersonLanguage(person=actor, code=code, is_learning=learning) for code, learning in chosen.items()
    )


@transaction.atomic
def set_courses(*, actor: User, year: int, season: int, codes: Iterable[str]) -> None:
    """The courses of one term; these and no others. A new course of the university may come with a title:

    "MATH 210: Linear algebra". The title of a course that has one stays.
    """
    limits.check("profile.update", person_id=actor.pk)
    if actor.university_id is None:
        raise Invalid(_("Courses belong to a university, and you are at none."))
    if year not in YEARS or season not in Season.values:
        raise Invalid(fields={"courses": _("There is no such term.")})
    _write(actor)
    courses = _courses(actor.university_id, codes)
    taken = PersonCourse.objects.filter(person=actor, year=year, season=season)
    taken.exclude(course__in=courses).delete()
    PersonCourse.objects.bulk_create(
        [PersonCourse(person=actor, course=course, year=year, season=season) for course in courses],
        ignore_conflicts=True,
    )


@transaction.atomic
def add_link(*, actor: User, label: str, url: str) -> ProfileLink:
    """An address they call theirs; whether the page there agrees is looked up afterwards."""
    limits.check("profile.update", person_id=actor.pk)
    url = url.strip()
    _checked("url", web_address, _fit("url", url, 300))
    _write(actor)
    mine = ProfileLink.objects.filter(person=actor)
    if mine.filter(url=url).exists():
        raise Invalid(fields={"url": _("This link is in your list already.")})
    if mine.count() >= LINKS_AT_MOST:
        raise Invalid(_("You have %(count)s links, and no more fit. Remove one first.") % {"count": LINKS_AT_MOST})
    link = ProfileLink.objects.create(person=actor, label=_fit("label", clean_name(label), 40), url=url)
    publish(ProfileLinkAdded(person_id=actor.pk, link_id=link.pk), actor_id=actor.pk)
    return link


@transaction.atomic
def remove_link(*, actor: User, link_id: int) -> None:
    """NotFound when it is not one of theirs, or gone already."""
    limits.check("profile.update", person_id=actor.pk)
    _write(actor)
    gone, _rows = ProfileLink.objects.filter(person=actor, pk=link_id).delete()
    if not gone:
        raise NotFound("link")


@transaction.atomic
def set_answers(*, actor: User, answers: Mapping[int, str]) -> None:
    """Answers to staff's questions, by field; an empty one is taken back, a field that is not named stays."""
    limits.check("profile.update", person_id=actor.pk)
    asked = {field.pk: field for field in selectors.staff_fields(actor)}
    _write(actor)
    for field_id, raw in answers.items():
        if field_id not in asked:
            raise NotFound("field")
        value = _checked(f"field_{field_id}", check_answer, asked[field_id], raw)
        mine = ProfileAnswer.objects.filter(person=actor, field=field_id)
        if value:
            ProfileAnswer.objects.update_or_create(person=actor, field_id=field_id, defaults={"value": value})
        else:
            mine.delete()


@transaction.atomic
def set_field_reach(*, actor: User, reach: Mapping[str, int]) -> None:
    """Who sees these parts of the profile (names as in selectors.FIELD_REACH, and "field:<id>"); others stay."""
    limits.check("profile.update", person_id=actor.pk)
    known = selectors.FIELD_REACH.keys() | {f"field:{field.pk}" for field in selectors.staff_fields(actor)}
    if not reach.keys() <= known or not set(reach.values()) <= {level for level, _label in FIELDS}:
        raise Invalid
    _write(actor)
    privacy, _created = Privacy.objects.get_or_create(user=actor)
    privacy.fields |= {name: int(level) for name, level in reach.items()}
    privacy.save(update_fields=["fields"])


def _write(actor: User, **columns: Any) -> Profile:
    """The person's profile with these columns, locked until the commit; made when it is missing."""
    profile, _created = Profile.objects.select_for_update(no_key=True).get_or_create(user=actor)
    for name, value in columns.items():
        setattr(profile, name, value)
    if columns:
        profile.save(update_fields=list(columns))
    cache.invalidate(f"person:{actor.pk}")
    publish(UserUpdated(person_id=actor.pk), actor_id=actor.pk)
    return profile


def _fit(field: str, value: str, longest: int) -> str:
    """The value, when it fits. Asked after cleaning, which can make a text longer."""
    if len(value) > longest:
        raise Invalid(fields={field: _("At most %(count)s characters.") % {"count": longest}})
    return value


def _checked(field: str, check: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What the check returns; what it finds wrong becomes Invalid, beside the field."""
    try:
        return check(*args, **kwargs)
    except ValidationError as error:
        raise Invalid(fields={field: " ".join(error.messages)}) from error


def _words(model: type[W], names: Iterable[str], at_most: int, field: str) -> list[W]:
    """Words of a shared list, made where they are missing, each once however it is spelled.

    In the order of their keys, so that two people who add the same ones do not wait for each other in a circle.
    """
    named: dict[str, str] = {}
    for name in map(clean_name, names):
        if key := fold(name):
            named.setdefault(key, name)
    if len(named) > at_most:
        raise Invalid(fields={field: _("At most %(count)s.") % {"count": at_most}})
    if any(len(name) > WORD_LONGEST or len(key) > KEY_LONGEST for key, name in named.items()):
        raise Invalid(fields={field: _("At most %(count)s characters each.") % {"count": WORD_LONGEST}})
    known = set(model._default_manager.filter(key__in=named).values_list("key", flat=True))
    missing = [model(key=key, name=named[key]) for key in sorted(named.keys() - known)]
    model._default_manager.bulk_create(missing, ignore_conflicts=True)
    return list(model._default_manager.filter(key__in=named))


def _courses(university_id: int, written: Iterable[str]) -> list[Course]:
    """Courses of the university by code, made where they are missing; one without a title takes the one given."""
    titles = dict(_checked("courses", check_course, line) for line in written)
    if len(titles) > COURSES_AT_MOST:
        raise Invalid(fields={"courses": _("At most %(count)s a term.") % {"count": COURSES_AT_MOST}})
    here = Course.objects.filter(university=university_id)
    known = set(here.filter(code__in=titles).values_list("code", flat=True))
    Course.objects.bulk_create(
        [Course(university_id=university_id, code=code, title=titles[code]) for code in sorted(titles.keys() - known)],
        ignore_conflicts=True,
    )
    for code in sorted(known):
        if titles[code]:
            here.filter(code=code, title="").update(title=titles[code])
    return list(here.filter(code__in=titles))
