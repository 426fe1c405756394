"""Writes of verification: the badge comes, is renewed and goes; students become alumni."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import selectors
from apps.accounts.events import Graduated, UserUpdated, VerificationCodeAsked, VerificationEnding
from apps.accounts.models import Role, User, Verification
from apps.kernel import cache, limits, text
from apps.kernel.errors import Conflict
from apps.kernel.outbox import publish

USUAL_DAYS = 400  # for who belongs to no university
REMINDERS = (timedelta(days=30), timedelta(days=7))  # before the end
BATCH = 500


@transaction.atomic
def verify(
    *, person: User, source: str, by: User | None = None, until: datetime | None = None, note: str = ""
) -> Verification:
    """The person belongs to their university, as `source` shows, for as long as the university says or `until`.

    The one place where the badge comes from. Takes the place of an earlier verification.
    """
    now = timezone.now()
    days = person.university.verified_days if person.university else USUAL_DAYS
    ends = until or now + timedelta(days=days)
    made, _created = Verification.objects.update_or_create(
        person=person,
        defaults={
            "source": source,
            "verified_at": now,
            "expires_at": ends,
            "reminded_at": None,
            "verified_by": by,
            "note": text.clean_name(note)[:200],
        },
    )
    _set_end(person, ends, actor=by or person)
    return made


@transaction.atomic
def unverify(*, actor: User, person: User) -> bool:
    """Take the badge away; whether there was one. Idempotent."""
    gone, _rows = Verification.objects.filter(person=person).delete()
    if gone:
        _set_end(person, None, actor=actor)
    return bool(gone)


def _set_end(person: User, ends: datetime | None, *, actor: User) -> None:
    User.objects.filter(pk=person.pk).update(verified_until=ends)
    person.verified_until = ends
    cache.invalidate(f"person:{person.pk}")
    publish(UserUpdated(person_id=person.pk), actor_id=actor.pk)


@transaction.atomic
def ask_for_code(*, actor: User) -> int:
    """A code goes to the person's campus address; returns the moment it belongs to, to be kept in the session.

    Conflict when there is nothing to renew yet, or no campus address to send it to.
    """
    if not selectors.may_renew(actor, selectors.verification_of(actor)):
        raise Conflict(_("There is nothing to renew yet."))
    limits.check("verification.mail", person_id=actor.pk)
    stamp = int(timezone.now().timestamp())
    publish(VerificationCodeAsked(person_id=actor.pk, stamp=stamp), actor_id=actor.pk)
    return stamp


def renew(*, actor: User, stamp: int, code: str) -> Verification | None:
    """The person shows the code that was asked for at `stamp`; None when it is wrong or too old. Guesses count."""
    limits.check("verification.try", person_id=actor.pk)
    plain = "".join(sign for sign in code.upper() if sign.isascii() and sign.isalnum())
    expected = selectors.renewal_code(actor, stamp).replace("-", "")
    # An address that has changed since the code was asked for may no longer be one of the campus.
    lives = selectors.code_lives(stamp) and selectors.is_campus_address(actor)
    if not lives or not hmac.compare_digest(plain, expected):
        return None
    return verify(person=actor, source=Verification.Source.MAIL)


def remind_of_ends() -> int:
    """Announce, once at each of REMINDERS, the badges that are about to go; returns how many. For the clock."""
    return sum(_remind(before) for before in REMINDERS)


def _remind(before: timedelta) -> int:
    """Claimed in the database, so that two clocks send one mail."""
    now = timezone.now()
    untold = Q(reminded_at=None) | Q(reminded_at__lt=F("expires_at") - before)
    due = Verification.objects.filter(untold, expires_at__gt=now, expires_at__lte=now + before)
    ids = list(due.filter(person__is_active=True).values_list("pk", flat=True))
    for pk in ids:
        with transaction.atomic():
            if due.filter(pk=pk).update(reminded_at=now):
                publish(VerificationEnding(person_id=pk), actor_id=None)
    return len(ids)


@transaction.atomic
def graduate(*, actor: User | None, person: User) -> bool:
    """A student becomes an alumnus, and keeps everything else; whether it is new. Idempotent.

    actor: the person themself or staff; None for the clock.
    """
    changed = User.objects.filter(pk=person.pk, role=Role.STUDENT).update(role=Role.ALUMNI)
    if changed:
        person.role = Role.ALUMNI
        cache.invalidate(f"person:{person.pk}")
        actor_id = actor.pk if actor else None
        publish(UserUpdated(person_id=person.pk), actor_id=actor_id)
        publish(Graduated(person_id=person.pk), actor_id=actor_id)
    return bool(changed)


def graduate_due() -> int:
    """Make alumni of students whose day of graduation has passed; returns how many. For the clock."""
    return sum(graduate(actor=None, person=person) for person in _graduates())


def _graduates() -> QuerySet[User]:
    today = timezone.localdate()
    students = User.objects.active().filter(role=Role.STUDENT, profile__graduates_on__lt=today)
    return students.order_by("pk")[: BATCH * 20]
