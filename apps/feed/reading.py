"""Which posts a person's feed holds, as ids in order: two statements, both filtered, both distinct by post.

Whether each may be seen is decided again, live, when their cards are loaded (posts.selectors).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection

from apps.feed import ranking
from apps.feed.models import FeedItem
from apps.posts import policies as posts

if TYPE_CHECKING:
    from apps.accounts.models import User

PULLED = 20  # newest posts of each author who is pulled at read
MARK = 2**24 - 1
FRESH = timedelta(seconds=60)  # how long after its as_of a ranking may be shown: a fan-out may be that late

# A circle the reader is not in may be all that its author writes to, so it is left out before counting.
_ADDRESSED = f"""
    (p.audience <> {posts.CIRCLE} OR p.author_id = %(me)s
     OR p.circle_id = ANY (ARRAY(SELECT circle_id FROM graph_circlemember WHERE person_id = %(me)s)))"""

_VISIBLE = f"""
    p.deleted_at IS NULL AND p.hidden_at IS NULL
    AND (p.audience <> {posts.CAMPUS} OR p.university_id = %(university)s::bigint OR p.author_id = %(me)s)
    AND {_ADDRESSED}
    AND p.author_id <> ALL (ARRAY(SELECT blocked_id FROM graph_block WHERE blocker_id = %(me)s
                                  UNION ALL SELECT blocker_id FROM graph_block WHERE blocked_id = %(me)s
                                  UNION ALL SELECT muted_id FROM graph_mute
                                  WHERE muter_id = %(me)s AND (until IS NULL OR until > now())))"""

_RANKED = f"""
WITH timeline AS MATERIALIZED (
    SELECT post_id, score, reason, created_at FROM feed_item
    WHERE user_id = %(me)s AND created_at > %(since)s AND created_at <= %(as_of)s
    ORDER BY created_at DESC, post_id DESC LIMIT {ranking.CANDIDATES}
), candidate AS (
    SELECT post_id, max(score) AS score, min(reason) AS reason FROM (
        SELECT post_id, score, reason FROM timeline
        UNION ALL
        (SELECT id, {ranking.OWN}, {FeedItem.Reason.OWN} FROM posts_post
         WHERE author_id = %(me)s AND created_at > %(since)s AND created_at <= %(as_of)s
         ORDER BY created_at DESC LIMIT {PULLED})
        UNION ALL
        SELECT p.id, {ranking.PULLED}, {FeedItem.Reason.FOLLOW}
        FROM feed_pulledauthor a
        JOIN graph_follow f ON f.followee_id = a.author_id AND f.follower_id = %(me)s
        CROSS JOIN LATERAL (
            SELECT id, university_id FROM posts_post
            WHERE author_id = a.author_id AND created_at > %(since)s AND created_at <= %(as_of)s
            ORDER BY created_at DESC LIMIT {PULLED}) p
    ) every GROUP BY post_id
)
SELECT p.id, c.reason,
       (SELECT CASE WHEN count(*) = {ranking.CANDIDATES} THEN min(created_at) END FROM timeline)
FROM candidate c JOIN posts_post p ON p.id = c.post_id
WHERE {_VISIBLE}
ORDER BY c.score + {ranking.AT_READ} DESC, p.id DESC"""

_BEFORE = "created_at <= %(before)s AND (created_at, id) < (%(before)s, %(before_id)s::bigint)"

# Authors are asked only where the timeline has ended: PostgreSQL decides that once, before it reads them.
_LATEST = f"""
WITH timeline AS MATERIALIZED (
    SELECT i.post_id AS id, i.created_at, i.reason FROM feed_item i JOIN posts_post p ON p.id = i.post_id
    WHERE i.user_id = %(me)s AND i.created_at <= %(before)s
      AND (i.created_at, i.post_id) < (%(before)s, %(before_id)s::bigint)
      AND i.post_id & {MARK} <> ALL (%(seen)s::bigint[]) AND {_VISIBLE}
    ORDER BY i.created_at DESC, i.post_id DESC LIMIT %(size)s
), author AS (
    SELECT %(me)s::bigint AS id, {FeedItem.Reason.OWN} AS reason
    UNION ALL
    SELECT f.followee_id, {FeedItem.Reason.FOLLOW} FROM graph_follow f
    WHERE f.follower_id = %(me)s
      AND ((SELECT count(*) FROM timeline) < %(size)s
           OR f.followee_id IN (SELECT author_id FROM feed_pulledauthor))
)
SELECT id, min(reason), created_at FROM (
    SELECT id, created_at, reason FROM timeline
    UNION ALL
    SELECT p.id, p.created_at, author.reason FROM author CROSS JOIN LATERAL (
        SELECT p.* FROM posts_post p
        WHERE p.author_id = author.id AND {_BEFORE} AND id & {MARK} <> ALL (%(seen)s::bigint[]) AND {_ADDRESSED}
        ORDER BY created_at DESC, id DESC LIMIT %(size)s) p
    WHERE {_VISIBLE}
) every GROUP BY id, created_at ORDER BY created_at DESC, id DESC LIMIT %(size)s"""

_NEWER = f"""
SELECT p.id, min(reason) FROM (
    (SELECT post_id, reason FROM feed_item WHERE user_id = %(me)s AND created_at > %(since)s
     ORDER BY created_at DESC LIMIT %(size)s)
    UNION ALL
    (SELECT id, {FeedItem.Reason.OWN} FROM posts_post WHERE author_id = %(me)s AND created_at > %(since)s
     ORDER BY created_at DESC LIMIT %(size)s)
) every JOIN posts_post p ON p.id = every.post_id
WHERE {_VISIBLE} GROUP BY p.id, p.created_at ORDER BY p.created_at DESC, p.id DESC LIMIT %(size)s"""

Ids = list[tuple[int, int]]  # post, FeedItem.Reason; in the order shown


@dataclass(frozen=True, slots=True)
class Ranking:
    as_of: datetime
    posts: Ids
    floor: datetime  # what is older was not ranked
    is_cut: bool  # whether there were more candidates than are ranked


def rank(viewer: "User", as_of: datetime) -> Ranking:
    """The newest candidates of seven days, best first (ranking.py). One query."""
    since = as_of - ranking.WINDOW
    found = _fetch(_RANKED, viewer, since=since, as_of=as_of)
    floor = found[0][2] if found else None
    return Ranking(as_of, [(post_id, reason) for post_id, reason, _floor in found], floor or since, floor is not None)


def latest(
    viewer: "User", *, before: datetime, before_id: int, size: int, seen: Iterable[int] = ()
) -> list[tuple[int, int, datetime]]:
    """The newest before a place in time: from the timeline, and where that has ended from the authors themselves.

    Post, reason and time of each; none whose `mark` is among `seen`. One query.
    """
    values = {"before": before, "before_id": before_id, "size": size, "seen": list(seen)}
    return [(post_id, reason, at) for post_id, reason, at in _fetch(_LATEST, viewer, **values)]


def mark(post_id: int) -> int:
    """A post's name in a cursor, for short: the random bits of its id."""
    return post_id & MARK


def newer(viewer: "User", *, since: datetime, size: int) -> Ids:
    """What has come since, newest first."""
    return [(post_id, reason) for post_id, reason in _fetch(_NEWER, viewer, since=since, size=size)]


def _fetch(statement: str, viewer: "User", **values: Any) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"me": viewer.pk, "university": viewer.university_id, **values})
        return list(cursor.fetchall())
