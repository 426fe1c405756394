"""Which rows belong into timelines, and the statements that put them there or take them away.

`FOLLOWED` and `OWN` are the one definition: fan-out, back-fill, restoring, rebuilding and check_feeds all narrow it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from apps.feed import arms, ranking
from apps.feed.models import FeedItem
from apps.posts import policies as posts

# For whom p is, and what it passes on: u accounts_user, the reader. Nobody is in a circle once it is deleted.
IN_CIRCLE = "EXISTS (SELECT 1 FROM graph_circlemember m WHERE m.circle_id = p.circle_id AND m.person_id = u.id)"
PASSED_ON = f"""
    (p.repost_of_id IS NULL OR (
        o.deleted_at IS NULL AND o.hidden_at IS NULL
        AND (o.audience = {posts.PUBLIC} OR (o.audience = {posts.CAMPUS} AND u.university_id = o.university_id))))"""
FOR_READER = f"""
    (p.audience <> {posts.ONLY_ME} AND (p.audience <> {posts.CAMPUS} OR u.university_id = p.university_id)
     AND (p.audience <> {posts.CIRCLE} OR {IN_CIRCLE}) AND {PASSED_ON})"""

# Whether the author follows the reader. Of one author (`author` is given) whom they follow is looked up once, not for
# every reader: a fifth of the cost of a fan-out.
_BACK = """
        SELECT EXISTS (SELECT 1 FROM graph_follow b
                       WHERE b.follower_id = p.author_id AND b.followee_id = f.follower_id) AS is_there OFFSET 0"""
_BACK_OF_ONE = """
        SELECT f.follower_id IN (SELECT followee_id FROM graph_follow WHERE follower_id = %(author)s) AS is_there"""

# Every live post within the horizon for every present follower whom it is for.
FOLLOWED = f"""
    SELECT f.follower_id AS user_id, p.id AS post_id, p.created_at, {ranking.STORED}::smallint AS score,
           ({arms.REASON})::smallint AS reason
    FROM posts_post p
    JOIN graph_follow f ON f.followee_id = p.author_id
    JOIN accounts_user u ON u.id = f.follower_id AND u.is_active
    JOIN accounts_lastseen s ON s.user_id = f.follower_id AND s.at > %(present)s
    LEFT JOIN posts_post o ON o.id = p.repost_of_id
    LEFT JOIN feed_affinity near ON near.author_id = p.author_id AND near.reader_id = f.follower_id
    CROSS JOIN LATERAL ({_BACK}) back
    WHERE p.deleted_at IS NULL AND p.hidden_at IS NULL AND p.created_at >= %(horizon)s AND {FOR_READER}"""

OWN = f"""
    SELECT p.author_id AS user_id, p.id AS post_id, p.created_at, {ranking.OWN}::smallint AS score,
           {FeedItem.Reason.OWN}::smallint AS reason
    FROM posts_post p
    JOIN accounts_user u ON u.id = p.author_id
    LEFT JOIN posts_post o ON o.id = p.repost_of_id
    WHERE p.deleted_at IS NULL AND p.hidden_at IS NULL AND p.created_at >= %(horizon)s AND {PASSED_ON}"""

_INSERT = "INSERT INTO feed_item (user_id, post_id, created_at, score, reason)"  # in the order of the two above

# What readers fetch themselves is written to nobody. A post that once is fetched stays so: the note only moves on.
NOT_PULLED = """
    AND NOT EXISTS (SELECT 1 FROM feed_pulledauthor a
                    WHERE a.author_id = p.author_id AND a.last_post_at >= p.created_at)"""

# OFFSET 0 keeps it one look into the index for each row, and never a join of whole days. For one post its time is given
# as a value, so that only its own day is planned at all.
_MISSING = """
    AND NOT EXISTS (SELECT 1 FROM feed_item i
                    WHERE i.user_id = {reader} AND i.created_at = {created_at} AND i.post_id = p.id OFFSET 0)"""


def horizon() -> datetime:
    """The oldest moment that still has a partition."""
    first = timezone.now() - timedelta(days=settings.FEED_HORIZON_DAYS)
    return first.replace(hour=0, minute=0, second=0, microsecond=0)


def present() -> datetime:
    """Who was last seen before this is away: nobody writes to their timeline until they return."""
    return timezone.now() - timedelta(days=settings.FEED_ABSENT_DAYS)


def insert_followed(narrow: str, **values: Any) -> list[int]:
    """Writes the rows of FOLLOWED that `narrow` leaves and that are not there yet; returns whose timelines they are in.

    Give `created_at` when all of them are of one post, `author` when they are of one author.
    """
    followed = FOLLOWED.replace(_BACK, _BACK_OF_ONE) if "author" in values else FOLLOWED
    return _insert_missing(f"{followed} {narrow}", "f.follower_id", values)


def insert_own(narrow: str, **values: Any) -> list[int]:
    """The same for OWN."""
    return _insert_missing(f"{OWN} {narrow}", "p.author_id", values)


def replace_readers(first: int, last: int) -> int:
    """Every row of the readers with these ids, both included, anew; returns how many there are now.

    The caller holds whatever else writes to them (locks.hold, locks.hold_all).
    """
    values = {"first": first, "last": last, "horizon": horizon(), "present": present()}
    _execute("SET LOCAL statement_timeout = 0", {})  # thousands of timelines take longer than any page may
    _execute("DELETE FROM feed_item WHERE user_id BETWEEN %(first)s AND %(last)s", values)
    followed = _execute(f"{_INSERT} {FOLLOWED} AND f.follower_id BETWEEN %(first)s AND %(last)s {NOT_PULLED}", values)
    own = _execute(f"{_INSERT} {OWN} AND p.author_id BETWEEN %(first)s AND %(last)s", values)
    return followed + own


def delete_unwanted(*, post_id: int, author_id: int, created_at: datetime) -> int:
    """Takes a post out of the timelines of those whom it is not for: everybody's when it is gone, or what it passes on.

    By way of the followers, because the timeline's only index begins with the reader.
    """
    return _execute(
        f"""
        DELETE FROM feed_item i
        USING (SELECT follower_id AS reader FROM graph_follow WHERE followee_id = %(author)s
               UNION SELECT %(author)s::bigint) r
        JOIN accounts_user u ON u.id = r.reader
        CROSS JOIN posts_post p
        LEFT JOIN posts_post o ON o.id = p.repost_of_id
        WHERE p.id = %(post)s
          AND i.user_id = r.reader AND i.created_at = %(created_at)s AND i.post_id = %(post)s
          AND (p.deleted_at IS NOT NULL OR p.hidden_at IS NOT NULL
               OR (CASE WHEN u.id = p.author_id THEN {PASSED_ON} ELSE {FOR_READER} END) IS NOT TRUE)""",
        {"author": author_id, "post": post_id, "created_at": created_at},
    )


def delete_author(*, reader_id: int, author_id: int) -> int:
    """Takes one author's posts out of one timeline."""
    return _execute(
        """
        DELETE FROM feed_item i USING posts_post p
        WHERE p.author_id = %(author)s AND p.created_at >= %(horizon)s
          AND i.user_id = %(reader)s AND i.created_at = p.created_at AND i.post_id = p.id""",
        {"author": author_id, "reader": reader_id, "horizon": horizon()},
    )


