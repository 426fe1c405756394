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
class PostUpdated(DomainEvent):
    """Its text, its readers or what hangs on it changed; whoever shows it looks again."""

    TYPE: ClassVar[str] = "post.updated"
    KEY: ClassVar[str] = "post_id"
    post_id: int
    author_id: int
    is_text: bool
    is_audience: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PostShared(DomainEvent):
    """Somebody passed a post on: `share_id` is the repost or the quote, a post of its own."""

    TYPE: ClassVar[str] = "post.shared"
    KEY: ClassVar[str] = "post_id"
    post_id: int
    share_id: int
    person_id: int
    is_quote: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteDetached(DomainEvent):
    """The author of `post_id` took it out of a quote of it."""

    TYPE: ClassVar[str] = "quote.detached"
    KEY: ClassVar[str] = "post_id"
    post_id: int
    quote_id: int
    author_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PollClosed(DomainEvent):
    TYPE: ClassVar[str] = "poll.closed"
    KEY: ClassVar[str] = "post_id"
    post_id: int
    author_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BookmarkDue(DomainEvent):
    """The moment has come at which a person wished to be reminded of a post they saved."""

    TYPE: ClassVar[str] = "bookmark.due"
    KEY: ClassVar[str] = "person_id"
    bookmark_id: int
    post_id: int
    person_id: int


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
class CommentFolded(DomainEvent):
    """The author of the post hid a comment under it behind a line, or (not `is_folded`) showed it again."""

    TYPE: ClassVar[str] = "comment.folded"
    KEY: ClassVar[str] = "post_id"
    comment_id: int
    post_id: int
    author_id: int
    is_folded: bool


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
