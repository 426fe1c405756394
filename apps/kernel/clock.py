"""Celery's beat, made safe to start twice."""

from typing import Any

from celery.beat import Scheduler
from django.db import Error, connection

LOCK = 0x0C10C4  # names the lock among PostgreSQL's advisory locks
RETRY = 5.0  # seconds


class SingleClock(Scheduler):
    """Ticks only while it holds an advisory lock: a second beat waits until the first has ended.

    The schedule is kept in memory; whatever it starts bears being started late or twice.
    """

    def tick(self, *args: Any, **kwargs: Any) -> float:
        return super().tick(*args, **kwargs) if holds_lock() else RETRY


def holds_lock() -> bool:
    """Take the lock, or take it again: PostgreSQL lets the session that holds it, and forgets it with the session."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            return bool(cursor.fetchone()[0])
    except Error:
        connection.close()
        return False
