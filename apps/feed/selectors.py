"""Reads of the feed: pages of finished cards, and the same as data."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.feed import reading
from apps.feed.models import FeedItem
from apps.feed.services import timeline_tag
from apps.graph import selectors as graph
from apps.kernel import cursors
from apps.kernel.cache import cached
from apps.kernel.errors import Invalid
from apps.posts import selectors as posts

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.posts.models import Post

PAGE = 20
VIEWS = ("ranked", "latest")
_SALT = "feed"
_LAST_ID = 2**63 - 1
_MARK_BYTES = 3  # of reading.mark


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    cards: list[SafeString]
    next: str  # cursor of the page after this one, "" at the end
    since: str  # what `news` is asked for
    view: str


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    cards: list[SafeString]
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a page begins. `ranked`: among what was ranked at `as_of`; `latest`: before a post in time.

    `seen` are the marks of what was shown before: counters move between two pages and order with them, so only names
    keep a post from being shown twice or not at all.
    """

    view: str
    as_of: datetime
    before_id: int = _LAST_ID
    seen: frozenset[int] = frozenset()
    is_first: bool = False


def home_page(viewer: "User", *, view: str = "ranked", cursor: str = "") -> HomePage:
    """A page of a member's home feed. A cursor goes on in its own view. At most three queries, with nothing cached.

    Everything that can change is read live but the order of the first ranked page, which is kept for a minute: what has
    come since stands above it. Invalid for a cursor that is not ours.
    """
    place = _place(view, cursor)
    picked, onward = _pick(viewer, place)
    rows = posts.card_rows(viewer, [post_id for post_id, _reason in picked])
    shown = [(rows[post_id], reason) for post_id, reason in picked if post_id in rows]
    why = {post.pk: format_html('<p class="meta">{}</p>', _why(post, reason)) for post, reason in shown}
    cards = posts.draw_cards(viewer, [post for post, _reason in shown], why=why)
    return HomePage(cards=cards, next=onward, since=_moment(place.as_of - reading.FRESH), view=place.view)


def api_page(viewer: "User", *, view: str = "ranked", cursor: str = "") -> dict[str, Any]:
    """The same page as data: items and the cursor of the next, None at the end."""
    picked, onward = _pick(viewer, _place(view, cursor))
    reasons = dict(picked)
    found = posts.visible_posts(viewer).select_related("author").filter(pk__in=reasons)
    rows = {post.pk: post for post in found}
    items = [_item(rows[post_id], reasons[post_id]) for post_id in reasons if post_id in rows]
    return {"items": items, "next": onward or None}


def news(viewer: "User", since: str) -> News:
    """What others have written since a time (ISO 8601), newest first, at most a page. Invalid for anything else."""
    now = timezone.now()
    picked = reading.newer(viewer, since=_read_moment(since), size=PAGE)
    ids = [post_id for post_id, reason in picked if reason != FeedItem.Reason.OWN]
    return News(cards=posts.cards(viewer, ids), since=_moment(now - reading.FRESH))


def _pick(viewer: "User", place: _Place) -> tuple[reading.Ids, str]:
    """What stands on the page, and the cursor of the next."""
    if place.view == "latest":
        return _pick_latest(viewer, place, [])
    ranking, is_new = _ranking(viewer, place)
    ranked = [item for item in ranking.posts if reading.mark(item[0]) not in place.seen]
    if place.is_first and not is_new:
        known = dict(ranked)
        fresh = reading.newer(viewer, since=ranking.as_of - reading.FRESH, size=PAGE)
        ranked = [item for item in fresh if item[0] not in known] + ranked
    page = ranked[:PAGE]
    seen = place.seen | {reading.mark(post_id) for post_id, _reason in page}
    if len(ranked) > PAGE:
        return page, _cursor(replace(place, as_of=ranking.as_of, seen=seen))
    rest = _Place(view="latest", as_of=ranking.floor, seen=seen if ranking.is_cut else frozenset())
    return _pick_latest(viewer, rest, page)


def _pick_latest(viewer: "User", place: _Place, page: reading.Ids) -> tuple[reading.Ids, str]:
    """Fills the page up with what is older, by time alone, and goes on from there."""
    room = PAGE - len(page)
    found = reading.latest(viewer, before=place.as_of, before_id=place.before_id, size=room + 1, seen=place.seen)
    page = page + [(post_id, reason) for post_id, reason, _at in found[:room]]
    if len(found) <= room:
        return page, ""
    if room:
        last_id, _reason, last_at = found[room - 1]
        place = replace(place, as_of=last_at, before_id=last_id)
    return page, _cursor(place)


def _ranking(viewer: "User", place: _Place) -> tuple[reading.Ranking, bool]:
    """The ranking to page through, and whether it was made just now."""
    now = timezone.now()
    kept: reading.Ranking = cached(
        "ranked_page",
        viewer.pk,
        tags=[timeline_tag(viewer.pk), graph.mutes_tag(viewer.pk)],
        make=lambda: reading.rank(viewer, now),
    )
    if place.is_first or kept.as_of == place.as_of:
        return kept, kept.as_of == now
    return reading.rank(viewer, place.as_of), False


def _place(view: str, cursor: str) -> _Place:
    if not cursor:
        return _Place(view=view if view in VIEWS else VIEWS[0], as_of=timezone.now(), is_first=True)
    values = cursors.decode(cursor, salt=_SALT)
    as_of = datetime.fromisoformat(values["as_of"])
    return _Place(view=values["view"], as_of=as_of, before_id=values["before_id"], seen=_unpack(values["seen"]))


def _cursor(place: _Place) -> str:
    values = {"view": place.view, "as_of": place.as_of, "before_id": place.before_id, "seen": _pack(place.seen)}
    return cursors.encode(values, salt=_SALT)


def _pack(seen: Iterable[int]) -> str:
    return base64.urlsafe_b64encode(b"".join(mark.to_bytes(_MARK_BYTES) for mark in sorted(seen))).decode()


def _unpack(packed: str) -> frozenset[int]:
    raw = base64.urlsafe_b64decode(packed)
    return frozenset(int.from_bytes(raw[at : at + _MARK_BYTES]) for at in range(0, len(raw), _MARK_BYTES))


def _why(post: "Post", reason: int) -> str:
    """Why a post is shown, in a sentence (FE4)."""
    if reason == FeedItem.Reason.OWN:
        return _("You wrote this.")
    if reason == FeedItem.Reason.MUTUAL:
        return _("You and %(name)s follow one another.") % {"name": post.author.name}
    return _("You follow %(name)s.") % {"name": post.author.name}


def _item(post: "Post", reason: int) -> dict[str, Any]:
    """Ids as strings: they are larger than JavaScript's integers."""
    return {
        "id": str(post.pk),
        "author": {"username": post.author.username, "name": post.author.name},
        "body": post.body,
        "created_at": post.created_at.isoformat(),
        "why": _why(post, reason),
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _read_moment(raw: str) -> datetime:
    try:
        at = datetime.fromisoformat(raw.replace(" ", "+"))  # a plus sign in an address that was not quoted
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not 1970 < at.year < 9999:
        raise Invalid(_("This is not a time."))
    return at
