"""Writes of safety: nobody is let in or kept out without a reason and a row that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import services as accounts
from apps.kernel import text
from apps.kernel.errors import Invalid
from apps.kernel.outbox import publish
from apps.safety import policies
from apps.safety.events import UserRestored, UserSuspended
from apps.safety.models import Suspension

if TYPE_CHECKING:
    from apps.accounts.models import User


@transaction.atomic
def suspend(*, actor: User, person: User, reason: str) -> Suspension:
    """Keep a person out: sessions and sockets end within 2 s. Idempotent: who is suspended stays so, once.

    Invalid without a reason, Forbidden for who may not.
    """
    policies.require_may_suspend(actor, person)
    reason = text.clean(reason)
    if not reason:
        raise Invalid(_("Say why, in a sentence."), fields={"reason": _("Say why, in a sentence.")})
    made, created = Suspension.objects.get_or_create(
        person=person, lifted_at=None, defaults={"by": actor, "reason": reason}
    )
    accounts.set_active(actor=actor, person=person, active=False, reason="suspended")
    if created:
        publish(UserSuspended(person_id=person.pk, suspension_id=made.pk), actor_id=actor.pk)
    return made


@transaction.atomic
def restore(*, actor: User, person: User) -> bool:
    """Let a suspended person in again; whether they were suspended. Idempotent; Forbidden for who may not."""
    policies.require_may_suspend(actor, person)
    lifted = Suspension.objects.select_for_update(no_key=True).filter(person=person, lifted_at=None).first()
    if lifted is None:
        return False
    lifted.lifted_at = timezone.now()
    lifted.save(update_fields=["lifted_at"])
    accounts.set_active(actor=actor, person=person, active=True)
    publish(UserRestored(person_id=person.pk, suspension_id=lifted.pk), actor_id=actor.pk)
    return True
