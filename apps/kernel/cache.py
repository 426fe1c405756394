"""Kept answers: a name from the table below, the tags they hang on, and how to make them anew.

A tag is a version in Redis. A kept answer remembers the versions of its tags from before it was made, so an answer
made from what was true before a commit never passes for one from after it. With Redis down every read is a miss.
Who may see what is never decided by a kept answer.
"""

import random
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar, cast

from django.core.cache import cache
from django.db import transaction

T = TypeVar("T")

MINUTE = 60
HOUR = 60 * MINUTE


class Lifetime(NamedTuple):
    """Seconds in Redis, and seconds in front of it in this process (where no tag reaches)."""

    shared: int
    local: int = 0


LIFETIMES = {  # OP1
    "configuration": Lifetime(HOUR, local=10),
    "profile": Lifetime(5 * MINUTE),
    "friends": Lifetime(30 * MINUTE),
    "requests": Lifetime(5 * MINUTE),  # how many wait to be let follow
    "circles": Lifetime(30 * MINUTE),  # a person's own, for the form to write a post
    "online": Lifetime(5 * MINUTE),
    "suggestions": Lifetime(10 * MINUTE),  # who they might be; whether they may be shown is asked more often
    "tags_this_week": Lifetime(5 * MINUTE),
    "landing": Lifetime(MINUTE),
    "welcome": Lifetime(HOUR),  # whether somebody is new; how far they have come is read each time
    "vocabulary": Lifetime(HOUR),  # programmes of a university, offered to who types
    "around": Lifetime(MINUTE),  # the right column of a page, for one person
    "suggested": Lifetime(MINUTE),  # the people in it, and why
    "ranked_page": Lifetime(MINUTE),  # ids only, in order; everything else of the page is read live
}

LOCK = 10  # seconds in which one maker is waited for
TAG = 24 * HOUR  # longer than any answer is kept
POLL = 0.02  # seconds


@dataclass(frozen=True, slots=True)
class Kept:
    versions: tuple[str, ...]
    fresh_until: float  # time.time()
    value: Any


_local: dict[str, tuple[float, Any]] = {}


def cached(name: str, *args: object, make: Callable[[], T], tags: Iterable[str] = ()) -> T:
    """The kept answer for `name` and `args`, or what `make` returns, which is then kept.

    `name` must be in LIFETIMES (KeyError). While one process makes an answer anew, the others show the one that ran
    out, for as long again as it lived; an answer whose tag was invalidated is never shown, they wait for the new one.
    """
    lifetime = LIFETIMES[name]
    key = ":".join(["kept", name, *map(str, args)])
    if lifetime.local:
        until, value = _local.get(key, (0.0, None))
        if time.monotonic() < until:
            return cast(T, value)
    value = _shared(key, [f"tag:{tag}" for tag in tags], lifetime.shared, make)
    if lifetime.local:
        _local[key] = time.monotonic() + lifetime.local, value
    return cast(T, value)


def invalidate(*tags: str) -> None:
    """Forget every answer that hangs on one of the tags, once the transaction commits.

    When Redis is down just then, answers may be old for the rest of their lifetime.
    """
    versions = {f"tag:{tag}": secrets.token_hex(8) for tag in tags}

    def forget() -> None:
        _local.clear()
        cache.set_many(versions, TAG)

    transaction.on_commit(forget)


def _shared(key: str, tags: list[str], seconds: int, make: Callable[[], Any]) -> Any:
    kept, versions = _read(key, tags)
    valid = kept is not None and kept.versions == versions
    if kept is not None and valid and time.time() < kept.fresh_until:
        return kept.value
    if not cache.add(f"{key}:making", 1, LOCK):
        if kept is not None and valid:
            return kept.value
        newer = _wait_for(key, tags)
        if newer is not None:
            return newer.value
        _, versions = _read(key, tags)
    try:
        value = make()
        fresh_until = time.time() + seconds * random.uniform(0.9, 1)  # so that they do not all run out at once
        cache.set(key, Kept(versions, fresh_until, value), 2 * seconds)
    finally:
        cache.delete(f"{key}:making")
    return value


def _read(key: str, tags: list[str]) -> tuple[Kept | None, tuple[str, ...]]:
    found = cache.get_many([key, *tags]) or {}
    return found.get(key), tuple(found.get(tag, "") for tag in tags)


def _wait_for(key: str, tags: list[str]) -> Kept | None:
    """What another process is making, or None when it takes too long, gave up, or Redis went away."""
    deadline = time.monotonic() + LOCK
    while time.monotonic() < deadline and cache.get(f"{key}:making"):
        time.sleep(POLL)
    kept, versions = _read(key, tags)
    return kept if kept is not None and kept.versions == versions and time.time() < kept.fresh_until else None
