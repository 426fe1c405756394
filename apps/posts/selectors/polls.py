"""Reads of polls beyond what stands in a card."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.graph import selectors as graph
from apps.kernel import cursors
from apps.kernel.errors import Forbidden, NotFound
from apps.posts import polls
from apps.posts.live import visible_rows
from apps.posts.models import Ballot, Post

if TYPE_CHECKING:
    from apps.accounts.models import User

PAGE = 50


@dataclass(frozen=True, slots=True)
class Voters:
    poll: polls.Shown
    place: int  # of the answer whose voters these are
    page: cursors.Page[Ballot]


def poll_page(viewer: "User", post_id: int) -> Post:
    """A post that asks something, loaded for `polls.draw`. NotFound when the viewer may not see it or it asks none."""
    post = visible_rows(viewer, [post_id]).get(post_id)
    if post is None or not post.poll:
        raise NotFound("poll")
    return post


def voters_page(viewer: "User", post_id: int, place: int, cursor: str = "") -> Voters:
    """Who chose an answer, newest first, of those whom the viewer may know of. Two queries.

    Forbidden where nobody sees who voted, its author included, and while the viewer is shown no results.
    """
    post = poll_page(viewer, post_id)
    poll = polls.shown(post, viewer)
    if poll.is_anonymous:
        raise Forbidden(polls.nobody_sees())
    if not poll.has_results:
        raise Forbidden(polls.vote_first())
    if place not in range(len(poll.answers)):
        raise NotFound("answer")
    chosen = Ballot.objects.filter(poll=post_id, choices__contains=[place], person__in=graph.people_visible_to(viewer))
    rows = chosen.select_related("person__university")
    return Voters(poll, place, cursors.keyset_page(rows, by=("-id",), after=cursor or None, size=PAGE))
