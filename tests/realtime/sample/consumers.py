"""Frames of an app that exists only in tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from apps.kernel.errors import Forbidden
from apps.kernel.realtime import groups
from apps.kernel.realtime.hub import Socket, hub
from apps.kernel.realtime.process import heartbeat_source, on_connect
from apps.kernel.realtime.schema import frame


@dataclass(frozen=True, slots=True)
class Echo:
    id: UUID
    text: str = field(metadata={"most": 65_536})
    count: int = 1
    loud: bool = False
    reply_to: UUID | None = None


@dataclass(frozen=True, slots=True)
class Nothing:
    id: str = ""


@frame("echo", Echo)
async def echo(socket: Socket, data: Echo) -> None:
    hub.send(socket, {"type": "echo", "text": data.text * data.count, "person": socket.person_id})


@frame("refuse", Nothing)
async def refuse(socket: Socket, data: Nothing) -> None:
    raise Forbidden("Not for you.")


@frame("break", Nothing)
async def fail(socket: Socket, data: Nothing) -> None:
    raise RuntimeError("broken on purpose")


@on_connect
def everybody(person_id: int) -> list[str]:
    return [groups.topic("everybody")]


@heartbeat_source
def beats(person_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    return {person_id: {"you": person_id} for person_id in person_ids}