def delete_left_circles(*, author_id: int, readers: list[int]) -> int:
    """Takes the author's posts to circles out of the timelines of those of the readers who are in them no more."""
    return _execute(
        f"""
        DELETE FROM feed_item i USING posts_post p
        WHERE p.author_id = %(author)s AND p.audience = {posts.CIRCLE} AND p.created_at >= %(horizon)s
          AND i.user_id = ANY (%(readers)s) AND i.created_at = p.created_at AND i.post_id = p.id
          AND NOT {IN_CIRCLE.replace("u.id", "i.user_id")}""",
        {"author": author_id, "readers": readers, "horizon": horizon()},
    )


def follower_count(person_id: int) -> int:
    return _value("SELECT followers FROM graph_followcount WHERE person_id = %(person)s", {"person": person_id}) or 0


def is_follower(follower_id: int, followee_id: int) -> bool:
    edge = "SELECT 1 FROM graph_follow WHERE follower_id = %(follower)s AND followee_id = %(followee)s"
    return bool(_value(edge, {"follower": follower_id, "followee": followee_id}))


def note_pulled(*, author_id: int, created_at: datetime) -> None:
    """From now on every post of the author up to this one is fetched by its readers. The note never goes back."""
    _execute(
        """
        INSERT INTO feed_pulledauthor (author_id, last_post_at) VALUES (%(author)s, %(at)s)
        ON CONFLICT (author_id) DO UPDATE
        SET last_post_at = greatest(feed_pulledauthor.last_post_at, excluded.last_post_at)""",
        {"author": author_id, "at": created_at},
    )


def is_pulled(*, author_id: int, created_at: datetime) -> bool:
    """Whether this post of the author is one that its readers fetch."""
    note = "SELECT 1 FROM feed_pulledauthor WHERE author_id = %(author)s AND last_post_at >= %(at)s"
    return bool(_value(note, {"author": author_id, "at": created_at}))


def reposts_of(post_id: int) -> list[int]:
    """Those within the horizon, in whatever state."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM posts_post WHERE repost_of_id = %s AND created_at >= %s ORDER BY id", [post_id, horizon()]
        )
        return [found for (found,) in cursor.fetchall()]


def _insert_missing(select: str, reader: str, values: Mapping[str, Any]) -> list[int]:
    created_at = "%(created_at)s::timestamptz" if "created_at" in values else "p.created_at"
    missing = _MISSING.format(reader=reader, created_at=created_at)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_INSERT} {select} {missing} RETURNING user_id", {"horizon": horizon(), "present": present(), **values}
        )
        return [user_id for (user_id,) in cursor.fetchall()]


def _value(statement: str, values: Mapping[str, Any]) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
        return row[0] if row else None


def _execute(statement: str, values: Mapping[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
