"""Posts as data, with no more in them than their cards show (RE5)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from apps.posts import polls
from apps.posts.models import Feeling, Post

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


def as_data(viewer: "User | AnonymousUser", rows: Sequence[Post]) -> list[dict[str, Any]]:
    """Posts loaded by `card_rows`, in their order. One query for the texts; who was let see the rows sees these.

    A post whose text is changed in this very moment is left out, as from a page of cards.
    """
    shown = [one for post in rows for one in (post, post.passed_on, _of_passed_on(post)) if one is not None]
    texts = Post.objects.filter(pk__in={post.pk for post in shown}).values_list("pk", "version", "body")
    bodies = {(pk, version): body for pk, version, body in texts}
    made = []
    for post in rows:
        item = _item(viewer, post, bodies)
        original = _item(viewer, post.passed_on, bodies) if post.passed_on else None
        if item is None or (post.repost_of_id and original is None):
            continue
        if post.repost_of_id and original and post.passed_on:
            item["repost_of"] = original | _quoted(viewer, _of_passed_on(post), bodies)
        made.append(item if post.repost_of_id else item | _quoted(viewer, post.passed_on, bodies))
    return made


def _of_passed_on(post: Post) -> Post | None:
    """What a reposted quote quotes."""
    return getattr(post.passed_on, "passed_on", None) if post.repost_of_id else None


def _quoted(viewer: "User | AnonymousUser", post: Post | None, bodies: dict[tuple[int, int], str]) -> dict[str, Any]:
    item = _item(viewer, post, bodies) if post else None
    return {"quoted": item} if item else {}


def _item(viewer: "User | AnonymousUser", post: Post, bodies: dict[tuple[int, int], str]) -> dict[str, Any] | None:
    """Ids as strings: they are larger than JavaScript's integers."""
    body = bodies.get((post.pk, post.version))
    if body is None:
        return None
    item: dict[str, Any] = {
        "id": str(post.pk),
        "author": {"username": post.author.username, "name": post.author.name},
        "body": body,
        "created_at": post.created_at.isoformat(),
        "edited_at": post.edited_at.isoformat() if post.edited_at else None,
        "warning": post.warning,
        "reactions": {Feeling(int(kind)).name.lower(): n for kind, n in sorted(post.reactions.items()) if n > 0},
        "comments": post.comment_count - post.unheard,
        "reposts": post.repost_count,
    }
    if post.poll:
        item["poll"] = _poll(viewer, post)
    return item


def _poll(viewer: "User | AnonymousUser", post: Post) -> dict[str, Any]:
    """Votes are null as long as the viewer is not shown results."""
    poll = polls.shown(post, viewer)
    return {
        "question": poll.question,
        "answers": [{"text": one.text, "votes": one.votes if poll.has_results else None} for one in poll.answers],
        "voters": poll.voters,
        "closes_at": poll.closes_at.isoformat(),
    }
