"""Which posts a person's feed holds, as ids in order: three statements, all filtered, in each of them one original
stands once. The original wins over reposts of it, else the newest repost does.

Whether each may be seen is decided again, live, when their cards are loaded (posts.selectors).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

from apps.feed import arms, ranking
from apps.feed.arms import MARK, SHOWN
from apps.feed.models import FeedItem
from apps.graph import selectors as graph
from apps.posts import selectors as posts

if TYPE_CHECKING:
    from apps.accounts.models import User

PAGE = 20
FILL = PAGE + 1  # a first page, and whether there is more
LAST_ID = 2**63 - 1
FRESH = timedelta(seconds=60)  # how long after its as_of a ranking may be shown: a fan-out may be that late
VISIBLE = SHOWN  # for other statements about posts p, run by `fetch`
BOOST_PLACE = 2  # from 0: the third of a first page

# Each arm that is cut says at which moment; what is older than the latest of these moments was not ranked.
_RANKED = f"""
WITH timeline AS MATERIALIZED (
    SELECT post_id AS id, score, reason, created_at FROM feed_item
    WHERE user_id = %(me)s AND created_at > %(since)s AND created_at <= %(as_of)s
    ORDER BY created_at DESC, post_id DESC LIMIT {ranking.CANDIDATES}
), pulled AS MATERIALIZED (
    SELECT p.id, p.score, p.reason, p.created_at, a.author_id
    FROM {arms.PULLED_AUTHORS} CROSS JOIN LATERAL (
        SELECT p.id, {ranking.PULLED} AS score, {arms.REASON} AS reason, p.created_at
        FROM posts_post p {arms.ORIGINAL}
        WHERE p.author_id = a.author_id AND p.created_at > %(since)s AND p.created_at <= %(as_of)s AND {arms.COUNTED}
        ORDER BY p.created_at DESC, p.id DESC LIMIT {arms.PULLED}) p
), tagged AS MATERIALIZED (
    SELECT p.id, p.score, {FeedItem.Reason.TAG} AS reason, p.created_at, tag.id AS tag_id
    FROM unnest({arms.TAGS}) tag (id) CROSS JOIN LATERAL (
        SELECT p.id, {ranking.CAMPUS} AS score, p.created_at FROM {arms.TAGGED_POSTS}
        WHERE t.tag_id = tag.id AND t.created_at > %(since)s AND t.created_at <= %(as_of)s
          AND {arms.FOR_STRANGERS} AND {arms.COUNTED}
        ORDER BY t.created_at DESC, t.post_id DESC LIMIT {arms.TAGGED}) p
), newest AS MATERIALIZED (
    SELECT id, max(score) AS score, min(reason) AS reason, created_at FROM (
        SELECT id, score, reason, created_at FROM timeline
        UNION ALL SELECT id, score, reason, created_at FROM pulled
        UNION ALL SELECT id, score, reason, created_at FROM tagged
    ) every GROUP BY id, created_at ORDER BY created_at DESC, id DESC LIMIT {ranking.CANDIDATES}
), candidate AS (
    SELECT id, max(score) AS score, min(reason) AS reason FROM (
        SELECT id, score, reason FROM newest
        UNION ALL
        (SELECT id, {ranking.OWN}, {FeedItem.Reason.OWN} FROM posts_post
         WHERE author_id = %(me)s AND created_at > %(since)s AND created_at <= %(as_of)s
         ORDER BY created_at DESC LIMIT {arms.PULLED})
    ) every GROUP BY id
), cut AS (
    SELECT min(created_at) AS at FROM timeline HAVING count(*) = {ranking.CANDIDATES}
    UNION ALL SELECT min(created_at) FROM newest HAVING count(*) = {ranking.CANDIDATES}
    UNION ALL SELECT min(created_at) FROM pulled GROUP BY author_id HAVING count(*) = {arms.PULLED}
    UNION ALL SELECT min(created_at) FROM tagged GROUP BY tag_id HAVING count(*) = {arms.TAGGED}
), one AS (
    SELECT DISTINCT ON ({arms.ROOT}) p.id, c.reason, {arms.ROOT} AS root, p.created_at,
           greatest(0, c.score - {arms.LESS}) + {arms.TAG_POINTS} + {ranking.AT_READ} AS score
    FROM candidate c JOIN posts_post p ON p.id = c.id {arms.ORIGINAL}
    WHERE {arms.SHOWN}
    ORDER BY {arms.ROOT}, p.repost_of_id NULLS FIRST, p.created_at DESC
)
SELECT id, reason, root, created_at, (SELECT max(at) FROM cut) FROM one ORDER BY score DESC, id DESC"""

_BEFORE = "{0}.created_at <= %(before)s AND ({0}.created_at, {0}.{1}) < (%(before)s, %(before_id)s::bigint)"
_WANTED = f"{arms.UNSEEN} AND {arms.SHOWN} AND {arms.COMES_ALONE}"

# Authors are asked only where the timeline has ended: PostgreSQL decides that once, before it reads them.
_LATEST = f"""
WITH timeline AS MATERIALIZED (
    SELECT DISTINCT ON (i.created_at, i.post_id) i.post_id AS id, i.reason, {arms.ROOT} AS root, i.created_at
    FROM feed_item i JOIN posts_post p ON p.id = i.post_id {arms.ORIGINAL}
    WHERE i.user_id = %(me)s AND {_BEFORE.format("i", "post_id")} AND {_WANTED}
    ORDER BY i.created_at DESC, i.post_id DESC LIMIT %(size)s
), author AS (
    SELECT %(me)s::bigint AS id, {FeedItem.Reason.OWN} AS reason
    UNION ALL
    SELECT f.followee_id, {FeedItem.Reason.FOLLOW} FROM graph_follow f
    WHERE f.follower_id = %(me)s
      AND ((SELECT count(*) FROM timeline) < %(size)s
           OR f.followee_id IN (SELECT author_id FROM feed_pulledauthor))
)
SELECT id, min(reason), root, created_at FROM (
    SELECT id, reason, root, created_at FROM timeline
    UNION ALL
    SELECT p.id, CASE WHEN p.root <> p.id THEN greatest(author.reason, {FeedItem.Reason.REPOST}) ELSE author.reason END,
           p.root, p.created_at
    FROM author CROSS JOIN LATERAL (
        SELECT p.id, {arms.ROOT} AS root, p.created_at FROM posts_post p {arms.ORIGINAL}
        WHERE p.author_id = author.id AND {_BEFORE.format("p", "id")}
          AND {_WANTED}
        ORDER BY p.created_at DESC, p.id DESC LIMIT %(size)s) p
    UNION ALL
    SELECT p.id, {FeedItem.Reason.TAG}, p.id, p.created_at
    FROM unnest({arms.TAGS}) tag (id) CROSS JOIN LATERAL (
        SELECT p.id, p.created_at FROM {arms.TAGGED_POSTS}
        WHERE t.tag_id = tag.id AND {_BEFORE.format("t", "post_id")}
          AND {arms.FOR_STRANGERS} AND {arms.UNSEEN} AND {arms.SHOWN}
        ORDER BY t.created_at DESC, t.post_id DESC LIMIT %(size)s) p
) every GROUP BY id, root, created_at ORDER BY created_at DESC, id DESC LIMIT %(size)s"""

_NEWER = f"""
SELECT DISTINCT ON ({arms.ROOT}) p.id, every.reason, {arms.ROOT} AS root, p.created_at FROM (
    SELECT id, min(reason) AS reason FROM (
        (SELECT post_id AS id, reason FROM feed_item WHERE user_id = %(me)s AND created_at > %(since)s
         ORDER BY created_at DESC LIMIT %(size)s)
        UNION ALL
        (SELECT id, {FeedItem.Reason.OWN} FROM posts_post WHERE author_id = %(me)s AND created_at > %(since)s
         ORDER BY created_at DESC LIMIT %(size)s)
        UNION ALL
        SELECT p.id, {arms.REASON} FROM {arms.PULLED_AUTHORS} CROSS JOIN LATERAL (
            SELECT id, repost_of_id FROM posts_post WHERE author_id = a.author_id AND created_at > %(since)s
            ORDER BY created_at DESC LIMIT %(size)s) p
    ) all_of GROUP BY id
) every JOIN posts_post p ON p.id = every.id {arms.ORIGINAL}
WHERE {arms.SHOWN}
ORDER BY {arms.ROOT}, p.repost_of_id NULLS FIRST, p.created_at DESC"""


# Also what nobody is shown: this only says whether anything came. The moment is asked for by a SELECT, so that one plan
# is as good as another: else PostgreSQL makes a new one each time, which costs more than running it.
_ARRIVED = f"""
WITH since AS MATERIALIZED (SELECT %(since)s::timestamptz AS at)
(SELECT post_id FROM feed_item WHERE user_id = %(me)s AND created_at > (SELECT at FROM since)
 ORDER BY created_at DESC LIMIT {PAGE})
