"""At most five sockets a person, over all processes: a sorted set per person in Redis, its members time-ordered ids.

Without Redis each process still holds its own people to five.
"""

import asyncio
import time
from collections.abc import Callable, Iterable

import structlog
from django.conf import settings

from apps.kernel.realtime.bus import connect
from apps.kernel.realtime.hub import MOST_PER_PERSON, Socket

LIFE = 60  # seconds a seat outlives a process that died; each heartbeat renews it
BATCH = 500

log = structlog.get_logger(__name__)


class Seats:
    def __init__(self, *, on_surplus: Callable[[str], None]) -> None:
        """`on_surplus` is called with the id of each socket, in whatever process, that has to go."""
        self._on_surplus = on_surplus
        self._queue: asyncio.Queue[tuple[int, str, bool]] = asyncio.Queue()

    def take(self, sockets: Iterable[Socket]) -> None:
        """Claim or renew seats. Returns at once: opening a socket never waits for Redis."""
        for socket in sockets:
            self._queue.put_nowait((socket.person_id, socket.id, True))

    def leave(self, socket: Socket) -> None:
        self._queue.put_nowait((socket.person_id, socket.id, False))

    async def keep(self) -> None:
        """For ever: carry out what was asked, as much as waits in one round trip."""
        client = connect()
        while True:
            batch = [await self._queue.get()]
            while not self._queue.empty() and len(batch) < BATCH:
                batch.append(self._queue.get_nowait())
            pipeline = client.pipeline(transaction=False)
            now = time.time()
            for person_id, socket_id, taken in batch:
                key = f"{settings.REDIS_PREFIX}:seats:{person_id}"
                pipeline.zremrangebyscore(key, "-inf", now)
                if taken:
                    pipeline.zadd(key, {socket_id: now + LIFE})
                else:
                    pipeline.zrem(key, socket_id)
                pipeline.expire(key, LIFE)
                pipeline.zrange(key, 0, -1)
            try:
                answers = await pipeline.execute()
            except Exception as error:  # without Redis each process counts its own
                log.debug("realtime.seats_not_kept", error=repr(error))
                self._queue = asyncio.Queue()  # the next heartbeat asks again for all
                continue
            for seated in answers[3::4]:
                for surplus in sorted(seated)[:-MOST_PER_PERSON]:
                    self._on_surplus(surplus.decode())
