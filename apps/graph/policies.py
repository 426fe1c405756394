"""What a person may do to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from apps.graph import selectors
from apps.kernel.errors import Forbidden, NotFound

if TYPE_CHECKING:
    from apps.accounts.models import User


def require_somebody_else(actor: User, target: User) -> None:
    if actor.pk == target.pk:
        raise Forbidden(_("This is you."))


def require_can_follow(actor: User, target: User) -> None:
    """Nobody follows themselves, nor whom they cannot see: who is blocked must not learn that they are."""
    require_somebody_else(actor, target)
    if not selectors.people_visible_to(actor).filter(pk=target.pk).exists():
        raise NotFound
