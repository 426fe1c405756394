"""Universities and about 300 people with names of many scripts and lengths."""

import random
import re
import unicodedata
from datetime import datetime, timedelta
from pathlib import Path

from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth.hashers import make_password

from apps.accounts import demo_entry, demo_profile
from apps.accounts.models import LastSeen, Reach, Role, University, UniversityDomain, User
from apps.kernel.demo import Deck, DemoPerson, DemoWorld, moment_between, sections

NAMES = Path(__file__).parent / "demo_names" / "names.txt"
PASSWORD = "campus-demo"  # noqa: S105  the one everybody is told
# slug, name, city, hue, share of the people
UNIVERSITIES = [
    ("northmere", "Northmere University", "Northmere", 342, 170),
    ("harbour", "Harbour Institute of Technology", "Port Alder", 215, 84),
    ("valdoria", "Universidad de Valdoria", "Valdoria", 150, 46),
]
CAST = [
    ("alice", "Alice Ashdown", Role.STUDENT),
    ("bob", "Bob Birch", Role.STUDENT),
    ("charlie", "Charlie Chen", Role.STUDENT),
    ("dora", "Dora Dimitrova", Role.STUDENT),
    ("mira", "Mira Moss", Role.STAFF),
    ("admin", "Ada Min", Role.STAFF),
    ("quinn", "Quinn Quarles", Role.STUDENT),
]
PRIVATE = "quinn"  # whose profile is for followers; the apps above leave them alone, so nobody knows what they say
# Whose names are how common; the rest of a script's given and family names join with the separator.
SCRIPTS = {"en": 24, "es": 12, "de": 8, "fr": 7, "nordic": 7, "slavic": 8, "tr": 5, "vi": 4, "ar": 9, "zh": 9,
           "ja": 5, "ko": 4, "th": 6, "hi": 8, "ru": 8, "el": 3, "he": 3, "am": 3}  # fmt: skip
FAMILY_FIRST = {"zh": "", "ja": " ", "ko": ""}
ROLES = [Role.STUDENT] * 16 + [Role.FACULTY] * 2 + [Role.STAFF] + [Role.ALUMNI]
ABSENT_SHARE = 0.08  # not seen for more than a fortnight


def build(world: DemoWorld) -> None:
    draw = world.draw("accounts")
    words = sections(NAMES)
    universities = _universities(world)
    people = _people(world, draw, words, universities)
    User.objects.bulk_create(people)
    world.mark(User, [person.pk for person in people])
    world.people = [
        DemoPerson(person.pk, person.username, person.university_id or 0, _language(person.name), person.role)
        for person in people
        if person.username != PRIVATE
    ]
    demo_profile.tell(world, words, people)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=person.email, verified=True, primary=True) for person in people
    )
    LastSeen.objects.bulk_create(LastSeen(user=person, at=_last_seen(world, draw, person)) for person in people)
    demo_entry.build(world, universities, people)


def remove(world: DemoWorld) -> None:
    gone = world.marked(User)
    User.objects.filter(pk__in=gone).delete()
    apps.get_model("accounts.UserEvent")._default_manager.filter(pgh_obj_id__in=gone).delete()
    demo_profile.forget(world)
    demo_entry.remove(world)
    # A university that somebody else has joined since stays.
    University.objects.filter(pk__in=world.marked(University), people=None).delete()


def _universities(world: DemoWorld) -> list[University]:
    """The demo's universities; one that is there already is used, and is not the demo's to remove."""
    found = []
    for slug, name, city, hue, _share in UNIVERSITIES:
        university, created = University.objects.get_or_create(
            slug=slug,
            defaults={
                "name": name,
                "city": city,
                "hue": hue,
                "members_invite": True,
                "takes_requests": slug == "northmere",
            },
        )
        UniversityDomain.objects.get_or_create(domain=f"{slug}.example", defaults={"university": university})
        if created:
            world.mark(University, [university.pk])
        found.append(university)
    return found


