"""The way in: who may open a socket, and where."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from django.db import DatabaseError

from apps.kernel import registry
from apps.kernel.realtime import auth, process
from apps.kernel.realtime.consumer import HubConsumer
from apps.kernel.realtime.threads import in_thread

PATHS = ("/ws/", "/api/chat/ws")

log = structlog.get_logger(__name__)
registry.discover("consumers")


async def websocket(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Answers 403 to another path, a foreign or absent Origin, and whoever is not logged in.

    The consumer gets only ids: headers, session and user would hold 22 KB per socket.
    """
    admitted = None
    if scope["path"] in PATHS and auth.origin_allowed(scope["headers"]):
        admitted = await _admit(auth.session_key(scope["headers"]))
    if admitted is None:
        await receive()
        await send({"type": "websocket.close", "code": 4403})
        return
    identity, groups = admitted
    thin = {"type": "websocket", "path": scope["path"], "identity": identity, "groups": groups}
    await HubConsumer.as_asgi()(thin, receive, send)


async def _admit(key: str) -> tuple[auth.Identity, list[str]] | None:
    if not key:
        return None

    def look_up() -> tuple[auth.Identity, list[str]] | None:
        identity = auth.identify(key)
        return None if identity is None else (identity, process.groups_of(identity.person_id))

    try:
        return await in_thread(look_up)
    except DatabaseError as error:
        log.warning("realtime.nobody_admitted", error=repr(error))
        return None
