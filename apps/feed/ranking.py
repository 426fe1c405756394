"""The score of a post for a reader, 0 to 100, in one place (FE3): what `score` computes, PostgreSQL computes too.

    relevance     20   12 when the post comes from the reader's own university, 8 when it carries a hashtag they follow
    relationship  20   8 for following its author, 12 when the two follow one another, and up to 8 more for what the
                       reader had to do with the author lately (affinity); 20 for one's own posts, 0 for strangers'
    recency       35   falls in a straight line to 0 over seven days
    engagement    25   ln(1 + reactions + 2 × comments + 3 × reposts) / 8, at most 1:
                       0 → 0, 10 reactions → 7.5, 100 → 14.4, 2,980 → 25

"Less like this" takes LESS off what the university and the relationship give the author's posts, never below 0. A
repost counts with the reactions, the university and the hashtags of what it passes on, and with who passed it on, and
when.

What moves slowly (university, relationship) is stored with the timeline's row when the post is fanned out and put right
every night (`scores`). Hashtags, "less like this", recency and engagement are added at read over the newest CANDIDATES,
with the time of the first page (`as_of`) kept in the cursor.

Examples. A post of a minute ago by somebody of the same university who is followed back, nothing said about it yet:
12 + 12 + 35 + 0 = 59. The same after three and a half days with 100 reactions, 30 comments and 10 reposts:
12 + 12 + 17.5 + 16.4 = 57.9. A post of a minute ago by somebody of another university who does not follow back:
0 + 8 + 35 = 43; had the reader answered them often this month, 51; had it a hashtag that the reader follows too, 59.

Time alone changes no order: while two posts are both within the window, each loses 35 points in seven days, so the
difference of their scores stays. Whatever leaves the window is not ranked at all, it follows by time.
"""

from dataclasses import dataclass
from datetime import timedelta
from math import log

CANDIDATES = 300  # the newest of a timeline that are ranked
WINDOW = timedelta(days=7)
UNIVERSITY, TAG = 12, 8  # relevance
FOLLOWING, MUTUAL, CLOSEST = 8, 12, 8  # relationship; the last is the most that affinity adds
RECENCY, ENGAGEMENT = 35, 25
RELATIONSHIP = MUTUAL + CLOSEST
OWN = UNIVERSITY + RELATIONSHIP
LESS = 20
FULL = 8  # ln(2,981): so much talk that more makes no difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the score of a post for a reader is made of."""

    age: timedelta  # at `as_of`
    same_university: bool = False
    has_followed_tag: bool = False
    is_own: bool = False
    is_following: bool = False
    is_mutual: bool = False
    affinity: int = 0  # 0 to CLOSEST
    is_less_liked: bool = False  # the reader asked for less of its author
    reactions: int = 0
    comments: int = 0
    reposts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    recency: float
    relevance: float
    engagement: float
    relationship: float
    less: float  # taken off

    @property
    def total(self) -> float:
        return self.recency + self.relevance + self.engagement + self.relationship - self.less


def score(facts: Facts) -> Parts:
    """The formula. `AT_READ` and `STORED` are the same in SQL; tests hold them together."""
    relationship = 0
    if facts.is_own:
        relationship = RELATIONSHIP
    elif facts.is_following:
        relationship = (MUTUAL if facts.is_mutual else FOLLOWING) + facts.affinity
    university = UNIVERSITY if facts.same_university or facts.is_own else 0
    talk = 1 + facts.reactions + 2 * facts.comments + 3 * facts.reposts
    return Parts(
        recency=RECENCY * max(0.0, 1 - facts.age / WINDOW),
        relevance=university + (TAG if facts.has_followed_tag else 0),
        engagement=ENGAGEMENT * min(1.0, log(talk) / FULL),
        relationship=relationship,
        less=min(LESS, university + relationship) if facts.is_less_liked else 0,
    )


# Tables: p posts_post; o what it passes on, or nothing; u accounts_user, the reader; back.is_there whether the author
# follows the reader back; near feed_affinity, or nothing.
_HOME = "CASE WHEN p.repost_of_id IS NULL THEN p.university_id ELSE o.university_id END"
_RELATED = f"CASE WHEN back.is_there THEN {MUTUAL} ELSE {FOLLOWING} END + coalesce(near.value, 0)"
STORED = f"({UNIVERSITY} * coalesce((u.university_id = {_HOME})::int, 0) + {_RELATED})"

# The same where the reader's university is %(university)s: for what is fetched at read.
CAMPUS = f"{UNIVERSITY} * coalesce(({_HOME} = %(university)s::bigint)::int, 0)"
PULLED = f"({CAMPUS} + {_RELATED})"

# p posts_post; o what it passes on; %(as_of)s the time of the first page.
_AGE = f"extract(epoch FROM %(as_of)s::timestamptz - p.created_at)::float8 / {WINDOW.total_seconds()}"
_TALK = "1 + {0}.reaction_count + 2 * {0}.comment_count + 3 * {0}.repost_count"
_TALKED = f"CASE WHEN p.repost_of_id IS NULL THEN {_TALK.format('p')} ELSE {_TALK.format('o')} END"
AT_READ = f"""
    ({RECENCY} * greatest(0, 1 - {_AGE})
     + {ENGAGEMENT} * least(1, ln(({_TALKED})::float8) / {FULL}))"""
