"""Passing on: to whom one may, what one has, and who quoted a post."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from apps.graph import selectors as graph
from apps.kernel import cursors
from apps.kernel.errors import AppError, NotFound
from apps.posts import cards, policies
from apps.posts.live import visible_rows
from apps.posts.models import Audience, Post
from apps.posts.selectors.posts import PAGE, CardPage, post_for

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


@dataclass(frozen=True, slots=True)
class Passing:
    """What of passing a post on is open to a viewer."""

    choices: list[tuple[str, str]]  # "2", or "3:17" for a circle and its id; and to whom that is
    reposted_to: str  # to whom the viewer has reposted it; "" when they have not
    no_quote: str  # why they may not quote it; "" when they may


def passing(viewer: "User", post: Post) -> Passing:
    """Two queries at most, three where only followers may quote. The post is visible to the viewer."""
    there = Post.objects.filter(author=viewer, repost_of=post, deleted_at=None).select_related("circle").first()
    to = policies.audiences_to_pass_on(viewer, post)
    # Nobody but oneself is nobody to pass a post on to; bookmarks are for that.
    choices = [(str(one.value), str(one.label)) for one in to if one not in (Audience.CIRCLE, Audience.ONLY_ME)]
    if Audience.CIRCLE in to:
        circles = graph.circles_of(viewer)
        choices += [(f"{Audience.CIRCLE.value}:{pk}", _("Circle: %(name)s") % {"name": name}) for pk, name in circles]
    return Passing(choices, _addressed_to(there, viewer) if there else "", _no_quote(viewer, post, to))


def _addressed_to(own: Post, viewer: "User") -> str:
    own.circle_name = own.circle.name if own.circle else None
    return cards.audience_of(own, viewer)


def _no_quote(viewer: "User", post: Post, to: list[Audience]) -> str:
    if not to:
        return _("This was written for some people only, so it cannot be passed on.")
    try:
        policies.require_may_quote(viewer, post, to[0])
    except AppError as refused:
        return str(refused.detail)
    return ""


def passed_on_by(viewer: "User", post_id: int) -> Post:
    """The post, if the viewer has reposted it, even where they may not see it any more; else `post_for`."""
    mine = Post.objects.filter(pk=post_id, reposts__author=viewer, reposts__deleted_at=None)
    return mine.select_related("author").first() or post_for(viewer, post_id)


def quote_for(viewer: "User", quote_id: int) -> Post:
    """A quote, detached or not, with what it quotes, as the viewer may see it. NotFound else."""
    quotes = Post.objects.visible_to(viewer).filter(pk=quote_id, quoted__isnull=False)
    quote = quotes.select_related("author", "quoted").first()
    if quote is None:
        raise NotFound("quote")
    return quote


def quotes_page(viewer: "User | AnonymousUser", post: Post, cursor: str = "") -> CardPage:
    """Visible quotes of the post, newest first, none by people the viewer has muted; its author sees detached ones,
    too, and at each what to do about it. Two queries.
    """
    shown = Post.objects.visible_to(viewer).filter(quoted=post)
    is_own = viewer.pk == post.author_id
    shown = shown if is_own else shown.filter(graph.not_muted(viewer, "author"), detached_at=None)
    page = cursors.keyset_page(shown.only("id"), by=("-id",), after=cursor or None, size=PAGE)
    rows = visible_rows(viewer, [quote.pk for quote in page.items])
    found = [rows[quote.pk] for quote in page.items if quote.pk in rows]
    why = {one.pk: render_to_string("posts/_detach.html", {"quote": one}) for one in found if is_own}
    return CardPage(cards.draw(found, viewer, why=why), page.next or "")


def quote_count(viewer: "User | AnonymousUser", post: Post) -> int:
    """How many quotes of the post the viewer may see."""
    return Post.objects.visible_to(viewer).filter(quoted=post, detached_at=None).count()