def _people(
    world: DemoWorld, draw: random.Random, words: dict[str, list[str]], universities: list[University]
) -> list[User]:
    taken = {username.lower() for username in User.objects.values_list("username", flat=True)}
    hashed = make_password(PASSWORD)
    first_day = world.now - timedelta(days=900)
    people = []
    for username, name, role in CAST:
        person = _person(username, name, role, universities[0])
        person.password, person.is_staff, person.is_superuser = hashed, role == Role.STAFF, username == "admin"
        person.created_at = world.now - timedelta(days=400)
        if username == PRIVATE:
            person.profile_for = person.posts_for = Reach.FOLLOWERS
        people.append(person)
        taken.add(username)
    homes = [home for home, row in zip(universities, UNIVERSITIES, strict=True) for _ in range(row[4])]
    draw.shuffle(homes)
    for home, (name, latin) in zip(homes, _names(draw, words), strict=False):
        person = _person(_username(latin, taken), name, draw.choice(ROLES), home)
        person.set_unusable_password()
        person.created_at = moment_between(draw, first_day, world.now - timedelta(days=61))
        people.append(person)
    return people


def _person(username: str, name: str, role: Role, university: University) -> User:
    email = f"{username}@{university.slug}.example"
    return User(username=username, name=name, role=role, university=university, email=email)


def _names(draw: random.Random, words: dict[str, list[str]]) -> list[tuple[str, str]]:
    """(name, the same in plain letters), each once, scripts mixed."""
    names = [_split(line) for line in words["special"]]
    decks = {
        script: (Deck(words[f"{script} given"], draw), Deck(words[f"{script} family"], draw)) for script in SCRIPTS
    }
    total = sum(row[4] for row in UNIVERSITIES)
    seen = set(names)
    while len(names) < total:
        script = draw.choices(list(SCRIPTS), list(SCRIPTS.values()))[0]
        (given, latin_given), (family, latin_family) = (_split(deck.next()) for deck in decks[script])
        name = f"{family}{FAMILY_FIRST[script]}{given}" if script in FAMILY_FIRST else f"{given} {family}"
        latin = f"{latin_given}.{latin_family}"
        if (name, latin) not in seen:
            seen.add((name, latin))
            names.append((name, latin))
    draw.shuffle(names)
    return names


def _split(entry: str) -> tuple[str, str]:
    """A name and its plain letters: "ليلى | layla"; a name in Latin letters is its own source of them."""
    name, _bar, latin = entry.partition(" | ")
    return name, latin or name


def _username(latin: str, taken: set[str]) -> str:
    """Plain letters, at most 20 of them, at least three, and nobody else's."""
    table = str.maketrans({"ß": "ss", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "ł": "l", "Ł": "l", "þ": "th", "Þ": "th",
                           "ð": "d", "ı": "i", "æ": "ae"})  # fmt: skip
    plain = unicodedata.normalize("NFKD", latin.translate(table)).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z.]", "", plain).strip(".")[:20].strip(".")
    base = base if len(base) >= 3 else f"{base}{'xyz'[: 3 - len(base)]}"
    username, number = base, 1
    while username in taken:
        number += 1
        username = f"{base}{number}"
    taken.add(username)
    return username


def _language(name: str) -> str:
    """What a person is likely to write in besides English, by the letters of the name."""
    for language, first, last in [
        ("ar", "\u0600", "\u06ff"), ("zh", "\u4e00", "\u9fff"), ("th", "\u0e00", "\u0e7f"),
        ("hi", "\u0900", "\u097f"), ("ru", "\u0400", "\u04ff"), ("es", "ñ", "ñ"), ("de", "ß", "ß"),
    ]:  # fmt: skip
        if any(first <= letter <= last for letter in name.lower()):
            return language
    if any(letter in name for letter in "íúóá"):
        return "es"
    if any(letter in name for letter in "èçïë"):
        return "fr"
    if any(letter in name for letter in "üäö"):
        return "de"
    return "en"


def _last_seen(world: DemoWorld, draw: random.Random, person: User) -> datetime:
    if person.username not in {username for username, _name, _role in CAST} and draw.random() < ABSENT_SHARE:
        return moment_between(draw, world.now - timedelta(days=60), world.now - timedelta(days=15))
    return world.now - timedelta(minutes=draw.expovariate(1 / 600))
