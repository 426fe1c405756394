"""The days of the timeline: each is one partition of `feed_item`, made ahead and dropped whole."""

import datetime as dt

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

AHEAD = 3  # days made before they are needed
_known: set[dt.date] = set()  # days this process has seen; one is dropped only after it can no longer be written


def ensure(today: dt.date | None = None) -> tuple[int, int]:
    """Makes the days from the horizon to AHEAD and drops older ones. Safe to run at any time, by many at once.

    Returns how many were made and how many dropped.
    """
    today = today or timezone.now().astimezone(dt.UTC).date()
    first = today - dt.timedelta(days=settings.FEED_HORIZON_DAYS)
    wanted = {first + dt.timedelta(days=n) for n in range(settings.FEED_HORIZON_DAYS + AHEAD + 1)}
    existing = days()
    old = {day for day in existing if day < first}
    for day in sorted(wanted - existing):
        _make(day)
    for day in sorted(old):
        _drop(day)
    return len(wanted - existing), len(old)


def ensure_day(moment: dt.datetime) -> None:
    """Makes the partition of `moment` if nobody has: a machine that was off for a week has none for today."""
    day = moment.astimezone(dt.UTC).date()
    if day in _known:
        return
    if day in days():
        _known.add(day)
    else:
        _make(day)  # not yet known: the transaction may still roll back


def days() -> set[dt.date]:
    """The days that have a partition."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT right(c.relname, 8) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = 'feed_item'::regclass"
        )
        return {dt.datetime.strptime(name, "%Y%m%d").replace(tzinfo=dt.UTC).date() for (name,) in cursor.fetchall()}


def _make(day: dt.date) -> None:
    """Made apart and attached: readers of the other days are not kept waiting, as CREATE … PARTITION OF would."""
    name = _name(day)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('feed partitions'))")
        if day in days():
            return
        cursor.execute(f"CREATE TABLE {name} (LIKE feed_item INCLUDING DEFAULTS)")
        cursor.execute(
            f"ALTER TABLE feed_item ATTACH PARTITION {name}"
            f" FOR VALUES FROM ('{day} 00:00+00') TO ('{day + dt.timedelta(days=1)} 00:00+00')"
        )


def _drop(day: dt.date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {_name(day)}")


def _name(day: dt.date) -> str:
    return f"feed_item_{day:%Y%m%d}"
