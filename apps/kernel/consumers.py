"""The frames that belong to no app."""

from dataclasses import dataclass

from apps.kernel.realtime.hub import Socket, hub
from apps.kernel.realtime.schema import frame


@dataclass(frozen=True, slots=True)
class Ping:
    pass


@frame("ping", Ping)
async def pong(socket: Socket, data: Ping) -> None:
    hub.send(socket, {"type": "pong"})
