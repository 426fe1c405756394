"""Proof that the timelines are what the posts and follows say: counted by the database, over everything at once.

What is fetched at read (posts of pulled authors, of hashtags, boosts) stands in no row and is not counted.
"""

from dataclasses import dataclass

from django.db import connection, transaction

from apps.feed import rows

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
    (SELECT count(*) FROM kept k
     LEFT JOIN posts_post p ON p.id = k.post_id
     LEFT JOIN posts_post o ON o.id = p.repost_of_id
     LEFT JOIN accounts_user u ON u.id = k.user_id
     WHERE p.id IS NULL OR u.id IS NULL OR p.deleted_at IS NOT NULL OR p.hidden_at IS NOT NULL
        OR (CASE WHEN p.author_id = k.user_id THEN {rows.PASSED_ON} ELSE {rows.FOR_READER} AND EXISTS (
                SELECT 1 FROM graph_follow f WHERE f.follower_id = k.user_id AND f.followee_id = p.author_id)
            END) IS NOT TRUE),
    (SELECT count(*) FROM feed_pulledauthor WHERE last_post_at >= %(horizon)s)"""


@dataclass(frozen=True, slots=True)
class Figures:
    rows: int
    expected: int  # own posts, and posts younger than the follow that are not pulled, for present readers
    missing: int
    double: int
    stray: int  # of posts that are gone or not for the reader, of authors who are not followed
    pulled: int  # authors whose posts readers fetch

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
