"""Reads of posts. Nothing named in an address is loaded but through `post_for` and `comment_for`."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString

from apps.kernel import cursors, ids, text
from apps.kernel.errors import NotFound
from apps.posts import cards as drawing
from apps.posts import comments
from apps.posts.live import visible_rows, with_card_columns
from apps.posts.models import BODY_LIMIT, COMMENT_LIMIT, Audience, Comment, Hashtag, Post, PostTag

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

PAGE = 20
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class CardPage:
    cards: list[SafeString]
    next: str  # cursor of the page after this one, "" at the end


@dataclass(frozen=True, slots=True, kw_only=True)
class Composer:
    """What the form to write a post shows."""

    author: "User"
    key: uuid.UUID
    audience: int
    audiences: list[tuple[int, str]]
    text: str
    error: str
    limit: int = BODY_LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentBox:
    """What the form to write a comment shows."""

    key: uuid.UUID
    text: str
    error: str
    parent: str  # id of the comment that is answered, as it was sent; "" for the post itself
    limit: int = COMMENT_LIMIT


def visible_posts(viewer: "User | AnonymousUser") -> QuerySet[Post]:
    return Post.objects.visible_to(viewer)


def post_for(viewer: "User | AnonymousUser", post_id: int) -> Post:
    """The post as the viewer may see it, with its author. NotFound else."""
    post = Post.objects.visible_to(viewer).select_related("author").filter(pk=post_id).first()
    if post is None:
        raise NotFound("post")
    return post


def any_post(post_id: int) -> Post | None:
    """The post in whatever state, for workers, which show it to nobody."""
    return Post.objects.select_related("author").filter(pk=post_id).first()


def deleted_post_for(viewer: "User", post_id: int) -> Post:
    """A post the viewer may bring back: their own, deleted or not. NotFound else."""
    post = Post.objects.filter(pk=post_id, author=viewer, hidden_at=None).first()
    return post or post_for(viewer, post_id)


def comment_for(viewer: "User | AnonymousUser", comment_id: int) -> Comment:
    """The comment, with its author and post, as the viewer may see them. NotFound else."""
    rows = Comment.objects.filter(comments.may_read(viewer), pk=comment_id, post__in=Post.objects.visible_to(viewer))
    comment = rows.select_related("author", "post__author").first()
    if comment is None:
        raise NotFound("comment")
    return comment


def deleted_comment_for(viewer: "User", comment_id: int) -> Comment:
    """A comment the viewer may bring back: their own, under a post they may see. NotFound else."""
    rows = Comment.objects.filter(author=viewer, hidden_at=None, post__in=Post.objects.visible_to(viewer))
    return rows.filter(pk=comment_id).first() or comment_for(viewer, comment_id)


def cards(
    viewer: "User | AnonymousUser", post_ids: Iterable[int], *, why: Mapping[int, str] | None = None
) -> list[SafeString]:
    """Finished cards of those of the posts that the viewer may see, in the order given. One query."""
    wanted = list(post_ids)
    rows = visible_rows(viewer, wanted)
    return drawing.draw([rows[post_id] for post_id in wanted if post_id in rows], viewer, why=why)


def card_rows(viewer: "User | AnonymousUser", post_ids: Iterable[int]) -> dict[int, Post]:
    """Those that the viewer may see, by id, to be put in order and handed to `draw_cards`. One query."""
    return visible_rows(viewer, post_ids)


def draw_cards(
    viewer: "User | AnonymousUser", rows: list[Post], *, why: Mapping[int, str] | None = None
) -> list[SafeString]:
    return drawing.draw(rows, viewer, why=why)


def whole_post(viewer: "User | AnonymousUser", post_id: int) -> tuple[Post, SafeString]:
    """The post and its card, for the post's own page. One query. NotFound when the viewer may not see it."""
    post = visible_rows(viewer, [post_id]).get(post_id)
    if post is None:
        raise NotFound("post")
    return post, drawing.draw([post], viewer, whole=True)[0]


def explore_page(viewer: "User | AnonymousUser", cursor: str = "") -> CardPage:
    """What is addressed to everyone, newest first."""
    return _newest(viewer, Post.objects.visible_to(viewer).filter(audience=Audience.PUBLIC), cursor)


def author_page(viewer: "User | AnonymousUser", author: "User", cursor: str = "") -> CardPage:
    """What the viewer may see of one author, newest first."""
    return _newest(viewer, Post.objects.visible_to(viewer).filter(author=author), cursor)


def post_count(viewer: "User | AnonymousUser", author: "User") -> int:
    """How many posts of the author the viewer may see."""
    return Post.objects.visible_to(viewer).filter(author=author).count()


def tag_page(viewer: "User | AnonymousUser", name: str, cursor: str = "") -> CardPage:
    """Visible posts that carry the tag, in whatever spelling, newest first. Nothing for a tag nobody has used."""
    tagged = PostTag.objects.filter(tag__name=tag_name(name)).values("post")
    return _newest(viewer, Post.objects.visible_to(viewer).filter(pk__in=tagged), cursor)


def tag_name(name: str) -> str:
    """The one spelling under which a tag is kept."""
    return text.fold(text.clean(name)).lstrip("#")[:64]


def tags_this_week(limit: int = 5) -> list[tuple[str, int]]:
    """The tags most used in public posts of the last seven days, with how often."""
    recent = Q(
        post_edges__created_at__gt=timezone.now() - WEEK,
        post_edges__post__audience=Audience.PUBLIC,
        post_edges__post__deleted_at=None,
        post_edges__post__hidden_at=None,
    )
    tags = Hashtag.objects.filter(recent).annotate(uses=Count("post_edges")).order_by("-uses", "name")
    return list(tags.values_list("name", "uses")[:limit])


def composer(viewer: "User", *, text: str = "", error: str = "", audience: int | None = None) -> Composer:
    """A form with a key of its own: sent twice, it makes one post."""
    choices = [
        (value, str(label)) for value, label in Audience.choices if value != Audience.CAMPUS or viewer.university_id
    ]
    usual = Audience.CAMPUS if viewer.university_id else Audience.PUBLIC
    chosen = usual if audience is None else audience
    return Composer(author=viewer, key=ids.uuid7(), audience=chosen, audiences=choices, text=text, error=error)


def comment_form(*, text: str = "", error: str = "", parent: str = "") -> CommentBox:
    """A form with a key of its own: sent twice, it makes one comment."""
    return CommentBox(key=ids.uuid7(), text=text, error=error, parent=parent)


def _newest(viewer: "User | AnonymousUser", posts: QuerySet[Post], cursor: str) -> CardPage:
    rows = with_card_columns(posts, viewer)
    page = cursors.keyset_page(rows, by=("-created_at", "-id"), after=cursor or None, size=PAGE)
    return CardPage(drawing.draw(page.items, viewer), page.next or "")
