"""The one Redis channel between processes: what one publishes, all hear, itself included."""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import redis.asyncio as redis
import structlog
from django.conf import settings
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from apps.kernel.realtime import wire

PROBE = 5.0  # seconds of silence before the subscription is asked whether it lives
SLOWEST_RETRY = 2.0  # seconds
WAITING = 10_000  # messages kept for a Redis that is away; the socket is a hint, so the rest may go

log = structlog.get_logger(__name__)


def connect(**options: Any) -> redis.Redis:
    """A client that reports every lost connection instead of silently making a new one."""
    timeout = settings.REDIS_TIMEOUT
    merged = {"socket_connect_timeout": timeout, "socket_timeout": timeout, "retry": Retry(NoBackoff(), 0), **options}
    return redis.Redis.from_url(settings.REDIS_URL, **merged)


class Bus:
    def __init__(
        self, *, on_message: Callable[[bytes], Awaitable[None]], on_restored: Callable[[], Awaitable[None]]
    ) -> None:
        self._on_message = on_message
        self._on_restored = on_restored
        self._outbox: deque[bytes] = deque(maxlen=WAITING)
        self._wake = asyncio.Event()
        self._failures = 0
        self._tried = asyncio.Event()  # set once the subscription stands, or Redis was found to be away

    def publish(self, message: bytes) -> None:
        """Send from the event loop, in order, over one connection (one per call would exhaust redis-py's pool)."""
        self._outbox.append(message)
        self._wake.set()

    async def listen(self) -> None:
        """For ever. After a loss every socket is told to resync: what was published meanwhile is gone."""
        while True:
            client = connect(socket_timeout=None)  # redis-py's own 5 s would end a quiet subscription
            try:
                async with client.pubsub() as subscription:
                    await subscription.subscribe(wire.channel())
                    await self._hear(subscription)
            except Exception as error:  # whatever the client raises, a process must not go deaf
                if not self._failures:
                    log.warning("realtime.subscription_lost", error=repr(error))
                self._failures += 1
                self._tried.set()
            finally:
                await client.aclose()
            await asyncio.sleep(min(SLOWEST_RETRY, 0.05 * 2 ** min(self._failures, 6)) * random.uniform(0.5, 1))

    async def _hear(self, subscription: Any) -> None:
        asked = False
        while True:
            message = await subscription.get_message(timeout=PROBE)
            if message is None:
                if asked:
                    raise TimeoutError("no answer from Redis")
                await asyncio.wait_for(subscription.ping(), PROBE)
            elif message["type"] == "subscribe":
                await self._subscribed()
            elif message["type"] == "message":
                await self._pass_on(message["data"])
            asked = message is None

    async def _subscribed(self) -> None:
        self._tried.set()
        if self._failures:
            self._failures = 0
            log.info("realtime.subscription_restored")
            await self._on_restored()

    async def _pass_on(self, message: bytes) -> None:
        try:
            await self._on_message(message)
        except Exception:  # one that cannot be read, perhaps of another version of the site
            log.exception("realtime.message_failed")

    async def ready(self) -> None:
        """Wait for the first subscription: a socket opened before it would miss what is published meanwhile.

        A Redis that is down or hangs holds up sockets once, for REDIS_TIMEOUT.
        """
        try:
            async with asyncio.timeout(settings.REDIS_TIMEOUT):
                await self._tried.wait()
        except TimeoutError:
            self._tried.set()

    async def talk(self) -> None:
        """For ever: send what waits. A message that Redis did not take is dropped, as it would be by Redis."""
        client = connect()
        failed = False
        while True:
            await self._wake.wait()
            self._wake.clear()
            batch = list(self._outbox)
            self._outbox.clear()
            pipeline = client.pipeline(transaction=False)
            for message in batch:
                pipeline.publish(wire.channel(), message)
            try:
                await pipeline.execute()
                failed = False
            except Exception as error:
                if not failed:
                    log.warning("realtime.unsent", messages=len(batch), error=repr(error))
                failed = True
