"""Writes of accounts."""

from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, transaction
from django.db.models import Exists
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import addresses, selectors
from apps.accounts.events import SessionRevoked, UserRegistered, UserUpdated
from apps.accounts.models import JoinRequest, LastSeen, Role, University, User
from apps.accounts.services.verification import unverify
from apps.kernel import cache, text
from apps.kernel.errors import Conflict
from apps.kernel.outbox import publish
from apps.kernel.realtime.push import close_session, close_user


def register(
    *, email: str, username: str, name: str, password: str, university: University, role: str = Role.STUDENT
) -> User:
    """A new person, unseen until `confirm`. Conflict when somebody was faster with the name or the address."""
    fields = {"name": text.clean_name(name), "university": university, "role": role, "is_confirmed": False}
    try:
        return User.objects.create_user(username, addresses.canonical(email), password, **fields)
    except IntegrityError as error:
        raise Conflict(_("Somebody was faster with this username or address. Please try another one.")) from error


@transaction.atomic
def confirm(*, person: User) -> bool:
    """The person has shown that the address is theirs: from now on they are here. Idempotent; whether it is new.

    Who waits for staff, or was refused, stays outside.
    """
    undecided = JoinRequest.objects.filter(person_id=person.pk).exclude(state=JoinRequest.State.ACCEPTED)
    changed = User.objects.filter(~Exists(undecided), pk=person.pk, is_confirmed=False).update(is_confirmed=True)
    if changed:
        person.is_confirmed = True
        publish(UserRegistered(person_id=person.pk), actor_id=person.pk)
    return bool(changed)


def touch_last_seen(person_id: int) -> bool:
    """Note that the person is here, at most once in ten minutes; whether it was noted."""
    stale = timezone.now() - selectors.SEEN_EVERY
    return bool(LastSeen.objects.filter(user_id=person_id, at__lt=stale).update(at=Now()))


@transaction.atomic
def set_active(*, actor: User | None, person: User, active: bool, reason: str = "inactive") -> bool:
    """Let a person in, or keep them out: who is not active has no session and no socket left 2 s later.

    Returns whether anything changed. Idempotent.
    """
    changed = User.objects.filter(pk=person.pk, is_active=not active).update(is_active=active)
    person.is_active = active
    if changed:
        cache.invalidate(f"person:{person.pk}")
        publish(UserUpdated(person_id=person.pk), actor_id=actor.pk if actor else None)
    if changed and not active:
        end_all_sessions(actor=actor, person=person, reason=reason)
    return bool(changed)


@transaction.atomic
def set_standing(
    *, actor: User, person: User, role: str, university: University | None, is_staff: bool, is_superuser: bool
) -> User:
    """What a person is on the campus and on the site. Who loses a right is logged out, so that nothing keeps it."""
    before = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    lost = (before.is_staff and not is_staff) or (before.is_superuser and not is_superuser)
    if before.university_id != (university.pk if university else None):
        unverify(actor=actor, person=person)  # it was the other university that knew them
    person.role, person.university, person.is_staff, person.is_superuser = role, university, is_staff, is_superuser
    person.save(update_fields=["role", "university", "is_staff", "is_superuser"])
    cache.invalidate(f"person:{person.pk}")
    publish(UserUpdated(person_id=person.pk), actor_id=actor.pk)
    if lost:
        end_all_sessions(actor=actor, person=person, reason="standing")
    return person


@transaction.atomic
def end_session(*, actor: User, person: User, session_key: str, reason: str = "logout") -> None:
    """End one session of the person here and on every socket. Idempotent."""
    _forget([session_key], person)
    close_session(session_key, reason)
    publish(SessionRevoked(person_id=person.pk, reason=reason), actor_id=actor.pk)


@transaction.atomic
def end_all_sessions(*, actor: User | None, person: User, reason: str, but: str | None = None) -> int:
    """End every session of the person except the one with key `but`; returns how many were known. Idempotent."""
    known = UserSession.objects.filter(user=person).exclude(session_key=but or "")
    keys = list(known.values_list("session_key", flat=True))
    _forget(keys, person)
    if but is None:
        close_user(person.pk, reason)
    for key in keys:
        close_session(key, reason)
    publish(SessionRevoked(person_id=person.pk, reason=reason), actor_id=actor.pk if actor else None)
    return len(keys)


def _forget(session_keys: list[str], person: User) -> None:
    for key in session_keys:
        _session_store().delete(key)
    UserSession.objects.filter(user=person, session_key__in=session_keys).delete()


def _session_store() -> SessionBase:
    store: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore()
    return store
