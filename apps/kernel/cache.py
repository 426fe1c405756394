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

from apps.kernel import ahead

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
    "due_reminders": Lifetime(5 * MINUTE),  # of saved posts, for the badge
    "quiet": Lifetime(5 * MINUTE),  # the words a person muted, and whether there are threads
    "followed_tags": Lifetime(30 * MINUTE),
    "post_preferences": Lifetime(HOUR),  # how a person likes to post and read
    "drafts": Lifetime(HOUR),  # how many drafts and posts that wait somebody has
    "boosts": Lifetime(MINUTE),  # which posts are boosted; their end and who may see them is asked each time
    "circles": Lifetime(30 * MINUTE),  # a person's own, for the form to write a post
    "online": Lifetime(5 * MINUTE),
    "suggestions": Lifetime(10 * MINUTE),  # who they might be; whether they may be shown is asked more often
    "tags_this_week": Lifetime(5 * MINUTE),
    "tag_days": Lifetime(15 * MINUTE),  # how often a hashtag that many use was used, day by day
    "tag_uses": Lifetime(5 * MINUTE),  # who used a hashtag where all may see it; blocks are taken off each time
    "pins": Lifetime(5 * MINUTE),  # ids, and until when; who may see them is asked each time
    "landing": Lifetime(MINUTE),
    "welcome": Lifetime(HOUR),  # whether somebody is new; how far they have come is read each time
    "vocabulary": Lifetime(HOUR),  # programmes of a university, offered to who types
    "around": Lifetime(30 * MINUTE),  # whom to show in the right column of a page, for one person
    "suggested": Lifetime(30 * MINUTE),  # the people in it, and why; their tags keep it true
    "feed_state": Lifetime(HOUR),  # order, filters and place of one person's feed
    "trending": Lifetime(5 * MINUTE),  # ids of the posts of the week; whether they may be seen is asked each time
    "away": Lifetime(10 * MINUTE),  # ids of what somebody missed, likewise
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


NOTHING = Kept((), 0.0, None)
_local: dict[str, tuple[float, Kept]] = {}


def cached(name: str, *args: object, make: Callable[[], T], tags: Iterable[str] = ()) -> T:
    """The kept answer for `name` and `args`, or what `make` returns, which is then kept.

    `name` must be in LIFETIMES (KeyError). While one process makes an answer anew, the others show the one that ran
    out, for as long again as it lived; an answer whose tag was invalidated is never shown, they wait for the new one.
    """
    lifetime, hung_on = LIFETIMES[name], [f"tag:{tag}" for tag in tags]
    key = ":".join(["kept", name, *map(str, args)])
    until, kept = _local.get(key, (0.0, NOTHING))
    if time.monotonic() >= until:
        kept = _shared(key, hung_on, lifetime.shared, make)
        if lifetime.local:
            _local[key] = time.monotonic() + lifetime.local, kept
    if page := ahead.current():
        page.hang(dict(zip(hung_on, kept.versions, strict=True)), kept.fresh_until)
    return cast(T, kept.value)


def hang_on(*tags: str) -> None:
    """The page that is being made is kept no longer than these tags hold, whatever it reads (kept_pages.py)."""
    if page := ahead.current():
        _nothing, versions = _read(f"tag:{tags[0]}", keys := [f"tag:{tag}" for tag in tags])
        page.hang(dict(zip(keys, versions, strict=True)), float("inf"))


def invalidate(*tags: str) -> None:
    """Forget every answer that hangs on one of the tags, once the transaction commits.

    When Redis is down just then, answers may be old for the rest of their lifetime.
    """
    versions = {f"tag:{tag}": secrets.token_hex(8) for tag in tags}

    def forget() -> None:
        _local.clear()
        cache.set_many(versions, TAG)
        if page := ahead.current():
            page.forget()

    transaction.on_commit(forget)


def _shared(key: str, tags: list[str], seconds: int, make: Callable[[], Any]) -> Kept:
    kept, versions = _read(key, tags)
    valid = kept is not None and kept.versions == versions
    if kept is not None and valid and time.time() < kept.fresh_until:
        return kept
    if not cache.add(f"{key}:making", 1, LOCK):
        if kept is not None and valid:
            return kept
        newer = _wait_for(key, tags)
        if newer is not None:
            return newer
        _, versions = _read(key, tags, ahead.fetch)
    try:
        value = make()
        fresh_until = time.time() + seconds * random.uniform(0.9, 1)  # so that they do not all run out at once
        made = Kept(versions, fresh_until, value)
        cache.set(key, made, 2 * seconds)
        if page := ahead.current():
            page.keep(key, made)
    finally:
        cache.delete(f"{key}:making")
    return made


def _read(
    key: str, tags: list[str], read: Callable[[list[str]], dict[str, Any]] | None = None
) -> tuple[Kept | None, tuple[str, ...]]:
    """As the page that is being made has seen it before, unless another way to `read` is given."""
    page = ahead.current()
    found = (read or (page.read if page else ahead.fetch))([key, *tags])
    return found[key], tuple(found[tag] or "" for tag in tags)


def _wait_for(key: str, tags: list[str]) -> Kept | None:
    """What another process is making, or None when it takes too long, gave up, or Redis went away."""
    deadline = time.monotonic() + LOCK
    while time.monotonic() < deadline and cache.get(f"{key}:making"):
        time.sleep(POLL)
    kept, versions = _read(key, tags, ahead.fetch)
    return kept if kept is not None and kept.versions == versions and time.time() < kept.fresh_until else None
