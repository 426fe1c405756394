"""What the services of the apps may ask of the sockets. A push is a hint: it may be lost, the page catches up by HTTP.

Everything here is sent after the commit and never raises, also when Redis is away. A payload goes to those it names and
to nobody else, so the caller has decided that each of them may see it.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from redis.exceptions import RedisError

from apps.kernel import redis
from apps.kernel.realtime import groups, wire

GROUPS_PER_MESSAGE = 1000

log = structlog.get_logger(__name__)


def push(*, user_ids: Iterable[int], payload: Mapping[str, Any]) -> None:
    """Send a frame to every socket of these people."""
    _send([groups.user(user_id) for user_id in user_ids], payload)


def push_group(group: str, payload: Mapping[str, Any]) -> None:
    """Send a frame to a group named by `realtime.groups`."""
    _send([group], payload)


def close_session(session_key: str, reason: str = "session") -> None:
    """Close the sockets of one session with 4401. The session check closes them within 2 s if this is lost."""
    _send([wire.CONTROL], {"group": groups.session(session_key), "reason": reason})


def close_user(user_id: int, reason: str) -> None:
    """Close every socket of a person with 4401; they come back unless their sessions ended or they are inactive."""
    _send([wire.CONTROL], {"group": groups.user(user_id), "reason": reason})


def _send(names: list[str], payload: Mapping[str, Any]) -> None:
    body = wire.encode(payload)
    messages = [
        wire.pack(names[start : start + GROUPS_PER_MESSAGE], body) for start in range(0, len(names), GROUPS_PER_MESSAGE)
    ]
    if messages:
        transaction.on_commit(partial(_publish, messages), robust=True)


def push_now(*, user_ids: Iterable[int], payload: Mapping[str, Any]) -> None:
    """Like `push`, without waiting for a commit: only for what is true whether the transaction commits or not."""
    _publish([wire.pack([groups.user(user_id) for user_id in user_ids], wire.encode(payload))])


def _publish(messages: list[bytes]) -> None:
    if not redis.available():
        return
    try:
        pipeline = redis.client().pipeline(transaction=False)
        for message in messages:
            pipeline.publish(wire.channel(), message)
        pipeline.execute()
    except (RedisError, OSError) as error:
        redis.failed()
        log.warning("realtime.unsent", messages=len(messages), error=repr(error))
