"""Hints a person closes for good."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from apps.web.models import Welcome

if TYPE_CHECKING:
    from apps.accounts.models import User


@transaction.atomic
def close_hint(*, actor: "User") -> None:
    """No more hints of what one's profile lacks. Idempotent.

    Whoever has no row is a member of long standing: closing a hint must not begin their welcome.
    """
    now = timezone.now()
    done = {"finished_at": now, "closed_at": now}
    Welcome.objects.update_or_create(
        person=actor, defaults={"hint_closed_at": now}, create_defaults={"hint_closed_at": now} | done
    )
