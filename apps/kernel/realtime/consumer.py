"""The router at the end of each socket: terminates, reads, limits, hands on (STYLE R12)."""

from typing import Any

import structlog
from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer
from django.utils.translation import gettext as _

from apps.kernel.errors import AppError, RateLimited
from apps.kernel.realtime import process, schema
from apps.kernel.realtime.hub import BAD_FRAME, TOO_LARGE, Socket, hub

LARGEST = 64 * 1024  # bytes of one frame
PATIENCE = 20  # frames over the limit before the socket is closed

log = structlog.get_logger(__name__)


class HubConsumer(AsyncConsumer):  # type: ignore[misc]
    channel_layer_alias = ""  # none: the hub has its own subscription

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Without Channels' closing of old database connections, a thread hop per frame: none is held here."""
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def websocket_connect(self, message: dict[str, Any]) -> None:
        started = process.started()
        await started.bus.ready()
        await self.send({"type": "websocket.accept"})
        self.socket = Socket(identity=self.scope["identity"], send=self.base_send)
        hub.add(self.socket, self.scope["groups"])
        started.seats.take([self.socket])

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        if self.socket.open:
            hub.remove(self.socket)
        process.started().seats.leave(self.socket)
        raise StopConsumer

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        text = message.get("text")
        if not self.socket.open:
            return
        if text is None:
            self._refuse("invalid", _("A frame must be text."), close=BAD_FRAME)
        elif len(text) > LARGEST or len(text.encode()) > LARGEST:
            self._refuse("too_large", _("A frame may have at most 64 KB."), close=TOO_LARGE)
        else:
            try:
                await self._route(schema.read(text))
            except AppError as error:  # not even an object
                self._refuse(error.code, str(error), close=BAD_FRAME)

    async def _route(self, data: dict[str, Any]) -> None:
        """Answer every frame that is refused, with its own id if it has one: nothing a person typed is lost unseen."""
        frame_id = data.get("id")
        found = schema.route(data.get("type"))
        if found is None:
            self._refuse("unknown_type", _("There is no such type."), frame_id, close=BAD_FRAME)
            return
        kind, handler = found
        try:
            self._limit()
            await handler(self.socket, schema.parse(kind, data))
        except RateLimited as error:
            self.socket.refused += 1
            self._refuse(error.code, str(error), frame_id, close=BAD_FRAME * (self.socket.refused > PATIENCE))
        except AppError as error:
            self._refuse(error.code, str(error), frame_id)
        except Exception:
            log.exception("realtime.frame_failed", frame=data["type"])
            self._refuse("error", _("Something went wrong. Please try again."), frame_id)

    def _limit(self) -> None:
        if not hub.bucket(self.socket.person_id).take():
            raise RateLimited(_("Too fast. Please wait a moment."))

    def _refuse(self, code: str, detail: str, frame_id: object = None, *, close: int = 0) -> None:
        answer: dict[str, Any] = {"type": "error", "code": code, "detail": detail}
        if isinstance(frame_id, str | int):
            answer["id"] = frame_id
        hub.send(self.socket, answer)
        if close:
            hub.close(self.socket, close, code)
