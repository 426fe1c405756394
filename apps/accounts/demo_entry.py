"""How the people of the demo campus came in: verified by this or that, invited, or waiting for staff."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from apps.accounts.models import (
    Invitation,
    InvitationUse,
    JoinRequest,
    LastSeen,
    Privacy,
    Profile,
    Role,
    University,
    User,
    Verification,
)
from apps.kernel.demo import DemoWorld

Source = Verification.Source
SOURCES = [Source.MAIL] * 7 + [Source.SSO] * 2 + [Source.MANUAL]
UNVERIFIED = 0.12  # share of people whose badge has gone, or who never had one
# username, name, address, days they wait, why
WAITING = [
    ("ines.marek", "Inês Marek", "ines.marek@mail.example", 1,
     "I start my exchange year in the physics department in February and have no address yet."),
    ("tobias.lind", "Tobias Lind", "tobias@orchestra.example", 3,
     "I conduct the university orchestra on Thursdays. Half of the players are yours, and the dates change often."),
    ("yusra", "يسرى حداد", "yusra@mail.example", 6,
     "I was admitted for next term, my number is in the letter of 4 November."),
]  # fmt: skip


def build(world: DemoWorld, universities: Sequence[University], people: Sequence[User]) -> None:
    """Universities, and people who are saved already; the first of the universities is the cast's."""
    _verifications(world, people)
    _waiting(world, universities[0], people)
    _invitations(world, universities[0], people)


def remove(world: DemoWorld) -> None:
    Invitation.objects.filter(pk__in=world.marked(Invitation)).delete()


def _verifications(world: DemoWorld, people: Sequence[User]) -> None:
    draw = world.draw("verifications")
    rows = []
    for person in people:
        if draw.random() < UNVERIFIED and not person.is_staff:
            continue
        since = max(person.created_at, world.now - timedelta(days=draw.randint(20, 330)))
        person.verified_until = since + timedelta(days=400)
        rows.append(
            Verification(
                person=person, source=draw.choice(SOURCES), verified_at=since, expires_at=person.verified_until
            )
        )
    Verification.objects.bulk_create(rows)
    User.objects.bulk_update([row.person for row in rows], ["verified_until"])


def _waiting(world: DemoWorld, university: University, people: Sequence[User]) -> None:
    taken = {person.username for person in people}
    for username, name, address, days, reason in WAITING:
        if username in taken or User.objects.filter(username=username).exists():
            continue
        since = world.now - timedelta(days=days, hours=2)
        person = _newcomer(world, username, name, address, university, since)
        asked = JoinRequest.objects.create(person=person, university=university, reason=reason)
        JoinRequest.objects.filter(pk=asked.pk).update(created_at=since)


def _newcomer(
    world: DemoWorld, username: str, name: str, address: str, university: University, since: datetime
) -> User:
    person = User.objects.create(
        username=username,
        name=name,
        email=address,
        university=university,
        password=make_password(None),
        is_confirmed=False,
        created_at=since,
    )
    for model in (Profile, Privacy, LastSeen):
        model.objects.create(user=person)
    EmailAddress.objects.create(user=person, email=address, verified=True, primary=True)
    world.mark(User, [person.pk])
    return person


def _invitations(world: DemoWorld, university: University, people: Sequence[User]) -> None:
    """Of alice's, one is open and one was used; the administrator's is for a lecturer and open."""
    by_name = {person.username: person for person in people}
    guest = next(one for one in people if one.university_id == university.pk and one.role == Role.ALUMNI)
    made = [
        _invitation(world, university, by_name["alice"], days=3, note="See you on the quad."),
        _invitation(world, university, by_name["alice"], days=10, uses=1, email=guest.email),
        _invitation(
            world, university, by_name["admin"], days=2, role=Role.FACULTY, email="guest.lecturer@mail.example"
        ),
    ]
    InvitationUse.objects.create(invitation=made[1], person=guest)
    world.mark(Invitation, [one.pk for one in made])


def _invitation(
    world: DemoWorld,
    university: University,
    by: User,
    *,
    days: int,
    uses: int = 0,
    role: str = Role.STUDENT,
    email: str = "",
    note: str = "",
) -> Invitation:
    """Made so many days ago."""
    since = world.now - timedelta(days=days)
    return Invitation.objects.create(
        university=university,
        role=role,
        email=email,
        note=note,
        uses=uses,
        created_by=by,
        created_at=since,
        sent_at=since if email else None,
        expires_at=since + timedelta(days=14),
    )
