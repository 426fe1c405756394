"""Reads of posts. Nothing named in an address is loaded but through `post_for` and `comment_for`."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.accounts.selectors import Reach
from apps.accounts.selectors import is_for_search_engines as may_be_indexed
from apps.graph import selectors as graph
from apps.kernel import cursors, ids, text
from apps.kernel.errors import NotFound
from apps.posts import cards as drawing
from apps.posts import comments
from apps.posts.live import visible_rows, with_card_columns
from apps.posts.models import BODY_LIMIT, COMMENT_LIMIT, Audience, Comment, Hashtag, Post, PostTag

if TYPE_CHECKING:
    from apps.accounts.models import User

PAGE = 20
NOBODY = 0  # the id of no person
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
    audience: str
    audiences: list[tuple[str, str]]  # "2", or "3:17" for a circle and its id
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


def is_for_search_engines(post: Post) -> bool:
    """Whether a search engine may keep the page of a post that a guest may see. At most one query."""
    return may_be_indexed(post.author)


def explore_page(viewer: "User | AnonymousUser", cursor: str = "") -> CardPage:
    """What is addressed to everyone, newest first, but from people the viewer has muted."""
    shown = Post.objects.visible_to(viewer).filter(graph.not_muted(viewer, "author"), audience=Audience.PUBLIC)
    return _newest(viewer, shown, cursor)


def author_page(viewer: "User | AnonymousUser", author: "User", cursor: str = "") -> CardPage:
    """What the viewer may see of one author, newest first."""
    return _newest(viewer, Post.objects.visible_to(viewer).filter(author=author), cursor)


def author_page_as(relation: Reach, author: "User", cursor: str = "") -> CardPage:
    """What somebody who stands so to the author, and as a follower is of their campus, may see of them."""
    if relation == Reach.EVERYONE:
        return author_page(AnonymousUser(), author, cursor)
    stand_in = get_user_model()(pk=NOBODY, university_id=author.university_id)
    posts = Post.objects.visible_to(stand_in)
    if relation == Reach.FOLLOWERS:
        campus = Q(audience=Audience.CAMPUS, university=author.university_id)
        posts = Post.objects.live().filter(Q(audience__in=[Audience.PUBLIC, Audience.FOLLOWERS]) | campus)
    return _newest(stand_in, posts.filter(author=author), cursor)


def post_count(viewer: "User | AnonymousUser", author: "User") -> int:
    """How many posts of the author the viewer may see."""
    return Post.objects.visible_to(viewer).filter(author=author).count()


def tag_page(viewer: "User | AnonymousUser", name: str, cursor: str = "") -> CardPage:
    """Visible posts that carry the tag, in whatever spelling, newest first; none of people the viewer has muted."""
    tagged = PostTag.objects.filter(tag__name=tag_name(name)).values("post")
    shown = Post.objects.visible_to(viewer).filter(graph.not_muted(viewer, "author"), pk__in=tagged)
    return _newest(viewer, shown, cursor)


def tag_name(name: str) -> str:
    """The one spelling under which a tag is kept."""
    return text.fold(text.clean(name)).lstrip("#")[:64]


def tags_this_week(limit: int = 5) -> list[tuple[str, int]]:
    """The tags most used in posts of the last seven days that everyone may see, with how often."""
    recent = Q(
        post_edges__created_at__gt=timezone.now() - WEEK,
        post_edges__post__audience=Audience.PUBLIC,
        post_edges__post__author__posts_for=Reach.EVERYONE,
        post_edges__post__author__is_active=True,
        post_edges__post__deleted_at=None,
        post_edges__post__hidden_at=None,
    )
    tags = Hashtag.objects.filter(recent).annotate(uses=Count("post_edges")).order_by("-uses", "name")
    return list(tags.values_list("name", "uses")[:limit])


def composer(viewer: "User", *, text: str = "", error: str = "", audience: str = "") -> Composer:
    """A form with a key of its own: sent twice, it makes one post. No query while the viewer's circles are kept."""
    to = [Audience.PUBLIC, Audience.CAMPUS, Audience.FOLLOWERS]
    choices = [(str(one.value), str(one.label)) for one in to if one != Audience.CAMPUS or viewer.university_id]
    for circle_id, name in graph.circles_of(viewer):
        choices.append((f"{Audience.CIRCLE.value}:{circle_id}", _("Circle: %(name)s") % {"name": name}))
    usual = Audience.CAMPUS if viewer.university_id else Audience.PUBLIC
    chosen = audience or str(usual.value)
    return Composer(author=viewer, key=ids.uuid7(), audience=chosen, audiences=choices, text=text, error=error)


def comment_form(*, text: str = "", error: str = "", parent: str = "") -> CommentBox:
    """A form with a key of its own: sent twice, it makes one comment."""
    return CommentBox(key=ids.uuid7(), text=text, error=error, parent=parent)


def _newest(viewer: "User | AnonymousUser", posts: QuerySet[Post], cursor: str) -> CardPage:
    rows = with_card_columns(posts, viewer)
    page = cursors.keyset_page(rows, by=("-created_at", "-id"), after=cursor or None, size=PAGE)
    return CardPage(drawing.draw(page.items, viewer), page.next or "")
