"""How bytes reach one socket: straight into uvicorn's transport, or through `send` on any other server.

The short way uses attributes that uvicorn does not promise (`transport`, `conn.extensions`), and saves half the cost of
a delivery. Where they are missing, or an extension such as compression was negotiated, the long way is taken, and
tests/realtime/test_delivery.py fails, so that an upgrade cannot halve the speed in silence.
"""

import asyncio
import socket
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import structlog

log = structlog.get_logger(__name__)
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Writer(Protocol):
    def write(self, frame: bytes) -> None:
        """Hand over one whole text frame; never waits."""

    def buffered(self) -> int:
        """Bytes handed over that have not left the process."""

    def abort(self) -> None:
        """Cut the connection without a word."""

    async def flush(self) -> None:
        """Wait until what was handed over is with the server, ahead of any later `send`."""


class DirectWriter:
    """uvicorn's transport itself. The order with uvicorn's own writes is kept: it never holds bytes back."""

    __slots__ = ("abort", "buffered", "write")

    def __init__(self, transport: Any, send_buffer: int) -> None:
        self.write = transport.write
        self.buffered = transport.get_write_buffer_size
        self.abort = transport.abort
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)

    async def flush(self) -> None:
        pass


class QueuedWriter:
    """Any ASGI server: a queue, and a task while there is something in it."""

    __slots__ = ("_queue", "_send", "_size", "_task", "_transport")

    def __init__(self, send: Send, transport: Any) -> None:
        self._send = send
        self._transport = transport
        self._queue: deque[str] = deque()
        self._size = 0
        self._task: asyncio.Task[None] | None = None

    def write(self, frame: bytes) -> None:
        text = _payload(frame).decode()
        self._queue.append(text)
        self._size += len(text)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._drain())

    def buffered(self) -> int:
        return self._size

    def abort(self) -> None:
        self._queue.clear()
        if self._task is not None:
            self._task.cancel()
        if self._transport is not None:
            self._transport.abort()

    async def flush(self) -> None:
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _drain(self) -> None:
        try:
            while self._queue:
                text = self._queue[0]
                await self._send({"type": "websocket.send", "text": text})
                self._queue.popleft()
                self._size -= len(text)
        except (OSError, RuntimeError):  # the peer has gone; the consumer hears of it by itself
            self._queue.clear()
            self._size = 0
        finally:
            self._task = None


def writer_for(send: Send, *, send_buffer: int) -> Writer:
    protocol = getattr(send, "__self__", None)
    transport = getattr(protocol, "transport", None)
    connection = getattr(protocol, "conn", None)
    if transport is not None and connection is not None and not connection.extensions:
        return DirectWriter(transport, send_buffer)
    log.warning("realtime.long_way", hint="serve with uvicorn --ws websockets-sansio --ws-per-message-deflate false")
    return QueuedWriter(send, transport)


def _payload(frame: bytes) -> bytes:
    return frame[{126: 4, 127: 10}.get(frame[1], 2) :]
