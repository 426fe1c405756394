"""What works and what does not, in one look: at most two seconds, whatever hangs."""

from collections.abc import Callable

from django.db import DatabaseError, connection
from redis.exceptions import RedisError

from apps.kernel import heartbeats, redis
from apps.kernel.outbox import bell, stats

OK, DEGRADED, DOWN = "ok", "degraded", "down"
STILL = float("inf")  # seconds: never heard of


def report() -> dict[str, object]:
    """`status` and one word per part. Without PostgreSQL everything that is asked of it is unknown, thus down."""
    checks = {"postgres": _said(_postgres)}
    database = checks["postgres"] == OK
    checks["redis"] = _said(_redis)
    checks["outbox"] = _said(_outbox) if database else DOWN
    checks |= _processes() if database else {"worker": DOWN, "beat": DOWN}
    status = DOWN if not database else OK if set(checks.values()) == {OK} else DEGRADED
    return {"status": status, "checks": checks}


def _said(check: Callable[[], bool]) -> str:
    try:
        return OK if check() else DEGRADED
    except (DatabaseError, RedisError):
        return DOWN


def _postgres() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def _redis() -> bool:
    return bool(redis.client().ping())


def _outbox() -> bool:
    waiting = stats()
    return not waiting.late and not waiting.dead


def _processes() -> dict[str, str]:
    """Workers and the clock by their signs of life; a queue that nobody serves is named."""
    try:
        ages = heartbeats.ages()
    except DatabaseError:
        return {"worker": DOWN, "beat": DOWN}
    served = {queue: ages.get(f"queue:{queue}", STILL) < heartbeats.STALE for queue in bell.queues()}
    worker = OK if all(served.values()) else DEGRADED if any(served.values()) else DOWN
    beat = OK if ages.get("beat", STILL) < heartbeats.STALE else DOWN
    unserved = {f"queue:{queue}": DOWN for queue, alive in served.items() if not alive}
    return {"worker": worker, "beat": beat, **(unserved if worker == DEGRADED else {})}
