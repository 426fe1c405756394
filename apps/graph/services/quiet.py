"""Mutes and notes: nobody else learns of either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.graph import policies, selectors
from apps.graph.models import NOTE_LIMIT, Mute, PersonNote
from apps.kernel import cache, limits
from apps.kernel.errors import Invalid
from apps.kernel.text import clean

if TYPE_CHECKING:
    from datetime import datetime

    from apps.accounts.models import User


@transaction.atomic
def mute(*, actor: User, target: User, until: datetime | None = None, with_notifications: bool = True) -> Mute:
    """Leaves somebody out of the actor's lists, without end or `until` a time; a new wish replaces the one before.

    The target's own pages stay as they were. Invalid for a time that has passed, Forbidden for oneself.
    """
    policies.require_somebody_else(actor, target)
    limits.check("mute", person_id=actor.pk)
    if until is not None and until <= timezone.now():
        raise Invalid(_("This time has passed."))
    made, _created = Mute.objects.update_or_create(
        muter=actor, muted=target, defaults={"until": until, "with_notifications": with_notifications}
    )
    _forget_lists(actor)
    return made


@transaction.atomic
def unmute(*, actor: User, target: User) -> bool:
    """Whether there was a mute to undo. Idempotent."""
    count, _ = Mute.objects.filter(muter=actor, muted=target).delete()
    _forget_lists(actor)
    return bool(count)


def purge_mutes() -> int:
    """Forgets the mutes that have run out; they count as none from that moment on anyway. Returns how many."""
    count, _ = Mute.objects.filter(until__lte=timezone.now()).delete()
    return count


@transaction.atomic
def write_note(*, actor: User, person: User, text: str) -> PersonNote | None:
    """Keeps what the actor notes about somebody, for the actor alone; an empty text forgets it.

    Invalid (with fields) when it is longer than NOTE_LIMIT, Forbidden about oneself.
    """
    policies.require_somebody_else(actor, person)
    limits.check("person.note", person_id=actor.pk)
    body = clean(text)
    if len(body) > NOTE_LIMIT:
        raise Invalid(fields={"text": _("A note has at most %(limit)d characters.") % {"limit": NOTE_LIMIT}})
    if not body:
        PersonNote.objects.filter(author=actor, person=person).delete()
        return None
    note, _created = PersonNote.objects.update_or_create(
        author=actor, person=person, defaults={"text": body, "updated_at": Now()}
    )
    return note


def _forget_lists(muter: User) -> None:
    cache.invalidate(selectors.mutes_tag(muter.pk), f"person:{muter.pk}")
