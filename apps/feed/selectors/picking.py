"""Which posts stand on a page of the feed, in which order, and where the next begins. Ids only: nothing here is shown
that the viewer may not see, because cards and data are made from rows that are read live.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from apps.feed import away, filtering, reading
from apps.feed.models import FeedItem
from apps.feed.reading import Arrivals, Item
from apps.feed.selectors.places import LATEST, Spot, cursor_to, spot_of
from apps.feed.state import State, state_of
from apps.kernel.cache import cached, hang_on

if TYPE_CHECKING:
    from apps.accounts.models import User

PAGE = reading.PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    spot: Spot
    state: State
    items: list[Item]
    next: str  # cursor of the page after this one, "" at the end
    here: str  # cursor that leads to this very page
    away: list[Item]  # what was missed meanwhile; stands above, on a first page only
    caught_up: int | None  # so many of the items are news, the rest was seen; None: not told on this page


def pick(viewer: "User", *, view: str = "", cursor: str = "", arrivals: Arrivals | None = None) -> Picked:
    """The page a cursor leads to, or the first of the view asked for, else of the person's own. Invalid for a cursor
    that is not ours. With `arrivals` of a moment ago, what is new is asked for only if there is something.
    """
    hang_on(*reading.tags_of(viewer.pk))
    state = state_of(viewer.pk)
    spot = spot_of(state, view=view, cursor=cursor)
    missed = away.missed(viewer, state) if spot.is_first and not spot.filters.is_active else []
    size = PAGE - len(missed)
    if missed:
        spot = spot.having_seen(reading.marks_of(missed))
    if spot.filters.is_active:
        items, onward, beyond = _filtered(viewer, spot)
    elif spot.view == LATEST:
        items, onward, beyond = _latest(viewer, spot, [], size)
    else:
        spot, items, onward, beyond = _ranked(viewer, spot, size, arrivals)
    return Picked(
        spot=spot,
        state=state,
        items=items,
        next=onward,
        here=cursor_to(spot),
        away=missed,
        caught_up=_caught_up(spot, state, items, beyond),
    )


def fresh(viewer: "User", since: datetime) -> list[Item]:
    """What others have written since, newest first, at most a page."""
    found = reading.newer(viewer, since=since, size=PAGE)
    return [item for item in found if item.reason != FeedItem.Reason.OWN]


def _ranked(
    viewer: "User", spot: Spot, size: int, arrivals: Arrivals | None
) -> tuple[Spot, list[Item], str, list[Item]]:
    """The spot with the time of its ranking, what stands there, the way on, and what of the ranking is left."""
    ranking, is_new = _ranking(viewer, spot)
    ranked = ranking.posts
    since = ranking.as_of - reading.FRESH
    if spot.is_first and not is_new and not (arrivals and arrivals.exclude(since)):
        ranked = reading.joined(reading.newer(viewer, since=since, size=PAGE), ranked)
    ranked = [item for item in ranked if reading.mark(item.root) not in spot.seen]
    spot = replace(spot, as_of=ranking.as_of)
    page, left = ranked[:size], ranked[size:]
    if spot.is_first:
        page = reading.boosted(viewer, page)
    onward = spot.having_seen(reading.marks_of(page))
    if left:
        return spot, page, cursor_to(replace(onward, is_first=False)), left
    # What is passed on may be older than whatever was ranked, so the marks go on.
    rest = Spot(view=LATEST, as_of=ranking.floor, seen=onward.seen)
    older = ranking.older_than_ranked(rest.seen, max(0, size - len(page)) + 1)
    return spot, *_latest(viewer, rest, page, size, older)


def _ranking(viewer: "User", spot: Spot) -> tuple[reading.Ranking, bool]:
    """The ranking to page through, and whether it was made just now."""
    now = timezone.now()
    kept: reading.Ranking = cached(
        "ranked_page",
        viewer.pk,
        tags=reading.tags_of(viewer.pk),
        make=lambda: reading.rank(viewer, now),
    )
    if spot.is_first or kept.as_of == spot.as_of:
        return kept, kept.as_of == now
    return reading.rank(viewer, spot.as_of), False


def _latest(
    viewer: "User", spot: Spot, page: list[Item], size: int, found: list[Item] | None = None
) -> tuple[list[Item], str, list[Item]]:
    """Fills the page up with what is older, by time alone, and goes on from there. `found`: what is known to follow."""
    room = max(0, size - len(page))
    if found is None:
        found = reading.latest(viewer, before=spot.as_of, before_id=spot.before_id, size=room + 1, seen=spot.seen)
    passed_on = [item for item in found[:room] if item.root != item.post_id]
    return _cut(spot.having_seen(reading.marks_of(passed_on)), page, found, room)


def _filtered(viewer: "User", spot: Spot) -> tuple[list[Item], str, list[Item]]:
    found = filtering.filtered(
        viewer, spot.filters, before=spot.as_of, before_id=spot.before_id, size=PAGE + 1, seen=spot.seen
    )
    passed_on = [item for item in found[:PAGE] if item.root != item.post_id]
    return _cut(spot.having_seen(reading.marks_of(passed_on)), [], found, PAGE)


def _cut(spot: Spot, page: list[Item], found: list[Item], room: int) -> tuple[list[Item], str, list[Item]]:
    """The page with as many of what was found as there is room for, the way on, and the one that was too many."""
    page = page + found[:room]
    if len(found) <= room:
        return page, "", []
    if room:
        last = found[room - 1]
        spot = replace(spot, as_of=last.at, before_id=last.post_id)
    return page, cursor_to(replace(spot, is_first=False)), found[room:]


def _caught_up(spot: Spot, state: State, items: Sequence[Item], beyond: Sequence[Item]) -> int | None:
    """After how many of the items news ends: everything that follows, here and beyond, was scrolled past before.

    0 on a first page without news; None where news goes on, where it ended on an earlier page, and for who is here
    for the first time. One's own posts and boosts are no news.
    """
    if state.seen_until is None or spot.filters.is_active:
        return None
    until = state.seen_until

    def is_news(item: Item) -> bool:
        return item.at > until and item.reason not in (FeedItem.Reason.OWN, FeedItem.Reason.BOOST)

    if any(map(is_news, beyond)):
        return None
    news = [place for place, item in enumerate(items) if is_news(item)]
    if news:
        return news[-1] + 1
    return 0 if spot.is_first and items else None
