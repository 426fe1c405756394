"""Writes of the timelines. All of them can be run again, and `rebuild_all` makes everything from the posts."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from apps.accounts import selectors as people
from apps.accounts import services as accounts
from apps.feed import partitions, rows
from apps.feed.models import PulledAuthor
from apps.graph import selectors as graph
from apps.kernel.cache import invalidate
from apps.kernel.realtime.push import push
from apps.posts import policies
from apps.posts import selectors as posts

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.posts.models import Post

BACK_FILL = 20  # posts of somebody newly followed
READERS = 10_000  # timelines rebuilt in one transaction
LAST = 2**63 - 1
ONE_POST = " AND p.id = %(post)s"


def fan_out_post(*, post_id: int, chunk: Mapping[str, Any] | None = None) -> list[dict[str, int]]:
    """Writes a post into its author's and its followers' timelines, FEED_CHUNK followers at a time.

    The first call (no chunk) writes the first of them and returns the chunks that are left; nothing is written twice.
    Whoever got it is told over the socket. A post that is gone, or older than the horizon, is success.
    """
    post = posts.any_post(post_id)
    if post is None or post.is_gone or post.created_at < rows.horizon():
        return []
    partitions.ensure_day(post.created_at)
    rows.lock_author(post.author_id, alone=False)
    if chunk is None:
        rows.insert_own(ONE_POST, post=post.pk, created_at=post.created_at)
        if _is_pulled(post):
            return []
        chunk, *rest = _chunks(post.author_id)
    else:
        rest = []
    span = " AND f.follower_id > %(after)s AND f.follower_id <= %(upto)s"
    readers = rows.insert_followed(
        ONE_POST + span, post=post.pk, created_at=post.created_at, after=chunk["after"], upto=chunk["upto"]
    )
    _tell(readers, post)
    return rest


@transaction.atomic
def sync_post(*, post_id: int) -> None:
    """After a post was deleted, hidden or brought back: makes the timelines what its state is now."""
    post = posts.any_post(post_id)
    if post is None or post.created_at < rows.horizon():
        return
    rows.lock_author(post.author_id, alone=False)
    if post.is_gone:
        rows.delete_post(post_id=post.pk, author_id=post.author_id, created_at=post.created_at)
        return
    partitions.ensure_day(post.created_at)
    rows.insert_own(ONE_POST, post=post.pk, created_at=post.created_at)
    rows.insert_followed(ONE_POST + rows.NOT_PULLED, post=post.pk, created_at=post.created_at)


@transaction.atomic
def sync_follow(*, follower_id: int, followee_id: int) -> None:
    """After a follow or its end: makes the follower's timeline what the edge is now, whichever came last.

    A follow brings the author's newest BACK_FILL posts within the horizon that the follower may see.
    """
    rows.lock_author(followee_id, alone=True)
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


@transaction.atomic
def sync_circle(*, owner_id: int, reader_ids: list[int]) -> None:
    """After people came into a circle or left one: makes their timelines hold what of it is for them now."""
    rows.lock_author(owner_id, alone=True)
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

    The only place that touches LastSeen, so that nobody counts as present with a timeline that has holes. It is
    touched before the timeline is built: a post that comes between the two is fanned out to them again.
    """
    seen = getattr(actor, "last_seen", None)
    if seen is not None and seen.at > timezone.now() - people.SEEN_EVERY:
        return
    was_away = seen is None or seen.at <= rows.present()
    if accounts.touch_last_seen(actor.pk) and was_away:
        rebuild_timelines(first=actor.pk, last=actor.pk)


@transaction.atomic
def rebuild_timelines(*, first: int, last: int) -> int:
    """Makes the timelines of the people with these ids (both included) anew from the posts; returns the rows."""
    total = rows.replace_readers(first, last)
    if first == last:
        invalidate(timeline_tag(first))
    return total


def rebuild_all() -> int:
    """Every timeline anew, READERS at a time; returns the rows. A post that arrives meanwhile may be there twice."""
    ensure_partitions()
    total = 0
    for first, last in _spans():
        total += rebuild_timelines(first=first, last=last)
    return total


def ensure_partitions() -> tuple[int, int]:
    """The days that will be needed, and no older ones; forgets pulled authors whose posts have left the horizon."""
    PulledAuthor.objects.filter(last_post_at__lt=rows.horizon()).delete()
    return partitions.ensure()


def timeline_tag(person_id: int) -> str:
    """The cache tag of what is ranked for one person."""
    return f"timeline:{person_id}"


def _tell(readers: list[int], post: "Post") -> None:
    """Somebody new is to be read; whoever has muted them is not told."""
    muters = graph.muters_of(post.author_id)
    face = {"initials": post.author.initials, "hue": post.author.hue, "land": post.author.land}
    told = [reader for reader in readers if reader not in muters]
    push(user_ids=told, payload={"type": "feed.new", "author": face, "count": 1})


def _is_pulled(post: "Post") -> bool:
    """Whether readers fetch this author's posts themselves; if so, that is noted while the post is in reach."""
    if rows.follower_count(post.author_id) < settings.FEED_PULL_FOLLOWERS:
        return False
    PulledAuthor.objects.update_or_create(author_id=post.author_id, defaults={"last_post_at": post.created_at})
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
