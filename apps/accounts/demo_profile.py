"""What the people of the demo campus say about themselves, and to whom."""

import random
from datetime import date, timedelta
from typing import TypeVar

from apps.accounts.models import (
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
    ProfileField,
    ProfileLink,
    Reach,
    Role,
    Skill,
    User,
)
from apps.accounts.selectors import Term, current_term
from apps.kernel import text
from apps.kernel.demo import Deck, DemoWorld

PRONOUNS = ["", "", "", "she/her", "he/him", "they/them"]
TONGUES = ["es", "de", "fr", "ar", "zh", "it", "pt", "ru", "tr", "ja", "is", "cy"]
# Of whom hardly anybody changes what is usual, and a few hide or open a part.
REACHES: list[dict[str, int]] = [
    *[{}] * 8,
    {"programme": Reach.EVERYONE, "year": Reach.EVERYONE},
    {"courses": Reach.FOLLOWERS},
    {"bio": Reach.CAMPUS, "links": Reach.CAMPUS},
    {"languages": Reach.NOBODY, "level": Reach.NOBODY},
    {"graduates_on": Reach.CAMPUS},
]
W = TypeVar("W", Skill, Interest)

PLACES = ["Mensa South", "Old Library", "Boathouse", "Canteen garden"]


def tell(world: DemoWorld, words: dict[str, list[str]], people: list[User]) -> None:
    draw, today = world.draw("profiles"), world.now.date()
    _profiles(world, draw, words, people, today)
    _words(world, draw, words, people)
    _courses(world, draw, words, people, today)
    _answers(world, draw, people)
    _privacy(draw, people)


def forget(world: DemoWorld) -> None:
    """The shared words and courses that nobody else has taken up since."""
    ProfileField.objects.filter(pk__in=world.marked(ProfileField)).delete()
    for model in (Skill, Interest, Course):
        rows = model._default_manager.filter(pk__in=world.marked(model), person_edges=None)
        rows.delete()


def _profiles(
    world: DemoWorld, draw: random.Random, words: dict[str, list[str]], people: list[User], today: date
) -> None:
    bios, programmes = Deck(words["bios"], draw), Deck(words["programmes"], draw)
    statuses = Deck(words["statuses"], draw)
    jobs = {role: Deck(words[f"jobs {role}"], draw) for role in (Role.FACULTY, Role.STAFF)}
    rows = []
    for person in people:
        row = Profile(user=person, pronouns=draw.choice(PRONOUNS), level=draw.choice(["", *Experience.values]))
        row.bio = bios.next() if draw.random() < 0.75 else ""
        row.programme = jobs[Role(person.role)].next() if person.role in jobs else programmes.next()
        if person.role == Role.STUDENT:
            row.year = draw.choice([1, 1, 2, 2, 3, 3, 4, 5])
            row.graduates_on = date(today.year + max(1, 4 - row.year), 7, 15)
        if draw.random() < 0.3 or person.username == "bob":
            row.status_emoji, _blank, row.status_text = statuses.next().partition(" ")
            row.status_until = world.now + timedelta(days=draw.randint(2, 14))
        rows.append(row)
    Profile.objects.bulk_create(rows)


def _words(world: DemoWorld, draw: random.Random, words: dict[str, list[str]], people: list[User]) -> None:
    skills = _shared(world, Skill, words["skills"])
    interests = _shared(world, Interest, words["interests"])
    offered, liked, spoken, links = [], [], [], []
    for person in people:
        offered += [PersonSkill(person=person, skill=skill) for skill in draw.sample(skills, draw.randint(0, 5))]
        liked += [PersonInterest(person=person, interest=one) for one in draw.sample(interests, draw.randint(0, 6))]
        tongues = ["en", *draw.sample(TONGUES, draw.randint(0, 2))]
        spoken += [
            PersonLanguage(person=person, code=code, is_learning=code != "en" and draw.random() < 0.4)
            for code in tongues
        ]
        if draw.random() < 0.25 or person.username == "bob":
            page = f"https://{person.username.replace('_', '-')}.example/"
            links.append(ProfileLink(person=person, label="Portfolio", url=page))
    PersonSkill.objects.bulk_create(offered)
    PersonInterest.objects.bulk_create(liked)
    PersonLanguage.objects.bulk_create(spoken)
    ProfileLink.objects.bulk_create(links)


def _shared(world: DemoWorld, model: type[W], names: list[str]) -> list[W]:
    """The words, made where they are missing; those are the demo's to remove."""
    found = []
    for name in names:
        word, created = model._default_manager.get_or_create(key=text.fold(name), defaults={"name": name})
        found.append(word)
        if created:
            world.mark(model, [word.pk])
    return found


def _courses(
    world: DemoWorld, draw: random.Random, words: dict[str, list[str]], people: list[User], today: date
) -> None:
    """Of students: this term, and for most the one before."""
    now = current_term(today)
    before = Term(now.year - 1, 3) if now.season == 1 else Term(now.year, 1)
    offered: dict[int, list[Course]] = {}
    taken = []
    for person in people:
        if person.role != Role.STUDENT or person.university_id is None:
            continue
        if person.university_id not in offered:
            offered[person.university_id] = _courses_at(world, person.university_id, words["courses"])
        for term in (now, before)[: draw.randint(1 if person.has_usable_password() else 0, 2)]:
            taken += [
                PersonCourse(person=person, course=course, year=term.year, season=term.season)
                for course in draw.sample(offered[person.university_id], draw.randint(2, 5))
            ]
    PersonCourse.objects.bulk_create(taken)


def _courses_at(world: DemoWorld, university_id: int, lines: list[str]) -> list[Course]:
    found = []
    for line in lines:
        code, _colon, title = line.partition(": ")
        course, created = Course.objects.get_or_create(
            university_id=university_id, code=code, defaults={"title": title}
        )
        found.append(course)
        if created:
            world.mark(Course, [course.pk])
    return found


def _answers(world: DemoWorld, draw: random.Random, people: list[User]) -> None:
    """One question of Northmere's staff, answered by some."""
    home = people[0].university
    field = ProfileField.objects.create(
        university=home, label="Found at", help_text="Where people may look for you.", is_searchable=True,
        kind=ProfileField.Kind.CHOICE, choices="\n".join(PLACES),
    )  # fmt: skip
    world.mark(ProfileField, [field.pk])
    ProfileAnswer.objects.bulk_create(
        ProfileAnswer(person=person, field=field, value=draw.choice(PLACES))
        for person in people
        if person.university_id == field.university_id and draw.random() < 0.4
    )


def _privacy(draw: random.Random, people: list[User]) -> None:
    Privacy.objects.bulk_create(
        Privacy(user=person, in_directory=True, fields=draw.choice(REACHES)) for person in people
    )
