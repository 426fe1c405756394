"""What graph announces."""

from dataclasses import dataclass
from typing import ClassVar

from apps.kernel.outbox import DomainEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed(DomainEvent):
    TYPE: ClassVar = "user.followed"
    VERSION: ClassVar = 1
    KEY: ClassVar[str] = "follower_id"
    follower_id: int
    followee_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfollowed(DomainEvent):
    """Also announced, once per direction there was, when a block ends a follow."""

    TYPE: ClassVar = "user.unfollowed"
    VERSION: ClassVar = 1
    KEY: ClassVar[str] = "follower_id"
    follower_id: int
    followee_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked(DomainEvent):
    TYPE: ClassVar = "user.blocked"
    VERSION: ClassVar = 1
    KEY: ClassVar[str] = "blocker_id"
    blocker_id: int
    blocked_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unblocked(DomainEvent):
    TYPE: ClassVar = "user.unblocked"
    VERSION: ClassVar = 1
    KEY: ClassVar[str] = "blocker_id"
    blocker_id: int
    blocked_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowRequested(DomainEvent):
    """Somebody asks to follow a private profile. Accepting it announces `user.followed`; declining it nothing."""

    TYPE: ClassVar = "user.follow_requested"
    VERSION: ClassVar = 1
    KEY: ClassVar[str] = "follower_id"
    follower_id: int
    followee_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CircleChanged(DomainEvent):
    """These people came into a circle of the owner's, or left one. Who stops following says `user.unfollowed`."""

    TYPE: ClassVar = "circle.changed"
    VERSION: ClassVar = 1
    KEY: ClassVar[str] = "owner_id"
    owner_id: int
    person_ids: list[int]
