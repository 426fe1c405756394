"""What works and what does not, in one look: at most two seconds, whatever hangs."""

from collections.abc import Callable

from django.db import DatabaseError, connection
from redis.exceptions import RedisError

from apps.kernel import heartbeats, redis
from apps.kernel.outbox import stats

OK, DEGRADED, DOWN = "ok", "degraded", "down"


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
    """Workers and the clock by their signs of life."""
    try:
        ages = heartbeats.ages()
    except DatabaseError:
        return {"worker": DOWN, "beat": DOWN}
    worker = min((age for name, age in ages.items() if name.startswith("queue:")), default=float("inf"))
    beat = ages.get("beat", float("inf"))
    return {
        "worker": OK if worker < heartbeats.STALE else DOWN,
        "beat": OK if beat < heartbeats.STALE else DOWN,
    }
