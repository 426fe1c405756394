"""Timelines of a seeded crowd, so that a home page has something to read."""

from apps.feed import services
from apps.kernel.seeding import Crowd, refresh_statistics

STEP = 50_000  # timelines in one statement


def fill(crowd: Crowd) -> None:
    if not crowd.posts:
        return
    services.ensure_partitions()
    refresh_statistics()
    total = 0
    for first in crowd.ids[::STEP]:
        total += services.rebuild_timelines(first=first, last=min(first + STEP, crowd.ids.stop) - 1)
    crowd.say(f"feed_item: {total:,} rows")
