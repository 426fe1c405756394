"""Identifiers: sortable by time, made before the insert, and not to be guessed."""

import secrets
import time
import uuid

from uuid_utils import compat

EPOCH_MS = 1_577_836_800_000  # 2020-01-01 UTC; 41 bits of milliseconds last until 2089
RANDOM_BITS = 22


def uuid7() -> uuid.UUID:
    """A UUIDv7 of the standard library's type (uuid_utils' own type is another one)."""
    return uuid.UUID(int=compat.uuid7().int)


def snowflake(at_ms: int | None = None) -> int:
    """A positive 63-bit integer: 41 bits of milliseconds since 2020, 22 random bits.

    Sorts by time to the millisecond. Not a secret, but one of four million for each millisecond, so that public
    addresses show neither how many there are nor where the next one is.
    """
    now = time.time_ns() // 1_000_000 if at_ms is None else at_ms
    return (now - EPOCH_MS) << RANDOM_BITS | secrets.randbits(RANDOM_BITS)
