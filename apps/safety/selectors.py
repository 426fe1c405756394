"""Reads of safety."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.safety.models import Suspension

if TYPE_CHECKING:
    from apps.accounts.models import User


def open_suspension(person: User) -> Suspension | None:
    return Suspension.objects.filter(person=person, lifted_at=None).first()
