"""What somebody missed who was away for longer than a day: the best of that time, told once (D5)."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from apps.feed import reading
from apps.feed.models import FeedItem
from apps.feed.reading import Item
from apps.feed.state import BACK, State
from apps.kernel.cache import cached

if TYPE_CHECKING:
    from apps.accounts.models import User

MOST = 10


def missed(viewer: "User", state: State) -> list[Item]:
    """What others have written meanwhile, best first; none once it is closed or some hours old.

    No query while it is kept. Whether the posts may be seen is decided when their cards are loaded.
    """
    if state.away is None or timezone.now() - state.away[1] > BACK:
        return []
    since, back = state.away
    tags = reading.tags_of(viewer.pk)
    return cached("away", viewer.pk, int(since.timestamp()), tags=tags, make=lambda: _best(viewer, since, back))


def _best(viewer: "User", since: datetime, back: datetime) -> list[Item]:
    """By the formula of the ranking, as it was when they came back."""
    ranked = reading.rank(viewer, back).posts
    return [item for item in ranked if item.reason != FeedItem.Reason.OWN and item.at > since][:MOST]