UNION ALL
(SELECT id FROM posts_post WHERE author_id = %(me)s AND created_at > (SELECT at FROM since)
 ORDER BY created_at DESC LIMIT {PAGE})
UNION ALL
(SELECT p.id FROM feed_pulledauthor a
 JOIN graph_follow f ON f.followee_id = a.author_id AND f.follower_id = %(me)s
 JOIN posts_post p ON p.author_id = a.author_id AND p.created_at > (SELECT at FROM since)
 WHERE a.last_post_at > (SELECT at FROM since))"""


class Item(NamedTuple):
    """One place of a list. `post_id` may be a repost; `root` is then what it passes on, else the post itself."""

    post_id: int
    reason: int  # FeedItem.Reason
    root: int
    at: datetime  # when it was written, or passed on


class Arrivals(NamedTuple):
    """Ids of what has come since some moment."""

    since: datetime
    ids: frozenset[int]

    def exclude(self, since: datetime) -> bool:
        """Whether it is known that nothing has come since then."""
        return not self.ids and self.since <= since


Ids = list[Item]  # in the order shown


@dataclass(frozen=True, slots=True)
class Ranking:
    as_of: datetime
    posts: Ids
    floor: datetime  # what is older was not ranked
    is_cut: bool  # whether some of what is older was ranked all the same
    older: Ids  # the newest of what is older, where there is too little to fill a first page: most people have few

    def __reduce__(self) -> tuple[Any, ...]:
        """Goes into Redis by columns: hundreds of tuples would take longer than to rank them."""
        rest = self.as_of, self.floor, self.is_cut, self.older
        return _ranking_of, (tuple(zip(*self.posts, strict=True)), *rest)

    def older_than_ranked(self, seen: Collection[int], size: int) -> Ids | None:
        """So many of `older` whose marks are not among `seen`; None where more than was kept is needed."""
        found = [item for item in self.older if mark(item.root) not in seen][:size]
        return found if len(found) == size or 0 < len(self.older) < FILL else None


def _ranking_of(columns: tuple[Any, ...], as_of: datetime, floor: datetime, is_cut: bool, older: Ids) -> Ranking:
    return Ranking(as_of, list(map(Item._make, zip(*columns, strict=True))), floor, is_cut, older)


def rank(viewer: "User", as_of: datetime) -> Ranking:
    """The newest candidates of seven days, best first (ranking.py), and what a first page needs besides.

    One query; two when those candidates do not fill a page.
    """
    since = as_of - ranking.WINDOW
    found = fetch(_RANKED, viewer, since=since, as_of=as_of)
    floor = found[0][4] if found else None
    items = [Item(*row[:4]) for row in found]
    older: Ids = []
    if len(items) < FILL:
        older = latest(viewer, before=floor or since, before_id=LAST_ID, size=FILL, seen=marks_of(items))
    return Ranking(as_of, items, floor or since, floor is not None, older)


def latest(viewer: "User", *, before: datetime, before_id: int, size: int, seen: Iterable[int] = ()) -> Ids:
    """The newest before a place in time: from the timeline, and where that has ended from the authors themselves.

    None whose `mark` is among `seen`. Less than `size` only at the end. One query; another when a page of it passes
    the same post on twice.
    """
    page: Ids = []
    known = set(seen)
    while size > len(page):
        wanted = size - len(page)
        values = {"before": before, "before_id": before_id, "size": wanted, "seen": list(known)}
        found = [Item(*row) for row in fetch(_LATEST, viewer, **values)]
        for item in found:
            if item.root == item.post_id:
                page.append(item)
            elif (passed_on := mark(item.root)) not in known:
                page.append(item)
                known.add(passed_on)
        if len(found) < wanted:
            break
        before, before_id = found[-1].at, found[-1].post_id
    return page


def newer(viewer: "User", *, since: datetime, size: int) -> Ids:
    """What has come since, newest first. One query."""
    found = [Item(*row) for row in fetch(_NEWER, viewer, since=since, size=size)]
    return sorted(found, key=lambda item: (item.at, item.post_id), reverse=True)[:size]


def arrivals(viewer: "User", since: datetime) -> Arrivals:
    """The same as before when nothing has come since then, shown or not. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_ARRIVED, {"me": viewer.pk, "since": since})
        return Arrivals(since, frozenset(post_id for (post_id,) in cursor.fetchall()))


