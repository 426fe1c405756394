"""Reads of the outbox: what waits, for how long, and what was given up."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

ALARM = 60.0  # seconds: a delivery that has been due for longer means that no worker does its work


@dataclass(frozen=True, slots=True)
class Stats:
    oldest_due: float  # seconds since the longest waiting delivery became due; 0 when none is
    due: int  # deliveries that could run now
    dead: int

    @property
    def late(self) -> bool:
        return self.oldest_due > ALARM


def stats() -> Stats:
    """Reads partial indexes only: its cost follows what waits, not what was ever done."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(extract(epoch FROM statement_timestamp() - min(next_at)), 0), count(*),"
            " (SELECT count(*) FROM kernel_delivery WHERE state = 2)"
            " FROM kernel_delivery WHERE state = 0 AND next_at <= statement_timestamp()"
        )
        oldest_due, due, dead = cursor.fetchone()
    return Stats(oldest_due=float(oldest_due), due=due, dead=dead)


def due_queues() -> list[str]:
    """Queues in which something could run now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT queue FROM kernel_delivery WHERE state = 0 AND next_at <= statement_timestamp()"
        )
        return [queue for (queue,) in cursor.fetchall()]


def lag(*, since: datetime, quantile: float = 0.95) -> float:
    """Seconds from an event to the end of its handling that the given share of deliveries stayed under; 0 for none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(percentile_cont(%s) WITHIN GROUP"
            " (ORDER BY extract(epoch FROM d.done_at) - e.timestamp / 1000.0), 0)"
            " FROM kernel_delivery d JOIN kernel_event e ON e.id = d.event_id"
            " WHERE d.state = 1 AND d.part = 0 AND e.id >= %s",
            [quantile, id_floor(since)],
        )
        return float(cursor.fetchone()[0])


def id_floor(moment: datetime) -> UUID:
    """The smallest UUIDv7 of that moment: event ids below it are older."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
