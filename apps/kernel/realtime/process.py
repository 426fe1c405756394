"""What runs once per process beside its sockets: the subscription, the session check, the heartbeat, the sweep."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog

from apps.kernel.realtime import auth, groups, wire
from apps.kernel.realtime.bus import Bus
from apps.kernel.realtime.hub import SESSION_ENDED, TOO_MANY, Hub, hub
from apps.kernel.realtime.seats import Seats
from apps.kernel.realtime.threads import in_thread

HEARTBEAT = 20.0  # seconds
RECHECK = 1.0  # seconds; with its own time this stays under the 2 s in which an ended session loses its sockets
SWEEP = 1.0  # seconds

HeartbeatSource = Callable[[Sequence[int]], Mapping[int, Mapping[str, Any]]]

log = structlog.get_logger(__name__)
_SOURCES: list[HeartbeatSource] = []
_ON_CONNECT: list[Callable[[int], Sequence[str]]] = []


def heartbeat_source(source: HeartbeatSource) -> HeartbeatSource:
    """Register a function from person ids to what their heartbeats say. Called in a thread, for all at once."""
    _SOURCES.append(source)
    return source


def on_connect(source: Callable[[int], Sequence[str]]) -> Callable[[int], Sequence[str]]:
    """Register a function from a person's id to groups that a new socket of theirs joins. Called in a thread."""
    _ON_CONNECT.append(source)
    return source


def groups_of(person_id: int) -> list[str]:
    return [group for source in _ON_CONNECT for group in source(person_id)]


class Process:
    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.bus = Bus(on_message=self._receive, on_restored=self._resync)
        self.seats = Seats(on_surplus=self._send_off)
        loop = asyncio.get_running_loop()
        self._tasks = [  # kept: a task that nobody holds may be collected
            loop.create_task(work)
            for work in (
                self.bus.listen(),
                self.bus.talk(),
                self.seats.keep(),
                _every(SWEEP, self._sweep),
                _every(RECHECK, self._recheck),
                _every(HEARTBEAT, self._beat),
            )
        ]

    async def _receive(self, message: bytes) -> None:
        names, payload = wire.unpack(message)
        if names == [wire.CONTROL]:
            self._obey(json.loads(payload))
        else:
            await self.hub.deliver(names, payload)

    def _obey(self, order: Mapping[str, str]) -> None:
        if "group" in order:
            self.hub.close_group(order["group"], SESSION_ENDED, order["reason"])
        elif socket := self.hub.sockets.get(order["socket"]):
            self.hub.close(socket, TOO_MANY, order["reason"])

    def _send_off(self, socket_id: str) -> None:
        order = wire.encode({"socket": socket_id, "reason": "too_many"})
        self.bus.publish(wire.pack([wire.CONTROL], order))

    async def _resync(self) -> None:
        await self.hub.broadcast(wire.encode({"type": "resync"}))

    async def _sweep(self) -> None:
        self.hub.sweep()

    async def _recheck(self) -> None:
        """Close the sockets of sessions that have ended, also when the message that says so was lost with Redis."""
        open_sessions = {one.identity.session_key: one.identity for one in self.hub.sockets.values()}
        if open_sessions:
            for key in await in_thread(lambda: auth.ended(open_sessions.values())):
                self.hub.close_group(groups.session(key), SESSION_ENDED, "session")

    async def _beat(self) -> None:
        sockets = list(self.hub.sockets.values())
        self.seats.take(sockets)
        if not _SOURCES:
            await self.hub.broadcast(wire.encode({"type": "heartbeat"}))
            return
        said = await in_thread(lambda: _say(sorted({one.person_id for one in sockets})))
        for person_id, content in said.items():
            await self.hub.deliver([groups.user(person_id)], wire.encode({"type": "heartbeat", **content}))


def _say(person_ids: list[int]) -> dict[int, dict[str, Any]]:
    said: dict[int, dict[str, Any]] = {person_id: {} for person_id in person_ids}
    for source in _SOURCES:
        for person_id, content in source(person_ids).items():
            said[person_id].update(content)
    return said


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    failing = False
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
            failing = False
        except Exception as error:  # the database may be away; the sockets stay and the next turn tries again
            if not failing:
                log.warning("realtime.task_failed", task=work.__name__, error=repr(error))
            failing = True


_current: Process | None = None


def started() -> Process:
    """The process's machinery, started with its first socket."""
    global _current
    if _current is None:
        _current = Process(hub)
    return _current