def joined(fresh: Ids, ranked: Ids) -> Ids:
    """What is new above what was ranked before it came, each original once."""
    known = {item.root for item in ranked}
    originals = {item.post_id for item in fresh if item.root == item.post_id}
    above = [item for item in fresh if item.root not in known or (item.root == item.post_id and not _has(ranked, item))]
    return above + [item for item in ranked if item.root == item.post_id or item.root not in originals]


def boosted(viewer: "User", page: Ids) -> Ids:
    """A first page with the newest running boost in its third place, unless the page shows that post already.

    At most one query, none while nothing is boosted.
    """
    known = {item.root for item in page}
    boosts = [post_id for post_id in posts.running_boosts(viewer) if post_id not in known]
    if not boosts:
        return page
    boost = Item(boosts[0], FeedItem.Reason.BOOST, boosts[0], page[0].at if page else datetime.min)
    return [*page[:BOOST_PLACE], boost, *page[BOOST_PLACE:]]


def timeline_tag(person_id: int) -> str:
    """The cache tag of what is ranked for one person."""
    return f"timeline:{person_id}"


def tags_of(person_id: int) -> list[str]:
    """The cache tags of a kept ranking: their timeline, whom and what they muted, which hashtags they follow."""
    return [timeline_tag(person_id), graph.mutes_tag(person_id), posts.quiet_tag(person_id), posts.tags_tag(person_id)]


def mark(post_id: int) -> int:
    """The name of a post in a cursor, for short: the random bits of its id. Of a repost, name its `root`."""
    return post_id & MARK


def marks_of(items: Iterable[Item]) -> frozenset[int]:
    return frozenset(mark(item.root) for item in items)


def _has(items: Ids, one: Item) -> bool:
    return any(item.post_id == one.post_id for item in items)


def fetch(statement: str, viewer: "User", **values: Any) -> Sequence[tuple[Any, ...]]:
    """A statement with the parameters of `arms`. What is muted is kept, so this is one query."""
    quiet = posts.muted_words_pattern(viewer)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"me": viewer.pk, "university": viewer.university_id, "quiet": quiet, **values})
        return list(cursor.fetchall())
