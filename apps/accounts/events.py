"""What accounts announces. Ids only; a session's key opens an account, so it never stands in an event."""

from dataclasses import dataclass
from typing import ClassVar

from apps.kernel.outbox import DomainEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRegistered(DomainEvent):
    """Somebody new is here, and has shown that the address is theirs."""

    TYPE: ClassVar = "user.registered"
    VERSION: ClassVar = 1
    KEY: ClassVar[str] = "person_id"
    person_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UserUpdated(DomainEvent):
    """Name, username, profile or activity of a person changed."""

    TYPE: ClassVar = "user.updated"
    VERSION: ClassVar = 1
    KEY: ClassVar[str] = "person_id"
    person_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRevoked(DomainEvent):
    """One or more of a person's sessions ended before their time."""

    TYPE: ClassVar = "session.revoked"
    VERSION: ClassVar = 1
    KEY: ClassVar[str] = "person_id"
    person_id: int
    reason: str
