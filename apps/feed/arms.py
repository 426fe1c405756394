"""Where the posts of a feed come from, and which of them may stand in it: the parts of the statements in feed.reading.

Tables: `p` posts_post, `o` what p passes on (nothing for most; SHOWN does without). Parameters: `me` and `university`
of the viewer, `quiet` of their muted words (posts.selectors). What somebody has none of costs nothing: PostgreSQL puts
each ARRAY(…) together once, and an empty one leaves out what hangs on it.
"""

import re

from apps.accounts.selectors import Reach
from apps.feed import ranking
from apps.feed.models import FeedItem
from apps.posts import policies as posts
from apps.posts import selectors

MARK = 2**24 - 1
PULLED = 20  # newest posts of each author who is pulled at read, in a ranking
TAGGED = 10  # newest posts of each hashtag that is followed, likewise

_APART = """
    ARRAY(SELECT blocked_id FROM graph_block WHERE blocker_id = %(me)s
          UNION ALL SELECT blocker_id FROM graph_block WHERE blocked_id = %(me)s
          UNION ALL SELECT muted_id FROM graph_mute WHERE muter_id = %(me)s AND (until IS NULL OR until > now()))"""
TAGS = "ARRAY(SELECT tag_id FROM posts_tagfollow WHERE person_id = %(me)s)"
_LESS = "feed_lesslike WHERE person_id = %(me)s AND until > now()"


def planned_once(statement: str) -> str:
    """The same with the viewer hidden from the planner, so that PostgreSQL keeps its plan. Else it hopes to do better
    for each viewer anew, and plans ten times as long as a small statement runs. Lists of ids are hidden by
    ARRAY(SELECT unnest(…)).
    """
    types = {"me": "bigint", "university": "bigint", "quiet": "text"}
    for name, type_ in types.items():
        statement = re.sub(rf"%\({name}\)s(::\w+)?", f"(SELECT %({name})s::{type_})", statement)
    return statement


# A circle the reader is not in may be all that its author writes to, so it is left out before counting.
_ADDRESSED = f"""
    (p.audience <> {posts.ONLY_ME} OR p.author_id = %(me)s)
    AND (p.audience <> {posts.CAMPUS} OR p.university_id = %(university)s::bigint OR p.author_id = %(me)s)
    AND (p.audience <> {posts.CIRCLE} OR p.author_id = %(me)s
         OR p.circle_id = ANY (ARRAY(SELECT circle_id FROM graph_circlemember WHERE person_id = %(me)s)))"""

# A repost is nothing without what it passes on, and only what was for many can be passed on.
_PASSED_ON = f"""
    (p.repost_of_id IS NULL OR EXISTS (
        SELECT 1 FROM posts_post passed
        WHERE passed.id = p.repost_of_id AND passed.deleted_at IS NULL AND passed.hidden_at IS NULL
          AND passed.author_id <> ALL ({_APART})
          AND (passed.audience = {posts.PUBLIC}
               OR (passed.audience = {posts.CAMPUS} AND passed.university_id = %(university)s::bigint))))"""

# What an arm may count among its newest: there, for the viewer, and by nobody who is apart from them.
COUNTED = f"p.deleted_at IS NULL AND p.hidden_at IS NULL AND {_ADDRESSED} AND p.author_id <> ALL ({_APART})"

# What may stand in the viewer's lists, and is wanted there.
SHOWN = f"""
    {COUNTED} AND {_PASSED_ON}
    AND coalesce(p.repost_of_id, p.id) <> ALL (ARRAY(SELECT post_id FROM {_LESS}))
    AND NOT {selectors.QUIET}"""

ORIGINAL = "LEFT JOIN posts_post o ON o.id = p.repost_of_id"
ROOT = "coalesce(p.repost_of_id, p.id)"
UNSEEN = f"{ROOT} & {MARK} <> ALL (%(seen)s::bigint[])"
HAS_TAG = f"""
    (cardinality({TAGS}) > 0
     AND EXISTS (SELECT 1 FROM posts_posttag t WHERE t.post_id = {ROOT} AND t.tag_id = ANY ({TAGS})))"""

# In a list that goes back through all of time what is passed on comes for itself, if its author or a hashtag of it is
# followed: then the original stands there, and the repost does not. One's own is there all the same where the original
# is muted: what one passed on oneself is never quiet.
COMES_ALONE = f"""
    (p.repost_of_id IS NULL OR (p.author_id = %(me)s AND {selectors.QUIET_ORIGINAL}) OR NOT (
        o.author_id = %(me)s
        OR EXISTS (SELECT 1 FROM graph_follow WHERE follower_id = %(me)s AND followee_id = o.author_id)
        OR {HAS_TAG}))"""

# Of authors who are pulled: a with the viewer's relation to each, put together once.
PULLED_AUTHORS = """
    feed_pulledauthor a
    JOIN graph_follow f ON f.followee_id = a.author_id AND f.follower_id = %(me)s
    LEFT JOIN feed_affinity near ON near.author_id = a.author_id AND near.reader_id = %(me)s
    CROSS JOIN LATERAL (
        SELECT EXISTS (SELECT 1 FROM graph_follow b
                       WHERE b.follower_id = a.author_id AND b.followee_id = %(me)s) AS is_there OFFSET 0) back"""

REASON = f"""
    CASE WHEN p.repost_of_id IS NOT NULL THEN {FeedItem.Reason.REPOST}
         WHEN back.is_there THEN {FeedItem.Reason.MUTUAL} ELSE {FeedItem.Reason.FOLLOW} END"""

# Posts of a hashtag by whomever: only what its author lets strangers see. Those of people who are followed come anyway.
TAGGED_POSTS = f"""
    posts_posttag t
    JOIN posts_post p ON p.id = t.post_id
    LEFT JOIN posts_post o ON o.id = p.repost_of_id
    JOIN accounts_user w ON w.id = p.author_id AND w.is_active
        AND (w.posts_for = {int(Reach.EVERYONE)}
             OR (w.posts_for = {int(Reach.CAMPUS)} AND w.university_id = %(university)s::bigint))"""
FOR_STRANGERS = f"p.audience IN ({posts.PUBLIC}, {posts.CAMPUS})"

# Points off the stored part of what is by somebody of whom less is wanted.
LESS = f"""
    CASE WHEN ARRAY[p.author_id, o.author_id] && ARRAY(SELECT author_id FROM {_LESS}) THEN {ranking.LESS} ELSE 0 END"""
TAG_POINTS = f"CASE WHEN {HAS_TAG} THEN {ranking.TAG} ELSE 0 END"
