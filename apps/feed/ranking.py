"""The score of a post for a reader, 0 to 100, in one place (FE3).

    relevance     20   the post comes from the reader's own university
    relationship  20   8 for following its author, 20 when the two follow one another, 20 for one's own posts
    recency       35   falls in a straight line to 0 over seven days
    engagement    25   ln(1 + likes + 2 × comments) / 8, at most 1: 0 → 0, 10 likes → 7.5, 100 likes → 14.4, 2980 → 25

Relevance and relationship move slowly and are stored with the timeline's row when the post is fanned out. Recency and
engagement are added at read over the newest CANDIDATES, with the time of the first page (`as_of`) kept in the cursor.

Examples, for a reader of the same university: a post of a minute ago by somebody who is followed back, without a
like, has 20 + 20 + 35 + 0 = 75. The same after three and a half days with 100 likes and 30 comments has
20 + 20 + 17.5 + 15.9 = 73.4. A post of a minute ago by somebody of another university who does not follow back has
0 + 8 + 35 + 0 = 43.
"""

from datetime import timedelta

CANDIDATES = 300  # the newest of a timeline that are ranked
WINDOW = timedelta(days=7)
RELEVANCE, FOLLOWING, MUTUAL, RECENCY, ENGAGEMENT = 20, 8, 20, 35, 25
OWN = RELEVANCE + MUTUAL

# Tables: p posts_post; u accounts_user, the reader; back.is_there whether the author follows the reader back.
STORED = f"""
    ({RELEVANCE} * coalesce((u.university_id = p.university_id)::int, 0)
     + CASE WHEN back.is_there THEN {MUTUAL} ELSE {FOLLOWING} END)"""

# The stored part for an author who is pulled at read: p posts_post; %(university)s the reader's.
PULLED = f"{FOLLOWING} + {RELEVANCE} * coalesce((p.university_id = %(university)s::bigint)::int, 0)"

# p posts_post; %(as_of)s the time of the first page.
_AGE = f"extract(epoch FROM %(as_of)s::timestamptz - p.created_at)::float8 / {WINDOW.total_seconds()}"
AT_READ = f"""
    ({RECENCY} * greatest(0, 1 - {_AGE})
     + {ENGAGEMENT} * least(1, ln((1 + p.like_count + 2 * p.comment_count)::float8) / 8))"""
