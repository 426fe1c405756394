"""Reads of posts. Nothing named in an address is loaded but through `post_for` and `comment_for`."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.safestring import SafeString

from apps.accounts.selectors import Reach
from apps.accounts.selectors import is_for_search_engines as may_be_indexed
from apps.graph import selectors as graph
from apps.kernel import cursors, ids, text
from apps.kernel.cursors import PageStatement, page_statement
from apps.kernel.errors import NotFound
from apps.kernel.statements import statement
from apps.posts import cards as drawing
from apps.posts import comments
from apps.posts.live import Rows, digest, visible_rows
from apps.posts.models import COMMENT_LIMIT, Audience, Comment, Hashtag, Post, PostTag
from apps.posts.selectors import quiet
from apps.posts.selectors.boosts import boost_moments
from apps.posts.selectors.pins import pinned_ids, standing_ids

if TYPE_CHECKING:
    from apps.accounts.models import User

PAGE = 20
NOBODY = 0  # the id of no person
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class CardPage:
    cards: list[SafeString]
    next: str  # cursor of the page after this one, "" at the end
    pinned: list[SafeString] = field(default_factory=list)  # above the others, and not among them


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
    """The post as the viewer may see it, with its author. NotFound else, and for a repost: it is no post of its own."""
    post: Post | None = _one.first(graph.kind_of(viewer), post=post_id, **graph.ids_of(viewer))
    if post is None:
        raise NotFound("post")
    return post


@statement
def _one(kind: graph.Kind, *, post: int, **ids: int) -> QuerySet[Post]:
    visible = Post.objects.visible_to(graph.stand_in(kind, ids))
    return visible.select_related("author").filter(pk=post, repost_of=None)[:1]


def any_post(post_id: int) -> Post | None:
    """The post in whatever state, for workers, which show it to nobody."""
    return _any.first(post=post_id)


@statement
def _any(*, post: int) -> QuerySet[Post]:
    return Post.objects.select_related("author").filter(pk=post)


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


def card_rows(viewer: "User | AnonymousUser", post_ids: Iterable[int]) -> Rows:
    """Those that the viewer may see, by id, to be put in order and handed to `draw_cards`. One query."""
    return visible_rows(viewer, post_ids)


def rows_hold(viewer: "User | AnonymousUser", post_ids: Iterable[int], known: bytes) -> bool:
    """Whether the rows of these posts are those that had this digest: their cards would be the same. One query."""
    return digest(viewer, post_ids) == known


def cards_hold_until(rows: Iterable[Post]) -> float:
    """When cards change by time alone, as time.time(): a poll among them closes, a boost begins or ends. No query while
    boosts are kept.
    """
    now = timezone.now()
    polls = [one.poll for post in rows for one in (post, post.passed_on) if one and one.poll]
    moments = [*boost_moments(), *(datetime.fromisoformat(poll["closes_at"]) for poll in polls)]
    return min((moment.timestamp() for moment in moments if moment > now), default=float("inf"))


def draw_cards(
    viewer: "User | AnonymousUser", rows: list[Post], *, why: Mapping[int, str] | None = None
) -> dict[int, SafeString]:
    """Cards by the id of their post, in the order given; `why` is put above the acts of each."""
    return drawing.draw_by_id(rows, viewer, why=why)


def whole_post(viewer: "User | AnonymousUser", post_id: int) -> tuple[Post, SafeString]:
    """The post and its card, for the post's own page; of a repost, the post it passes on. NotFound when the viewer may
    not see it. One query.
    """
    found = visible_rows(viewer, [post_id]).get(post_id)
    post = found.passed_on if found is not None and found.repost_of_id else found
    if post is None:
        raise NotFound("post")
    return post, drawing.draw([post], viewer, whole=True)[0]


def quoted_card(viewer: "User | AnonymousUser", post_id: int) -> SafeString:
    """The post as it stands above a comment of its talk. NotFound when the viewer may not see it. One query."""
    post = visible_rows(viewer, [post_id]).get(post_id)
    if post is None:
        raise NotFound("post")
    return drawing.quote_of(post, viewer)


def is_for_search_engines(post: Post) -> bool:
    """Whether a search engine may keep the page of a post that a guest may see. At most one query."""
    return may_be_indexed(post.author)


def explore_page(viewer: "User | AnonymousUser", cursor: str = "") -> CardPage:
    """What is addressed to everyone, newest first, without people, words and threads the viewer has muted.

    Reposts are for who follows the reposter: here they would show one post again and again.
    """
    page = _explored(*_shape_of(viewer), **_values_of(viewer), **_page(cursor))
    return _newest(viewer, _ids(page), page.next)


@partial(PageStatement, planned_once=True)
def _explored(kind: graph.Kind, has_quiet: bool, **values: Any) -> QuerySet[Any]:
    shown = _unasked(kind, has_quiet, values).filter(audience=Audience.PUBLIC, repost_of=None)
    return shown.values_list("id", "created_at", named=True)


def _unasked(kind: graph.Kind, has_quiet: bool, values: dict[str, Any]) -> QuerySet[Post]:
    """What a viewer may see, without people, words and threads they have muted."""
    viewer = graph.stand_in(kind, values)
    shown = Post.objects.visible_to(viewer).filter(graph.not_muted(viewer, "author"))
    if has_quiet:
        shown = shown.filter(quiet.quiet_left_out(values["me"], values["quiet"]))
    return shown


def _shape_of(viewer: "User | AnonymousUser") -> tuple[graph.Kind, bool]:
    return graph.kind_of(viewer), quiet.has_quiet(viewer)


def _values_of(viewer: "User | AnonymousUser") -> dict[str, Any]:
    said = {"quiet": quiet.muted_words_pattern(viewer)} if quiet.has_quiet(viewer) else {}
    return graph.ids_of(viewer) | said


def _page(cursor: str) -> dict[str, Any]:
    return {"by": ("-created_at", "-id"), "after": cursor or None, "size": PAGE}


def author_page(viewer: "User | AnonymousUser", author: "User", cursor: str = "") -> CardPage:
    """What the viewer may see of one author, newest first; on the first page what they have pinned stands above."""
    kind, values = graph.kind_of(viewer), graph.ids_of(viewer) | {"author": author.pk}
    pinned = [] if cursor else standing_ids(author.pk)
    but: dict[str, Any] = {"pinned": pinned} if pinned else {}
    page = _written(kind, bool(pinned), **values, **but, **_page(cursor))
    return _newest(viewer, _ids(page), page.next, above=pinned)


@page_statement
def _written(kind: graph.Kind, has_pinned: bool, *, author: int, pinned: Any = None, **ids: int) -> QuerySet[Any]:
    """What stands above is listed neither again nor passed on again."""
    shown = Post.objects.visible_to(graph.stand_in(kind, ids)).filter(author=author)
    if has_pinned:
        above = RawSQL("SELECT unnest(%s::bigint[])", [pinned])
        shown = shown.exclude(pk__in=above).exclude(repost_of__in=above)
    return shown.values_list("id", "created_at", named=True)


def author_page_as(relation: Reach, author: "User", cursor: str = "") -> CardPage:
    """What somebody who stands so to the author, and as a follower is of their campus, may see of them."""
    if relation == Reach.EVERYONE:
        return author_page(AnonymousUser(), author, cursor)
    stand_in = get_user_model()(pk=NOBODY, university_id=author.university_id)
    posts = Post.objects.visible_to(stand_in)
    if relation == Reach.FOLLOWERS:
        campus = Q(audience=Audience.CAMPUS, university=author.university_id)
        posts = Post.objects.live().filter(Q(audience__in=[Audience.PUBLIC, Audience.FOLLOWERS]) | campus)
    posts = posts.filter(author=author)
    pinned = [] if cursor else list(pinned_ids(posts, timezone.now()))
    if pinned:
        posts = posts.exclude(pk__in=pinned).exclude(repost_of__in=pinned)
    page = cursors.keyset_page(posts.only("id", "created_at"), **_page(cursor))
    return _newest(stand_in, _ids(page), page.next, loaded_for=author, above=pinned)


def post_count(viewer: "User | AnonymousUser", author: "User") -> int:
    """How many posts of the author the viewer may see."""
    return Post.objects.visible_to(viewer).filter(author=author).count()


def tag_page(viewer: "User | AnonymousUser", name: str, cursor: str = "") -> CardPage:
    """Visible posts that carry the tag, in whatever spelling, newest first, without what the viewer has muted."""
    values: dict[str, Any] = _values_of(viewer) | {"tag": tag_name(name)}
    page = _tagged(*_shape_of(viewer), by=("-created_at", "-post_id"), after=cursor or None, size=PAGE, **values)
    return _newest(viewer, [edge.post_id for edge in page.items], page.next)


@partial(PageStatement, planned_once=True)
def _tagged(kind: graph.Kind, has_quiet: bool, *, tag: str, **values: Any) -> QuerySet[Any]:
    """Read along the index of the tag's posts, newest first, so that one with 100,000 costs what one with ten does.

    A single tag by a subselect, and visibility of each post in turn, are what keeps to that order.
    """
    shown = _unasked(kind, has_quiet, values).filter(pk=OuterRef("post"))
    carried = PostTag.objects.filter(Exists(shown), tag=Subquery(Hashtag.objects.filter(name=tag).values("pk")[:1]))
    return carried.values_list("post_id", "created_at", named=True)


def tag_name(name: str) -> str:
    """The one spelling under which a tag is kept."""
    return text.fold(text.clean(name)).lstrip("#")[:64]


def comment_form(*, text: str = "", error: str = "", parent: str = "") -> CommentBox:
    """A form with a key of its own: sent twice, it makes one comment."""
    return CommentBox(key=ids.uuid7(), text=text, error=error, parent=parent)


def _newest(
    viewer: "User | AnonymousUser",
    listed: Sequence[int],
    onward: str | None,
    *,
    loaded_for: "User | None" = None,
    above: Sequence[int] = (),
) -> CardPage:
    """One query: all that the cards show of the posts `listed` on a page, and of those `above`.

    `loaded_for` is the author when a stand-in looks, who is nobody's follower: nothing is shown but their own posts.
    """
    rows = visible_rows(loaded_for or viewer, [*above, *listed])
    drawn = drawing.draw_by_id(_each_once(rows[post_id] for post_id in (*above, *listed) if post_id in rows), viewer)
    pinned, rest = ([drawn[post_id] for post_id in some if post_id in drawn] for some in (above, listed))
    return CardPage(rest, onward or "", pinned)


def _ids(page: cursors.Page[Any]) -> list[int]:
    return [post.id for post in page.items]


def _each_once(rows: Iterable[Post]) -> list[Post]:
    """Without what stands on the page already: somebody's post, and their own repost of it."""
    first: dict[int, Post] = {}
    for row in rows:
        first.setdefault(row.repost_of_id or row.pk, row)
    return list(first.values())
