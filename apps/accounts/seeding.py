"""People by the million: n00001, n00002, … at five universities, seven in ten of them here within two weeks."""

import random
from collections.abc import Iterator
from datetime import timedelta

from apps.accounts.models import LastSeen, Privacy, Profile, University, UniversityDomain, User
from apps.kernel.seeding import Crowd, copy_rows

SLUG = "seeded"
NAMES = ["Seeded University", "Northern College", "Lakeside Institute", "Harbour School", "Academy of the Hills"]
GIVEN = ["Ada", "Ben", "Cleo", "Dev", "Elif", "Femi", "Hana", "Ivo", "Kofi", "Lena", "Olga", "Sami", "Uma"]
FAMILY = ["Adler", "Costa", "Dahl", "Farah", "Haas", "Ito", "Kaya", "Lund", "Novak", "Petrov", "Vega"]
PROGRAMMES = ["Biology", "Chemistry", "Economics", "History", "Law", "Linguistics", "Mathematics", "Physics"]
COLUMNS = ["id", "password", "is_superuser", "username", "name", "email", "role", "university_id", "is_active"]
COLUMNS += ["is_staff", "created_at"]
PROFILE = ["user_id", "bio", "pronouns", "programme", "year", "level", "status_emoji", "status_text"]
PRIVACY = ["user_id", "fields", "followers", "online", "message", "mention"]
PRIVACY += ["in_directory", "is_suggested", "search_engines"]


def fill(crowd: Crowd) -> None:
    homes, usernames = _universities(), _usernames(crowd)
    since = crowd.since.isoformat()
    people = (
        f"{pk}\t!\tf\t{username}\t{GIVEN[pk % len(GIVEN)]} {FAMILY[pk % len(FAMILY)]}\t{username}@{_domain(group)}"
        f"\tstudent\t{homes[group]}\tt\tf\t{since}\n"
        for pk, group, username in zip(crowd.ids, map(crowd.group, range(crowd.size)), usernames, strict=True)
    )
    copy_rows(User, COLUMNS, people, crowd.say)
    copy_rows(
        Profile,
        PROFILE,
        (f"{pk}\t\t\t{PROGRAMMES[pk % len(PROGRAMMES)]}\t{pk % 5 + 1}\t\t\t\n" for pk in crowd.ids),
        crowd.say,
    )
    copy_rows(Privacy, PRIVACY, (f"{pk}\t{{}}\t0\t1\t1\t0\tt\tt\tf\n" for pk in crowd.ids), crowd.say)
    copy_rows(LastSeen, ["user_id", "at"], _visits(crowd), crowd.say)


def _universities() -> list[int]:
    """Their ids, in the order of Crowd.group."""
    homes = []
    for group, name in enumerate(NAMES):
        slug = SLUG + (f"-{group + 1}" if group else "")
        known = {"name": name, "city": "Nowhere", "hue": (200 + 67 * group) % 360}
        university, _created = University.objects.get_or_create(slug=slug, defaults=known)
        UniversityDomain.objects.get_or_create(domain=_domain(group), defaults={"university": university})
        homes.append(university.pk)
    return homes


def _domain(group: int) -> str:
    return f"{SLUG}.example" if group == 0 else f"{'abcd'[group - 1]}.{SLUG}.example"


def _usernames(crowd: Crowd) -> list[str]:
    """n00001 onwards, behind those of an earlier seeding; authors of a set reach are called after it."""
    before = User.objects.filter(email__endswith=f"{SLUG}.example").count()
    plain = [f"n{number:05d}" for number in range(before + 1, before + crowd.size - len(crowd.reach) + 1)]
    return plain + [f"author{followers}" for followers in crowd.reach]


def _visits(crowd: Crowd) -> Iterator[str]:
    """Most of who is not away was here within the last days."""
    draw = random.Random(f"{crowd.seed}/visits")
    for place, pk in enumerate(crowd.ids):
        days = 0.0
        if crowd.edges is None:
            days = 15 + 70 * draw.random() if crowd.is_away(place) else 13 * draw.random() ** 3
        yield f"{pk}\t{(crowd.now - timedelta(days=days)).isoformat()}\n"
