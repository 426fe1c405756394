"""Writes of the timelines. All of them can be run again, and `rebuild_all` makes everything from the posts.

Who may write what at the same time stands in `locks`; which rows there should be, in `rows`.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import selectors as people
from apps.accounts import services as accounts
from apps.feed import locks, partitions, rows, state, telling
from apps.feed.models import LessLike, PulledAuthor
from apps.feed.reading import timeline_tag as timeline_tag
from apps.kernel import limits
from apps.kernel.cache import invalidate
from apps.kernel.errors import Forbidden
from apps.posts import policies
from apps.posts import selectors as posts

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.posts.models import Post

BACK_FILL = 20  # posts of somebody newly followed
LESS_FOR = timedelta(days=30)  # how long less like a post is wanted
READERS = 5_000  # timelines rebuilt in one transaction
LAST = 2**63 - 1
ONE_POST = " AND p.id = %(post)s"
SPAN = " AND f.follower_id > %(after)s AND f.follower_id <= %(upto)s"

log = structlog.get_logger(__name__)


def fan_out_post(*, post_id: int, chunk: Mapping[str, Any] | None = None) -> list[dict[str, int]]:
    """Writes a new post into its author's and its followers' timelines, FEED_CHUNK followers at a time.

    The first call (no chunk) writes the first of them and returns the chunks that are left; nothing is written twice.
    Whoever got it is told over the socket. A post that is gone, or older than the horizon, is success.
    """
    post = posts.any_post(post_id)
    if post is None or post.is_gone or post.created_at < rows.horizon():
        return []
    partitions.ensure_day(post.created_at)
    locks.share(post.author_id)
    rest: list[dict[str, int]] = []
    if chunk is None:
        rows.insert_own(ONE_POST, post=post.pk, created_at=post.created_at)
        if _is_pulled(post):
            return []
        chunk, *rest = _chunks(post.author_id)
    telling.tell(_write(post, chunk), post)
    return rest


@transaction.atomic
def sync_post(*, post_id: int, chunk: Mapping[str, Any] | None = None) -> list[dict[str, int]]:
    """After a post was deleted, hidden, brought back or is for others: makes the timelines what its state is now.

    Also those that hold a repost of it. Returns the chunks that are left; nobody is told.
    """
    if chunk and "after" in chunk:
        return _sync_span(post_id, chunk)
    if chunk:
        for span in _sync_first(chunk["repost"]):  # a part cannot be split again
            _sync_span(chunk["repost"], span)
        return []
    rest: list[dict[str, int]] = [{"repost": repost_id} for repost_id in rows.reposts_of(post_id)]
    return [*_sync_first(post_id), *rest]


@transaction.atomic
def sync_follow(*, follower_id: int, followee_id: int) -> None:
    """After a follow or its end: makes the follower's timeline what the edge is now, whichever came last.

    A follow brings the author's newest BACK_FILL posts within the horizon that the follower may see.
    """
    locks.hold(readers=[follower_id], authors=[followee_id])
    _sync_follow(follower_id, followee_id)


@transaction.atomic
def sync_pair(*, one_id: int, other_id: int) -> None:
    """`sync_follow` in both directions."""
    locks.hold(readers=[one_id, other_id], authors=[one_id, other_id])
    _sync_follow(one_id, other_id)
    _sync_follow(other_id, one_id)


@transaction.atomic
def sync_circle(*, owner_id: int, reader_ids: list[int]) -> None:
    """After people came into a circle or left one: makes their timelines hold what of it is for them now."""
    locks.hold(authors=[owner_id])
    rows.delete_left_circles(author_id=owner_id, readers=reader_ids)
    rows.insert_followed(
        f"AND p.author_id = %(author)s AND f.follower_id = ANY (%(readers)s)"
        f" AND p.audience = {policies.CIRCLE} {rows.NOT_PULLED}",
        author=owner_id,
        readers=reader_ids,
    )
    invalidate(*(timeline_tag(reader) for reader in reader_ids))


def arrive(*, actor: "User") -> None:
    """Notes that a person opened their feed, and builds the timeline of one who was away. No query most of the time.

    The only place that touches LastSeen, in one transaction with the timeline: nobody counts as present with one that
    has holes. When it cannot be built just now, the person stays away until they come again, and reads what is there.
    """
    seen = getattr(actor, "last_seen", None)
    if seen is not None and seen.at > timezone.now() - people.SEEN_EVERY:
        return
    was_away = seen is None or seen.at <= rows.present() + people.SEEN_EVERY  # no clock is that wrong
    try:
        if _touch(actor.pk, was_away=was_away) and seen is not None:
            state.note_return(actor=actor, since=seen.at)
    except OperationalError as error:
        log.warning("feed.not_built", person=actor.pk, error=repr(error))


@transaction.atomic
def rebuild_timelines(*, first: int, last: int) -> int:
    """Makes the timelines of the people with these ids (both included) anew from the posts; returns the rows.

    Of one person beside everything else; of many while all other writers of timelines wait.
    """
    if first == last:
        locks.hold_reader(first)
        return _rebuild(first)
    locks.hold_all()
    return rows.replace_readers(first, last)


@transaction.atomic
def less_like(*, actor: "User", post: "Post") -> LessLike:
    """Out of the actor's home feed with the post, and its author lower in it, for LESS_FOR. May run twice: for longer.

    The caller has made sure that the post is visible and no repost. Forbidden for one's own.
    """
    limits.check("feed.less", person_id=actor.pk)
    if post.author_id == actor.pk:
        raise Forbidden(_("This is your own post."))
    wish, _made = LessLike.objects.update_or_create(
        person=actor, post=post, defaults={"author_id": post.author_id, "until": timezone.now() + LESS_FOR}
    )
    invalidate(timeline_tag(actor.pk))
    return wish


@transaction.atomic
def undo_less_like(*, actor: "User", post: "Post") -> bool:
    """Whether there was such a wish. May run twice."""
    limits.check("feed.less", person_id=actor.pk)
    count, _by_model = LessLike.objects.filter(person=actor, post=post).delete()
    invalidate(timeline_tag(actor.pk))
    return bool(count)


def rebuild_all() -> int:
    """Every timeline anew, READERS at a time; returns the rows. Posts, follows and readers may come meanwhile."""
    ensure_partitions()
    total = 0
    for first, last in _spans():
        total += rebuild_timelines(first=first, last=last)
    return total


def ensure_partitions() -> tuple[int, int]:
    """The days that will be needed, and no older ones; forgets pulled authors whose posts have left the horizon."""
    PulledAuthor.objects.filter(last_post_at__lt=rows.horizon()).delete()
    return partitions.ensure()


@transaction.atomic
def _touch(person_id: int, *, was_away: bool) -> bool:
    """Whether it was noted that the person is here: one of two pages at once does."""
    if was_away:
        locks.hold_reader(person_id)
    touched = accounts.touch_last_seen(person_id)
    if touched and was_away:
        _rebuild(person_id)
    return touched


def _sync_first(post_id: int) -> list[dict[str, int]]:
    """One post: out of the timelines it is not for, into its author's and those of the first span of followers.

    Returns the other spans.
    """
    post = posts.any_post(post_id)
    if post is None or post.created_at < rows.horizon():
        return []
    partitions.ensure_day(post.created_at)
    locks.hold(authors=[post.author_id])
    rows.delete_unwanted(post_id=post.pk, author_id=post.author_id, created_at=post.created_at)
    rows.insert_own(ONE_POST, post=post.pk, created_at=post.created_at)
    if rows.is_pulled(author_id=post.author_id, created_at=post.created_at):
        return []
    first, *rest = _chunks(post.author_id)
    _write(post, first)
    return rest


def _sync_span(post_id: int, span: Mapping[str, Any]) -> list[dict[str, int]]:
    post = posts.any_post(post_id)
    if post is not None and not post.is_gone and post.created_at >= rows.horizon():
        locks.hold(authors=[post.author_id])
        _write(post, span)
    return []


def _write(post: "Post", span: Mapping[str, Any]) -> list[int]:
    """Nothing when the post is gone, and nothing that is there already."""
    return rows.insert_followed(
        ONE_POST + SPAN,
        post=post.pk,
        author=post.author_id,
        created_at=post.created_at,
        after=span["after"],
        upto=span["upto"],
    )


def _sync_follow(follower_id: int, followee_id: int) -> None:
    if not rows.is_follower(follower_id, followee_id):
        rows.delete_author(reader_id=follower_id, author_id=followee_id)
    else:
        newest = """
            AND p.id IN (SELECT id FROM posts_post
                         WHERE author_id = %(author)s AND created_at >= %(horizon)s
                           AND deleted_at IS NULL AND hidden_at IS NULL
                         ORDER BY created_at DESC, id DESC LIMIT %(limit)s)"""
        rows.insert_followed(
            f"AND p.author_id = %(author)s AND f.follower_id = %(reader)s {newest} {rows.NOT_PULLED}",
            author=followee_id,
            reader=follower_id,
            limit=BACK_FILL,
        )
    invalidate(timeline_tag(follower_id))


def _rebuild(reader_id: int) -> int:
    total = rows.replace_readers(reader_id, reader_id)
    invalidate(timeline_tag(reader_id))
    return total


def _is_pulled(post: "Post") -> bool:
    """Whether readers fetch this post themselves; if so, that is noted while the post is in reach.

    Either answer loses nothing, whatever the line is at the moment: a post is fetched if a note says so, else written.
    """
    if rows.is_pulled(author_id=post.author_id, created_at=post.created_at):
        return True
    if rows.follower_count(post.author_id) < settings.FEED_PULL_FOLLOWERS:
        return False
    rows.note_pulled(author_id=post.author_id, created_at=post.created_at)
    return True


def _chunks(author_id: int) -> list[dict[str, int]]:
    """Followers in spans of FEED_CHUNK, by id; the last is open, for whoever follows while this runs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT follower_id FROM (SELECT follower_id, row_number() OVER (ORDER BY follower_id) AS n"
            " FROM graph_follow WHERE followee_id = %s) f WHERE n %% %s = 0",
            [author_id, settings.FEED_CHUNK],
        )
        ends = [follower_id for (follower_id,) in cursor.fetchall()]
    return [{"after": after, "upto": upto} for after, upto in zip([0, *ends], [*ends, LAST], strict=True)]


def _spans() -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(id), max(id) FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / %s AS n"
            " FROM accounts_user) u GROUP BY n ORDER BY n",
            [READERS],
        )
        return [(first, last) for first, last in cursor.fetchall()]
