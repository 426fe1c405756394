"""People by the million: n00001, n00002, … at one university, all seen just now."""

from apps.accounts.models import LastSeen, Privacy, Profile, University, UniversityDomain, User
from apps.kernel.seeding import Crowd, copy_rows

SLUG = "seeded"
GIVEN = ["Ada", "Ben", "Cleo", "Dev", "Elif", "Femi", "Hana", "Ivo", "Kofi", "Lena", "Olga", "Sami", "Uma"]
FAMILY = ["Adler", "Costa", "Dahl", "Farah", "Haas", "Ito", "Kaya", "Lund", "Novak", "Petrov", "Vega"]
PROGRAMMES = ["Biology", "Chemistry", "Economics", "History", "Law", "Linguistics", "Mathematics", "Physics"]
COLUMNS = ["id", "password", "is_superuser", "username", "name", "email", "role", "university_id", "is_active"]
COLUMNS += ["is_staff", "created_at"]
PROFILE = ["user_id", "bio", "pronouns", "programme", "year", "level", "status_emoji", "status_text"]
PRIVACY = ["user_id", "fields", "followers", "online", "message", "mention"]
PRIVACY += ["in_directory", "is_suggested", "search_engines"]


def fill(crowd: Crowd) -> None:
    university, _created = University.objects.get_or_create(
        slug=SLUG, defaults={"name": "Seeded University", "city": "Nowhere", "hue": 200}
    )
    UniversityDomain.objects.get_or_create(domain=f"{SLUG}.example", defaults={"university": university})
    since = crowd.since.isoformat()
    people = (
        f"{pk}\t!\tf\t{username}\t{GIVEN[pk % len(GIVEN)]} {FAMILY[pk % len(FAMILY)]}\t{username}@{SLUG}.example"
        f"\tstudent\t{university.pk}\tt\tf\t{since}\n"
        for pk, username in zip(crowd.ids, _usernames(crowd), strict=True)
    )
    copy_rows(User, COLUMNS, people, crowd.say)
    copy_rows(
        Profile,
        PROFILE,
        (f"{pk}\t\t\t{PROGRAMMES[pk % len(PROGRAMMES)]}\t{pk % 5 + 1}\t\t\t\n" for pk in crowd.ids),
        crowd.say,
    )
    copy_rows(Privacy, PRIVACY, (f"{pk}\t{{}}\t0\t1\t1\t0\tt\tt\tf\n" for pk in crowd.ids), crowd.say)
    copy_rows(LastSeen, ["user_id", "at"], (f"{pk}\t{crowd.now.isoformat()}\n" for pk in crowd.ids), crowd.say)


def _usernames(crowd: Crowd) -> list[str]:
    """n00001 onwards, behind those of an earlier seeding."""
    before = User.objects.filter(email__endswith=f"@{SLUG}.example").count()
    return [f"n{number:05d}" for number in range(before + 1, before + crowd.size + 1)]
