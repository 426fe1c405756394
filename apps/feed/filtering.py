"""A feed with filters: what fits them, newest first, as far back as posts go. Whether each may be seen is decided
again when its card is loaded, as for every page of the feed.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from apps.feed import arms
from apps.feed.filters import Filters, Kind, Whose
from apps.feed.models import FeedItem
from apps.feed.reading import Ids, Item, fetch

if TYPE_CHECKING:
    from apps.accounts.models import User

# Tables as in feed.arms; author.id is whose posts these are.
_KINDS = {
    Kind.ORIGINALS: "p.repost_of_id IS NULL",
    Kind.POLLS: "p.has_poll",
    Kind.LINKS: "p.link_card_id IS NOT NULL",
    Kind.QUOTES: "p.is_quote",
}
_TAGGED = f"""
    EXISTS (SELECT 1 FROM posts_posttag x JOIN posts_hashtag h ON h.id = x.tag_id
            WHERE x.post_id = {arms.ROOT} AND h.name = %(tag)s)"""
_RECENT = "p.created_at > %(since)s"
_BEFORE = "p.created_at <= %(before)s AND (p.created_at, p.id) < (%(before)s, %(before_id)s::bigint)"
_FITTING = f"{_BEFORE} AND {arms.UNSEEN} AND {arms.SHOWN}"
_NEWEST = "ORDER BY p.created_at DESC, p.id DESC LIMIT %(size)s"

_AUTHORS = {
    Whose.ALL: f"""
        SELECT %(me)s::bigint AS id, {FeedItem.Reason.OWN} AS reason
        UNION ALL
        SELECT followee_id, {FeedItem.Reason.FOLLOW} FROM graph_follow WHERE follower_id = %(me)s""",
    Whose.FRIENDS: f"""
        SELECT f.followee_id AS id, {FeedItem.Reason.MUTUAL} AS reason FROM graph_follow f
        JOIN graph_follow b ON b.follower_id = f.followee_id AND b.followee_id = f.follower_id
        WHERE f.follower_id = %(me)s""",
}
_BY_AUTHOR = f"""
    SELECT p.id, CASE WHEN p.root <> p.id THEN {FeedItem.Reason.REPOST} ELSE author.reason END AS reason, p.root,
           p.created_at
    FROM ({{authors}}) author CROSS JOIN LATERAL (
        SELECT p.id, {arms.ROOT} AS root, p.created_at FROM posts_post p {arms.ORIGINAL}
        WHERE p.author_id = author.id AND {_FITTING} {{wanted}} {_NEWEST}) p"""
_BY_TAG = f"""
    (SELECT p.id, {FeedItem.Reason.TAG} AS reason, p.id AS root, p.created_at FROM {arms.TAGGED_POSTS}
     WHERE t.tag_id = ANY ({arms.TAGS}) AND t.created_at <= %(before)s AND {arms.FOR_STRANGERS}
       AND {_FITTING} {{wanted}}
     {_NEWEST})"""
# However many pass a post on, it stands once: where the newest of them has put it.
_PAGE = f"""
    SELECT p.id, p.reason, p.root, p.created_at FROM (
        SELECT DISTINCT ON (root) id, reason, root, created_at FROM ({{arms}}) every
        ORDER BY root, created_at DESC, id DESC, reason) p
    {_NEWEST}"""


def filtered(
    viewer: "User", filters: Filters, *, before: datetime, before_id: int, size: int, seen: Iterable[int] = ()
) -> Ids:
    """The newest before a place in time that fit; none whose root has its `mark` among `seen`. One query."""
    since = timezone.now() - filters.age if filters.age else None
    wanted = [_KINDS[Kind(filters.kind)]] if filters.kind else []
    wanted += [_TAGGED] if filters.tag else []
    wanted += [_RECENT] if since else []
    fits = "".join(f" AND {one}" for one in wanted)
    sources = []
    if filters.whose != Whose.TAGS:
        sources.append(_BY_AUTHOR.format(authors=_AUTHORS[Whose(filters.whose)], wanted=fits))
    if filters.whose != Whose.FRIENDS:
        sources.append(_BY_TAG.format(wanted=fits))
    values = {"before": before, "before_id": before_id, "size": size, "seen": list(seen)}
    statement = _PAGE.format(arms=" UNION ALL ".join(sources))
    return [Item(*row) for row in fetch(statement, viewer, **values, since=since, tag=filters.tag)]
