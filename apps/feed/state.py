"""How a person reads their feed: the same on all their devices. Kept, so that a warm page costs no query for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from apps.feed.filters import NONE, Filters, filters_of
from apps.feed.models import FeedState
from apps.kernel import limits
from apps.kernel.cache import cached, invalidate

if TYPE_CHECKING:
    from apps.accounts.models import User

AWAY = timedelta(hours=24)  # who was away for longer is told what they missed
BACK = timedelta(hours=12)  # for so long after they came back
PLACE_KEPT = timedelta(days=7)  # an older place is no place to go on from


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading stopped."""

    post_id: int
    cursor: str  # of the page it stood on
    at: datetime


@dataclass(frozen=True, slots=True)
class State:
    view: str = FeedState.View.RANKED.value
    filters: Filters = NONE
    seen_until: datetime | None = None
    place: Place | None = None
    away: tuple[datetime, datetime] | None = None  # from when to when


USUAL = State()


def state_tag(person_id: int) -> str:
    return f"feed-state:{person_id}"


def state_of(person_id: int) -> State:
    """No query while it is kept."""
    return cached("feed_state", person_id, tags=[state_tag(person_id)], make=lambda: _read(person_id))


def _read(person_id: int) -> State:
    row = FeedState.objects.filter(pk=person_id).first()
    if row is None:
        return USUAL
    place = None
    if row.place_post is not None and row.place_at is not None:
        place = Place(row.place_post, row.place_cursor, row.place_at)
    away = (row.away_since, row.back_at) if row.away_since and row.back_at else None
    return State(row.view, filters_of(row.filters), row.seen_until, place, away)


@transaction.atomic
def keep_view(*, actor: "User", view: str) -> None:
    """The order of the person's home page, until they choose anew. A word that names none changes nothing."""
    limits.check("feed.settings", person_id=actor.pk)
    if view in FeedState.View.values:
        _keep(actor.pk, view=view)


@transaction.atomic
def keep_filters(*, actor: "User", filters: Filters) -> None:
    limits.check("feed.settings", person_id=actor.pk)
    _keep(actor.pk, filters=filters.kept())


@transaction.atomic
def keep_place(*, actor: "User", post_id: int, cursor: str, since: datetime, has_caught_up: bool) -> None:
    """Where reading stopped, on a page that is as old as `since`. Who has scrolled to where news ends, or scrolls
    for the first time, has seen everything that was there then.
    """
    limits.check("feed.place", person_id=actor.pk)
    is_first = state_of(actor.pk).seen_until is None  # asked before anything is written: what is kept is what holds
    _keep(actor.pk, place_post=post_id, place_cursor=cursor, place_at=timezone.now())
    if has_caught_up or is_first:
        _see(actor.pk, since)


@transaction.atomic
def forget_place(*, actor: "User") -> None:
    limits.check("feed.place", person_id=actor.pk)
    _keep(actor.pk, place_post=None, place_cursor="", place_at=None)


@transaction.atomic
def mark_seen(*, actor: "User", until: datetime) -> None:
    """Everything older than this counts as read; it never goes back."""
    limits.check("feed.place", person_id=actor.pk)
    _see(actor.pk, until)


@transaction.atomic
def note_return(*, actor: "User", since: datetime) -> None:
    """Somebody opens their feed who was last seen at `since`: when that is long ago, they are told what they missed."""
    now = timezone.now()
    if now - since > AWAY:
        _keep(actor.pk, away_since=since, back_at=now)


@transaction.atomic
def close_away(*, actor: "User") -> None:
    """Nothing more of this absence."""
    limits.check("feed.settings", person_id=actor.pk)
    _keep(actor.pk, away_since=None, back_at=None)


def _see(person_id: int, until: datetime) -> None:
    until = min(until, timezone.now())
    FeedState.objects.bulk_create([FeedState(person_id=person_id)], ignore_conflicts=True)
    newer = FeedState.objects.filter(pk=person_id).exclude(seen_until__gte=until)
    if newer.update(seen_until=until):
        _changed(person_id)


def _keep(person_id: int, **fields: object) -> None:
    FeedState.objects.bulk_create(
        [FeedState(person_id=person_id, **fields)],
        update_conflicts=True,
        unique_fields=["person"],
        update_fields=list(fields),
    )
    _changed(person_id)


def _changed(person_id: int) -> None:
    """The page that comes next finds the new state kept already: whoever changed it has paid for the query."""
    invalidate(state_tag(person_id))
    transaction.on_commit(lambda: state_of(person_id))
