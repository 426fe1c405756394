"""What the apps above ask before a write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from apps.accounts import selectors as accounts
from apps.kernel.errors import Forbidden

if TYPE_CHECKING:
    from apps.accounts.models import User


def require_may_write(actor: User) -> None:
    """Forbidden for who is suspended. Asked of the database: the request may have begun before the suspension."""
    if not accounts.is_here(actor.pk):
        raise Forbidden(_("Your account is suspended, so you cannot write."))


def require_may_suspend(actor: User, person: User) -> None:
    """Staff may suspend others, but only a superuser may suspend staff."""
    if not actor.is_staff or not actor.has_perm("safety.add_suspension"):
        raise Forbidden(_("Only moderators suspend people."))
    if actor.pk == person.pk:
        raise Forbidden(_("You cannot suspend yourself."))
    if person.is_staff and not actor.is_superuser:
        raise Forbidden(_("Only an administrator can suspend staff."))
