"""The way to Redis. When it fails once, nobody in this process waits for it again for five seconds.

A page reads it several times (session, cards, limits): with a Redis that hangs, only the first read waits
(settings.REDIS_TIMEOUT), the others fail at once and are misses.
"""

import time
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from django.conf import settings
from redis import ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

PAUSE = 5.0  # seconds

T = TypeVar("T")
_closed_until = 0.0  # by time.monotonic(); shared by every connection of the process


def available() -> bool:
    """Whether Redis may be asked now: false for a while after it failed."""
    return time.monotonic() >= _closed_until


def failed() -> None:
    """Redis did not answer somebody who asked it in another way, such as Celery: the pause begins."""
    global _closed_until
    _closed_until = time.monotonic() + PAUSE


@cache
def client() -> Redis:
    """The process's client. Its commands raise redis.exceptions.RedisError, at once while Redis is not available."""
    pool = Pool.from_url(
        settings.REDIS_URL,
        socket_timeout=settings.REDIS_TIMEOUT,
        socket_connect_timeout=settings.REDIS_TIMEOUT,
    )
    return Redis(connection_pool=pool)


class Breaker(Retry):
    """Instead of redis-py's retries: a lost connection is opened anew once, then there is a pause for all."""

    def __init__(self) -> None:
        # A time-out is not tried again: it has cost a second already.
        super().__init__(NoBackoff(), 1, (RedisConnectionError,))

    def call_with_retry(self, do: Callable[[], T], *args: Any, **kwargs: Any) -> T:
        if not available():
            raise RedisConnectionError("Redis failed a moment ago and is given a pause.")
        try:
            return super().call_with_retry(do, *args, **kwargs)
        except (RedisConnectionError, RedisTimeoutError):
            failed()
            raise


class Pool(ConnectionPool):
    """Connections behind the breaker; the cache of Django uses it too (settings.CACHES)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"retry": Breaker()} | kwargs)
