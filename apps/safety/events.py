"""What safety announces."""

from dataclasses import dataclass
from typing import ClassVar

from apps.kernel.outbox import DomainEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSuspended(DomainEvent):
    TYPE: ClassVar = "user.suspended"
    VERSION: ClassVar = 1
    KEY: ClassVar[str] = "person_id"
    person_id: int
    suspension_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRestored(DomainEvent):
    TYPE: ClassVar = "user.restored"
    VERSION: ClassVar = 1
    KEY: ClassVar[str] = "person_id"
    person_id: int
    suspension_id: int
