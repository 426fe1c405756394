"""Proof that the timelines are what the posts and follows say: counted by the database, over everything at once."""

from dataclasses import dataclass

from django.db import connection, transaction

from apps.feed import rows
from apps.posts import policies as posts

# Posts that were there before the follow are back-filled in part, so only later ones can be missing.
_EXPECTED = f"""
    SELECT user_id, post_id FROM ({rows.FOLLOWED} {rows.NOT_PULLED} AND f.created_at <= p.created_at) followed
    UNION ALL SELECT user_id, post_id FROM ({rows.OWN}) own"""

_COUNT = f"""
WITH kept AS MATERIALIZED (
    SELECT user_id, post_id, count(*) AS n FROM feed_item WHERE created_at >= %(horizon)s GROUP BY user_id, post_id
), expected AS MATERIALIZED ({_EXPECTED})
SELECT
    (SELECT coalesce(sum(n), 0) FROM kept),
    (SELECT count(*) FROM expected),
    (SELECT count(*) FROM expected e LEFT JOIN kept k USING (user_id, post_id) WHERE k.post_id IS NULL),
    (SELECT coalesce(sum(n - 1), 0) FROM kept),
    (SELECT count(*) FROM kept k LEFT JOIN posts_post p ON p.id = k.post_id
     WHERE p.id IS NULL OR p.deleted_at IS NOT NULL OR p.hidden_at IS NOT NULL
        OR (p.author_id <> k.user_id AND (
            NOT EXISTS (SELECT 1 FROM graph_follow f WHERE f.follower_id = k.user_id AND f.followee_id = p.author_id)
            OR (p.audience = {posts.CIRCLE} AND NOT {rows.IN_CIRCLE.format(reader="k.user_id")}))))"""


@dataclass(frozen=True, slots=True)
class Figures:
    rows: int
    expected: int  # own posts, and posts younger than the follow, of authors who are not pulled, for present readers
    missing: int
    double: int
    stray: int  # of posts that are gone, of authors who are not followed, or to circles the reader is not in

    @property
    def are_right(self) -> bool:
        return not (self.missing or self.double or self.stray)


@transaction.atomic
def figures() -> Figures:
    """Counts everything; minutes on a large campus. What the outbox still holds counts as missing: drain it first."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute(_COUNT, {"horizon": rows.horizon(), "present": rows.present()})
        return Figures(*map(int, cursor.fetchone()))
