"""Bytes: of a payload (JSON), of a WebSocket frame, and of a message on the Redis channel."""

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

_TEXT_FRAME = 0x81  # final fragment, text
CONTROL = "!"  # stands where the groups stand, in a message for the processes themselves


def channel() -> str:
    return f"{settings.REDIS_PREFIX}:hub"


def encode(payload: Mapping[str, Any]) -> bytes:
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=False, cls=DjangoJSONEncoder).encode()


def frame(payload: bytes) -> bytes:
    """A server's text frame. It carries no mask, so one frame serves every socket."""
    size = len(payload)
    if size < 126:
        return bytes((_TEXT_FRAME, size)) + payload
    if size < 65536:
        return struct.pack("!BBH", _TEXT_FRAME, 126, size) + payload
    return struct.pack("!BBQ", _TEXT_FRAME, 127, size) + payload


def pack(groups: Sequence[str], payload: bytes) -> bytes:
    return " ".join(groups).encode() + b"\n" + payload


def unpack(message: bytes) -> tuple[list[str], bytes]:
    head, _, payload = message.partition(b"\n")
    return head.decode().split(" "), payload
