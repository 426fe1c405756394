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


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyChanged(DomainEvent):
    """A person decided anew who may see or do what. It holds from the commit on; listeners only tidy up."""

    TYPE: ClassVar = "user.privacy_changed"
    VERSION: ClassVar = 1
    KEY: ClassVar[str] = "person_id"
    person_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinRequestDecided(DomainEvent):
    """Staff let somebody in, or did not."""

    TYPE: ClassVar = "join_request.decided"
    VERSION: ClassVar = 1
    KEY: ClassVar[str] = "person_id"
    person_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationIssued(DomainEvent):
    """An invitation for one address waits for its mail, for the first time or again."""

    TYPE: ClassVar = "invitation.issued"
    VERSION: ClassVar = 1
    KEY: ClassVar[str] = "invitation_id"
    invitation_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationCodeAsked(DomainEvent):
    """Somebody wants to show again that the campus address is theirs. The code follows from `stamp`."""

    TYPE: ClassVar = "verification.code_asked"
    VERSION: ClassVar = 1
    KEY: ClassVar[str] = "person_id"
    person_id: int
    stamp: int  # seconds since 1970


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationEnding(DomainEvent):
    """A badge is about to go."""

    TYPE: ClassVar = "verification.ending"
    VERSION: ClassVar = 1
    KEY: ClassVar[str] = "person_id"
    person_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Graduated(DomainEvent):
    """A student has become an alumnus."""

    TYPE: ClassVar = "user.graduated"
    VERSION: ClassVar = 1
    KEY: ClassVar[str] = "person_id"
    person_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileLinkAdded(DomainEvent):
    """A person called an address theirs: whether the page there says so too is to be looked up."""

    TYPE: ClassVar = "profile.link_added"
    VERSION: ClassVar = 1
    KEY: ClassVar[str] = "person_id"
    person_id: int
    link_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileLinkDue(DomainEvent):
    """Whether the page behind a link still says so is to be looked up: a week has passed, or its person asks."""

    TYPE: ClassVar = "profile.link_due"
    VERSION: ClassVar = 1
    KEY: ClassVar[str] = "person_id"
    person_id: int
    link_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceAdded(DomainEvent):
    """Somebody logged in with a browser they had not used here before. `session_id` is that log-in's UserSession."""

    TYPE: ClassVar = "session.device_added"
    VERSION: ClassVar = 1
    KEY: ClassVar[str] = "person_id"
    person_id: int
    session_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyChanged(DomainEvent):
    """A password or a second factor of a person changed. `change` says which (apps/accounts/services/sessions.py)."""

    TYPE: ClassVar = "user.safety_changed"
    VERSION: ClassVar = 1
    KEY: ClassVar[str] = "person_id"
    person_id: int
    change: str
    session_id: int  # the UserSession it was done in; 0 when nobody was logged in
