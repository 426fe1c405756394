"""Where a page of the feed begins, and the signed string that says so."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.feed.filters import NONE, Filters, filters_of
from apps.feed.models import FeedState
from apps.feed.state import State
from apps.kernel import cursors
from apps.kernel.errors import Invalid

VIEWS = tuple(FeedState.View.values)
RANKED, LATEST = FeedState.View.RANKED.value, FeedState.View.LATEST.value
_SALT = "feed"
_LAST_ID = 2**63 - 1
_MARK_BYTES = 3  # of reading.mark
_MOST_SEEN = 480  # marks that a cursor has room for


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a page begins. Ranked: among what was ranked at `as_of`; latest: before a post in time.

    `seen` are the marks of what was shown before, the newest last: counters move between two pages and order with them,
    so only names keep a post from being shown twice or not at all. What is filtered goes by time.
    """

    view: str
    as_of: datetime
    before_id: int = _LAST_ID
    seen: tuple[int, ...] = ()
    filters: Filters = NONE
    is_first: bool = False

    def having_seen(self, marks: Iterable[int]) -> "Spot":
        """Beyond what a cursor has room for, those seen first are forgotten: by then they are far behind."""
        return replace(self, seen=tuple(dict.fromkeys([*self.seen, *marks]))[-_MOST_SEEN:])


def spot_of(state: State, *, view: str = "", cursor: str = "") -> Spot:
    """The cursor's; without one the top of the view asked for, or of the person's own. Invalid for what is not ours."""
    if not cursor:
        chosen = view if view in VIEWS else state.view
        chosen = LATEST if state.filters.is_active else chosen
        return Spot(view=chosen, as_of=timezone.now(), filters=state.filters, is_first=True)
    values = cursors.decode(cursor, salt=_SALT)
    return Spot(
        view=values["view"],
        as_of=datetime.fromisoformat(values["as_of"]),
        before_id=values["before_id"],
        seen=_unpack(values["seen"]),
        filters=filters_of(values.get("filters", {})),
    )


def cursor_to(spot: Spot) -> str:
    values = {"view": spot.view, "as_of": spot.as_of, "before_id": spot.before_id, "seen": _pack(spot.seen)}
    if spot.filters.is_active:
        values["filters"] = spot.filters.kept()
    return cursors.encode(values, salt=_SALT)


def _pack(seen: Iterable[int]) -> str:
    return base64.urlsafe_b64encode(b"".join(mark.to_bytes(_MARK_BYTES) for mark in seen)).decode()


def _unpack(packed: str) -> tuple[int, ...]:
    raw = base64.urlsafe_b64decode(packed)
    return tuple(int.from_bytes(raw[at : at + _MARK_BYTES]) for at in range(0, len(raw), _MARK_BYTES))


def written(at: datetime) -> str:
    """A time as it stands in a page."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def moment(raw: str) -> datetime:
    """A time that was sent to us (ISO 8601). Invalid for anything else."""
    try:
        at = datetime.fromisoformat(raw.replace(" ", "+"))  # a plus sign in an address that was not quoted
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not 1970 < at.year < 9999:
        raise Invalid(_("This is not a time."))
    return at


def known_cursor(raw: str) -> str:
    """A cursor that was sent to us to be kept. Invalid for one that is not ours."""
    cursors.decode(raw, salt=_SALT)
    return raw


def known_id(raw: str) -> int:
    """The id of a post, whether there is one or not. Invalid for what is no id."""
    if not (raw.isascii() and raw.isdecimal() and 0 < int(raw[:20]) <= _LAST_ID):
        raise Invalid
    return int(raw)
