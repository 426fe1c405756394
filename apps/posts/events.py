"""What this app announces."""

from dataclasses import dataclass
from typing import ClassVar

from apps.kernel.outbox import DomainEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCreated(DomainEvent):
    TYPE: ClassVar[str] = "post.created"
    KEY: ClassVar[str] = "post_id"
    post_id: int
    author_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDeleted(DomainEvent):
    TYPE: ClassVar[str] = "post.deleted"
    KEY: ClassVar[str] = "post_id"
    post_id: int
    author_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRestored(DomainEvent):
    TYPE: ClassVar[str] = "post.restored"
    KEY: ClassVar[str] = "post_id"
    post_id: int
    author_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentCreated(DomainEvent):
    TYPE: ClassVar[str] = "comment.created"
    KEY: ClassVar[str] = "post_id"
    comment_id: int
    post_id: int
    author_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentDeleted(DomainEvent):
    TYPE: ClassVar[str] = "comment.deleted"
    KEY: ClassVar[str] = "post_id"
    comment_id: int
    post_id: int
    author_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentRestored(DomainEvent):
    TYPE: ClassVar[str] = "comment.restored"
    KEY: ClassVar[str] = "post_id"
    comment_id: int
    post_id: int
    author_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionAdded(DomainEvent):
    """A like of a post, or of a comment under it when `comment_id` is given."""

    TYPE: ClassVar[str] = "reaction.added"
    KEY: ClassVar[str] = "post_id"
    post_id: int
    comment_id: int | None
    person_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionRemoved(DomainEvent):
    TYPE: ClassVar[str] = "reaction.removed"
    KEY: ClassVar[str] = "post_id"
    post_id: int
    comment_id: int | None
    person_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentioned(DomainEvent):
    """Somebody who may see the text was named in a post, or in a comment when `comment_id` is given."""

    TYPE: ClassVar[str] = "mention.created"
    KEY: ClassVar[str] = "post_id"
    post_id: int
    comment_id: int | None
    author_id: int
    person_id: int
