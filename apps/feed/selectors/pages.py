"""Pages of the home feed as finished cards, and the same as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.feed import reading
from apps.feed.filters import Filters
from apps.feed.reading import Item
from apps.feed.selectors import why
from apps.feed.selectors.picking import Picked, fresh, pick
from apps.feed.selectors.places import moment, written
from apps.feed.state import PLACE_KEPT
from apps.posts import selectors as posts

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.posts.models import Post
    from apps.posts.selectors import Rows

LATE = 2 * reading.FRESH  # how long after it was written a post may come and still be noticed by a kept page
NEAR = 5  # cards: who stopped reading among the first of a page needs no way there


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a first page was made of, as far as it was read live."""

    post_ids: tuple[int, ...]
    digest: bytes  # of their rows
    arrivals: reading.Arrivals
    asked: why.Asked
    facts: dict[int, why.Facts]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    cards: list[SafeString]
    next: str  # cursor of the page after this one, "" at the end
    since: str  # what `news` is asked for
    view: str
    filters: Filters
    is_first: bool
    away: list[SafeString] = field(default_factory=list)  # cards of what was missed while the viewer was away
    away_since: datetime | None = None
    go_on: str = ""  # the address where reading stopped
    stamp: Stamp | None = None  # None: not to be kept
    until: float = 0.0  # time.time() at which it changes by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    cards: list[SafeString]
    since: str


def home_page(viewer: "User", *, view: str = "", cursor: str = "", to_keep: bool = False) -> HomePage:
    """A page of a member's home feed: of the view asked for, else of the one they have chosen. A cursor goes on in its
    own view. Two queries while order and state are kept.

    Everything that can change is read live but the order of the first ranked page, which is kept for a minute: what has
    come since stands above it. Invalid for a cursor that is not ours. A first page `to_keep` has a stamp, for another
    query.
    """
    arrivals = None  # asked for first: what comes meanwhile counts
    if to_keep and not cursor:
        arrivals = reading.arrivals(viewer, timezone.now() - LATE)
    picked = pick(viewer, view=view, cursor=cursor, arrivals=arrivals)
    shown = [*picked.away, *picked.items]
    rows = posts.card_rows(viewer, [item.post_id for item in shown])
    facts = why.facts_of(viewer, asked := why.asked_of(shown, rows))
    lines = why.lines(facts, picked.items, picked.away)
    _mark_page(lines, picked, rows)
    drawn = posts.draw_cards(viewer, [rows[item.post_id] for item in shown if item.post_id in rows], why=lines)
    away = _in_order(picked.away, drawn)
    spot, state = picked.spot, picked.state
    return HomePage(
        cards=_with_divider(picked, drawn),
        next=picked.next,
        since=written(spot.as_of - reading.FRESH),
        view=spot.view,
        filters=spot.filters,
        is_first=spot.is_first,
        away=away,
        away_since=state.away[0] if state.away and away else None,
        go_on=_go_on(picked),
        stamp=_stamp(picked, rows, arrivals, asked, facts),
        until=posts.cards_hold_until(rows.values()),
    )


def holds(viewer: "User", stamp: Stamp) -> bool:
    """Whether a kept page would be made the same: its posts are what they were, all of them still shown to the viewer,
    and nothing has come that would stand above them. At most three queries.
    """
    return (
        posts.rows_hold(viewer, stamp.post_ids, stamp.digest)
        and reading.arrivals(viewer, stamp.arrivals.since) == stamp.arrivals
        and why.facts_of(viewer, stamp.asked) == stamp.facts
    )


def _stamp(
    picked: Picked, rows: "Rows", arrivals: reading.Arrivals | None, asked: why.Asked, facts: dict[int, why.Facts]
) -> Stamp | None:
    """None for what hangs on more than it tells: filtered pages, and the first after somebody was away."""
    if arrivals is None or picked.away or picked.spot.filters.is_active:
        return None
    return Stamp(tuple(item.post_id for item in picked.items), rows.digest(), arrivals, asked, facts)


def api_page(viewer: "User", *, view: str = "", cursor: str = "") -> dict[str, Any]:
    """The same page as data: items, those missed meanwhile first, and the cursor of the next, None at the end."""
    picked = pick(viewer, view=view, cursor=cursor)
    items = {item.post_id: item for item in [*picked.away, *picked.items]}
    rows = posts.card_rows(viewer, items)
    shown = [rows[post_id] for post_id in items if post_id in rows]
    facts = why.facts_of(viewer, why.asked_of(items.values(), rows))
    nothing = why.Facts()
    said = {str(post.pk): why.sentence(post, items[post.pk], facts.get(items[post.pk].root, nothing)) for post in shown}
    return {
        "items": [item | {"why": said[item["id"]]} for item in posts.as_data(viewer, shown)],
        "next": picked.next or None,
        "view": picked.spot.view,
        "filters": picked.spot.filters.kept(),
    }


def news(viewer: "User", since: str) -> News:
    """What others have written since a time (ISO 8601), newest first, at most a page. Invalid for anything else."""
    now = timezone.now()
    items = fresh(viewer, moment(since))
    return News(cards=posts.cards(viewer, [item.post_id for item in items]), since=written(now - reading.FRESH))


def _mark_page(lines: dict[int, SafeString], picked: Picked, rows: Mapping[int, "Post"]) -> None:
    """The first card of the list carries the cursor of its page, for the script that notes where reading stops."""
    first = next((item.post_id for item in picked.items if item.post_id in rows), None)
    if first is not None:
        line = lines.get(first, "")
        lines[first] = format_html('{}<span data-here="{}" hidden></span>', line, picked.here)


def _with_divider(picked: Picked, drawn: Mapping[int, SafeString]) -> list[SafeString]:
    """The cards in their order; the line that news ends here goes with the card before it, or the first."""
    if picked.caught_up is None:
        return _in_order(picked.items, drawn)
    above = _in_order(picked.items[: picked.caught_up], drawn)
    below = _in_order(picked.items[picked.caught_up :], drawn)
    if above:
        above[-1] = format_html("{}{}", above[-1], _divider(picked))
    elif below:
        below[0] = format_html("{}{}", _divider(picked), below[0])
    return above + below


def _in_order(items: Sequence[Item], drawn: Mapping[int, SafeString]) -> list[SafeString]:
    return [drawn[item.post_id] for item in items if item.post_id in drawn]


def _divider(picked: Picked) -> str:
    context = {
        "until": picked.state.seen_until,
        "news": picked.caught_up,
        "since": written(picked.spot.as_of - reading.FRESH),
    }
    return render_to_string("feed/_caught_up.html", context)


def _go_on(picked: Picked) -> str:
    """Where reading stopped, on whatever device: offered on a first page that does not begin with it."""
    place = picked.state.place
    if place is None or not picked.spot.is_first or timezone.now() - place.at > PLACE_KEPT:
        return ""
    if place.post_id in {item.root for item in picked.items[:NEAR]}:
        return ""
    return f"?cursor={quote(place.cursor)}#post-{place.post_id}"
