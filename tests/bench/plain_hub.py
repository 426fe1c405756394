"""The yardstick: the least code that fans out. No log-in, no limits, no bounded queue; each `send` awaited in turn."""

import os
from typing import Any

import redis.asyncio as redis

CHANNEL = "plain-hub"
_open: set[Any] = set()
_task: Any = None


async def _pump() -> None:
    client = redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=None)
    async with client.pubsub() as subscription:
        await subscription.subscribe(CHANNEL)
        async for message in subscription.listen():
            if message["type"] == "message":
                event = {"type": "websocket.send", "text": message["data"].decode()}
                for send in list(_open):
                    await send(event)


async def application(scope: Any, receive: Any, send: Any) -> None:
    global _task
    if scope["type"] != "websocket":
        return
    if _task is None:
        import asyncio

        _task = asyncio.get_running_loop().create_task(_pump())
    await receive()
    await send({"type": "websocket.accept"})
    _open.add(send)
    while (await receive())["type"] != "websocket.disconnect":
        pass
    _open.discard(send)
