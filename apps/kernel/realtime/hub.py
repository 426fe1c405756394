"""The sockets of this process and the groups they are in. One Redis message in, one write per socket out.

Channels' own groups cost twenty times as much per delivery, because each message is queued, unpacked and given a task
once per socket. Here the frame is built once and written to each transport (docs/decisions/0003-realtime-hub.md).
"""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from apps.kernel.ids import uuid7
from apps.kernel.realtime import groups, wire
from apps.kernel.realtime.auth import Identity
from apps.kernel.realtime.buckets import Bucket
from apps.kernel.realtime.transports import Send, Writer, writer_for

MOST_PER_PERSON = 5
SEND_BUFFER = 64 * 1024  # bytes the kernel may hold per socket; its own default lets a slow reader take 4 MB
BACKLOG = 64 * 1024  # bytes waiting in this process after which a reader is too slow
GIVE_UP = 10.0  # seconds a reader may stay too slow
GOODBYE = 1.0  # seconds to take the closing frame
CHUNK = 500  # writes between two looks at the event loop

SESSION_ENDED, TOO_MANY, BAD_FRAME, TOO_LARGE = 4401, 4409, 1008, 1009


class Socket:
    """One open WebSocket. Kept small: there may be 30,000 per GB."""

    __slots__ = ("buffered", "groups", "id", "identity", "lagging_since", "open", "refused", "send", "write", "writer")

    def __init__(self, *, identity: Identity, send: Send) -> None:
        self.id = uuid7().hex  # sorts by time of opening
        self.identity = identity
        self.send = send
        self.groups: set[str] = set()
        self.open = True
        self.lagging_since = 0.0
        self.refused = 0  # frames over the limit so far
        self.writer: Writer = writer_for(send, send_buffer=SEND_BUFFER)
        self.write = self.writer.write
        self.buffered = self.writer.buffered

    @property
    def person_id(self) -> int:
        return self.identity.person_id


class Hub:
    """Not thread-safe: everything happens on the event loop of the process."""

    def __init__(self) -> None:
        self.sockets: dict[str, Socket] = {}
        self.groups: dict[str, set[Socket]] = {}
        self.buckets: dict[int, Bucket] = {}
        self._lagging: set[Socket] = set()
        self._goodbyes: set[asyncio.Task[None]] = set()

    # --- membership

    def add(self, socket: Socket, extra_groups: Iterable[str] = ()) -> None:
        """Seat a socket. A person's sixth closes the oldest of this process; `seats` does so across processes."""
        self.sockets[socket.id] = socket
        self.join(socket, groups.user(socket.person_id))
        self.join(socket, groups.session(socket.identity.session_key))
        for group in extra_groups:
            self.join(socket, group)
        own = self.groups[groups.user(socket.person_id)]
        if len(own) > MOST_PER_PERSON:
            self.close(min(own, key=lambda one: one.id), TOO_MANY, "too_many")

    def remove(self, socket: Socket) -> None:
        """Nothing is written to the socket afterwards: bytes behind a closing frame would break the protocol."""
        socket.open = False
        self.sockets.pop(socket.id, None)
        self._lagging.discard(socket)
        for group in list(socket.groups):
            self.leave(socket, group)
        if groups.user(socket.person_id) not in self.groups:
            self.buckets.pop(socket.person_id, None)

    def join(self, socket: Socket, group: str) -> None:
        self.groups.setdefault(group, set()).add(socket)
        socket.groups.add(group)

    def leave(self, socket: Socket, group: str) -> None:
        socket.groups.discard(group)
        members = self.groups.get(group)
        if members is not None:
            members.discard(socket)
            if not members:
                del self.groups[group]

    def bucket(self, person_id: int) -> Bucket:
        return self.buckets.setdefault(person_id, Bucket())

    # --- out

    def send(self, socket: Socket, payload: Mapping[str, Any]) -> None:
        """Write to one socket at once. Never waits: a reader that is too slow misses it and is told to resync."""
        self._write((socket,), wire.encode(payload))

    async def deliver(self, names: Sequence[str], payload: bytes) -> None:
        """Write to everybody in the groups, once to a socket that is in several of them."""
        found = [members for members in map(self.groups.get, names) if members]
        if found:
            await self._deliver(list(found[0] if len(found) == 1 else set().union(*found)), payload)

    async def broadcast(self, payload: bytes) -> None:
        await self._deliver(list(self.sockets.values()), payload)

    async def _deliver(self, members: list[Socket], payload: bytes) -> None:
        for start in range(0, len(members), CHUNK):
            if start:
                await asyncio.sleep(0)
            self._write(members[start : start + CHUNK], payload)

    def _write(self, members: Iterable[Socket], payload: bytes) -> None:
        frame = wire.frame(payload)
        for socket in members:
            if not socket.open:
                continue
            if socket.lagging_since or socket.buffered() > BACKLOG:
                self._lag(socket)
            else:
                socket.write(frame)

    # --- slow readers

    def _lag(self, socket: Socket) -> None:
        if not socket.lagging_since:
            socket.lagging_since = time.monotonic()
            self._lagging.add(socket)

    def sweep(self) -> None:
        """Tell readers that have caught up to fetch what they missed; cut off those that have not for too long."""
        now = time.monotonic()
        for socket in list(self._lagging):
            if not socket.buffered():
                self._lagging.discard(socket)
                socket.lagging_since = 0.0
                self.send(socket, {"type": "resync"})
            elif now - socket.lagging_since > GIVE_UP:
                self.remove(socket)
                socket.writer.abort()

    # --- closing

    def close_group(self, group: str, code: int, reason: str) -> None:
        for socket in list(self.groups.get(group, ())):
            self.close(socket, code, reason)

    def close(self, socket: Socket, code: int, reason: str) -> None:
        """Say why, then close. Returns at once; a reader that does not take the goodbye is cut off."""
        if not socket.open:
            return
        self.send(socket, {"type": "closed", "reason": reason})
        self.remove(socket)
        task = asyncio.get_running_loop().create_task(_goodbye(socket, code))
        self._goodbyes.add(task)
        task.add_done_callback(self._goodbyes.discard)


async def _goodbye(socket: Socket, code: int) -> None:
    try:
        async with asyncio.timeout(GOODBYE):
            await socket.writer.flush()
            await socket.send({"type": "websocket.close", "code": code})
    except (OSError, RuntimeError):  # too slow (TimeoutError is an OSError), gone, or already closing
        socket.writer.abort()


hub = Hub()
