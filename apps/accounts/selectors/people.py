"""Reads of accounts. Who may see whom is not decided here: graph.selectors.people_visible_to is the gate to people."""

from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now
from django.utils.crypto import constant_time_compare

from apps.accounts import addresses
from apps.accounts.models import Entry, Profile, University, UniversityDomain, User
from apps.kernel.statements import statement

SEEN_EVERY = timedelta(minutes=10)
WAYS_IN = 12  # universities named to somebody whose address belongs to none


def normalise_email(email: str) -> str:
    """The key under which an inbox has one account; empty when the address is not a plain one."""
    return addresses.address_key(email) or ""


def domain_of(email: str) -> UniversityDomain | None:
    """The closest of the universities' domains that the address lies under. One query."""
    above = addresses.domains_above(email)
    found = UniversityDomain.objects.filter(domain__in=above).select_related("university")
    return min(found, key=lambda row: above.index(row.domain), default=None)


def university_for_email(email: str) -> University | None:
    row = domain_of(email)
    return row.university if row else None


def universities() -> "QuerySet[University]":
    return University.objects.order_by("name")


def university_hue(university_id: int) -> int | None:
    return University.objects.filter(pk=university_id).values_list("hue", flat=True).first()


def ways_in() -> list[UniversityDomain]:
    """Domains whose addresses may sign up, by university."""
    rows = UniversityDomain.objects.filter(university__sso_only=False).exclude(university__entry=Entry.CLOSED)
    return list(rows.select_related("university").order_by("university__name", "domain")[:WAYS_IN])


def is_address_taken(email: str, *, but_by: User | None = None) -> bool:
    """Whether another account has this inbox, under whatever plus-tag or case."""
    people = User.objects.filter(email_key=normalise_email(email))
    return people.exclude(pk=but_by.pk).exists() if but_by else people.exists()


def is_username_taken(username: str, *, but_by: User | None = None) -> bool:
    people = User.objects.filter(username=username.lower())
    return people.exclude(pk=but_by.pk).exists() if but_by else people.exists()


def needs_administrator() -> bool:
    """Whether nobody may do everything here: then the first-run wizard is open. One query."""
    return not User.objects.filter(is_superuser=True).exists()


def is_empty() -> bool:
    """Whether there is nobody at all. One query."""
    return not User.objects.exists()


def active_people() -> "QuerySet[User]":
    """Where graph.selectors begins. Not for pages: it knows no blocks."""
    return User.objects.active()


def is_here(person_id: int) -> bool:
    """Whether the person is active this very moment. One query."""
    return bool(_here(person=person_id))


@statement
def _here(*, person: int) -> "QuerySet[Any]":
    return User.objects.active().filter(pk=person).values_list("pk", flat=True)


def people_beginning(words: list[str], *, among: "QuerySet[User]") -> "QuerySet[User]":
    """Those of a small set whose username, or words of whose name, begin so."""
    named = Q(pk__in=User.objects.active().named(words).filter(pk__in=among.values("pk")).values("pk"))
    return among.filter(named | Q(username__startswith="_".join(words)))


def ids_beginning(words: list[str], limit: int) -> list[int]:
    """Of all people, some whose username, or words of whose name, begin so. Two index reads in one query.

    Words of one letter are looked for in usernames only: they begin too many names.
    """
    found = User.objects.active().filter(username__startswith="_".join(words)).values_list("pk", flat=True)[:limit]
    if all(len(word) > 1 for word in words):
        found = found.union(User.objects.active().named(words).values_list("pk", flat=True)[:limit])
    return list(found)


def person_by_username(username: str) -> User | None:
    """An active person, whoever asks; pages go through graph.selectors.person_for instead."""
    return User.objects.active().select_related("university").filter(username=username.lower()).first()


def person_by_login(login: str) -> User | None:
    """Whoever logs in under this address or username, active or not: guesses are counted by account."""
    key = normalise_email(login)
    field = {"email_key": key} if key else {"username": login.strip().lower()}
    return User.objects.filter(**field).only("pk").first()


def profile_of(person: User) -> Profile:
    """The person's profile; an empty one, not saved, when the row is missing."""
    return Profile.objects.filter(user=person).first() or Profile(user=person)


def person_of_session(session: SessionBase) -> User | None:
    """Who is logged in by this session; None when nobody is. With university, last_seen, `session_seen_at`. One query.

    The cache may still hold a session whose log-out happened while Redis was down, so its row must exist (LIBRARIES
    trap 29); the person must be active, and the password still the one the session was opened with.
    """
    person_id = str(session.get(SESSION_KEY) or "")
    if not person_id.isdecimal():
        return None
    person: User | None = _in_session.first(person=int(person_id), key=str(session.session_key))
    if person is None or not _is_of_password(session, person):
        return None
    return person


@statement
def _in_session(*, person: int, key: str) -> "QuerySet[User]":
    row = Session.objects.filter(session_key=key, expire_date__gt=Now())
    seen = UserSession.objects.filter(session_key=key).values("last_seen_at")
    people = User.objects.active().select_related("university", "last_seen").annotate(session_seen_at=Subquery(seen))
    return people.filter(Exists(row), pk=person)


def _is_of_password(session: SessionBase, person: User) -> bool:
    held = session.get(HASH_SESSION_KEY, "")
    hashes = [person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()]
    return any(constant_time_compare(held, known) for known in hashes)


def sessions_of(person: User) -> "QuerySet[UserSession]":
    """Sessions that still live, the last used first."""
    row = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=Now())
    return UserSession.objects.filter(Exists(row), user=person).order_by("-last_seen_at", "-pk")  # type: ignore[no-any-return]
