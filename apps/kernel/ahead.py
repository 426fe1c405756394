"""One trip to Redis for the kept answers of a page, instead of a trip for each.

What the last page of the same name asked for, the next one will most likely ask for, with another person's id in it:
with its first question all of that is fetched. A wrong guess costs some bytes, what was not guessed costs its own trip,
and what a page has seen once it sees again, unless it invalidates something itself.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache

MARK = "\x00"  # and a number: stands for one of the ids of who looks
_asked_last: dict[str, frozenset[str]] = {}  # by the name of a page, in this process

Ids = Sequence[int | None]


@dataclass(slots=True)
class Made:
    """What something was made of: tags by their key, and time.time() at which the first of the answers runs out."""

    tags: dict[str, str] = field(default_factory=dict)
    until: float = float("inf")


class Page:
    """What one page has read. `name` and `who` are asked at each read: a page learns late who looks at it."""

    def __init__(self, name: Callable[[], str], who: Callable[[], Ids]) -> None:
        self.name, self.who = name, who
        self.held: dict[str, Any] = {}  # None where there is nothing
        self.asked: set[str] = set()
        self.guessed: set[str] = set()
        self.guessed_for = ""
        self.collecting: list[Made] = []

    def read(self, keys: Iterable[str]) -> dict[str, Any]:
        wanted = list(keys)
        self.asked.update(wanted)
        missing = [key for key in wanted if key not in self.held]
        if missing:
            self.held |= fetch([*missing, *self._guess()])
        return {key: self.held[key] for key in wanted}

    def keep(self, key: str, value: object) -> None:
        self.held[key] = value

    def hang(self, tags: Mapping[str, str], until: float) -> None:
        """Notes what an answer hangs on, in the versions first seen, and when it runs out, for all who collect that."""
        for made in self.collecting:
            made.tags = {**tags, **made.tags}
            made.until = min(made.until, until)

    def forget(self) -> None:
        """Something was invalidated: read anew what is asked from here on."""
        self.held.clear()

    def remember(self) -> None:
        """For the next page of this name, where the guess was not right."""
        marks = {str(number): f"{MARK}{place}" for place, number in enumerate(self.who()) if number}
        missed = {_pattern(key, marks) for key in self.asked - self.guessed} - {""}
        needless = {_pattern(key, marks) for key in self.guessed - self.asked}
        if missed or needless:
            name = self.name()
            _asked_last[name] = _asked_last.get(name, frozenset()) - needless | missed

    def _guess(self) -> list[str]:
        """What is likely to follow; nothing from the second time on."""
        name = self.name()
        if not name or self.guessed_for == name:
            return []
        self.guessed_for = name
        patterns: Iterable[str] = _asked_last.get(name, ())
        for place, number in enumerate(self.who()):
            if number:
                patterns = [pattern.replace(f"{MARK}{place}", str(number)) for pattern in patterns]
        self.guessed = {pattern for pattern in patterns if MARK not in pattern}
        return [key for key in self.guessed if key not in self.held]


_page: ContextVar[Page | None] = ContextVar("the page that reads kept answers", default=None)


@contextmanager
def reading(name: Callable[[], str], who: Callable[[], Ids]) -> Iterator[None]:
    """What is read inside is read ahead. `name` is "" as long as it is not known; `who` tells the ids of who looks, by
    which the keys of one person's page differ from those of another's: their own, their university's.
    """
    page = Page(name, who)
    token = _page.set(page)
    try:
        yield
    finally:
        _page.reset(token)
    if page.asked and name():
        page.remember()


@contextmanager
def collecting() -> Iterator[Made]:
    """What is read inside, until now. Outside of a page nothing is known of that, and it runs out at once."""
    page, made = current(), Made()
    if page is None:
        yield Made(until=0.0)
        return
    page.collecting.append(made)
    try:
        yield made
    finally:
        page.collecting.remove(made)


def current() -> Page | None:
    return _page.get()


def fetch(keys: Iterable[str]) -> dict[str, Any]:
    """From Redis as it is now; None for what is not there, and for everything while Redis is away."""
    wanted = list(dict.fromkeys(keys))
    found = cache.get_many(wanted) or {}
    return {key: found.get(key) for key in wanted}


def _pattern(key: str, marks: Mapping[str, str]) -> str:
    """The key with marks for the ids of who looks; "" for one that is about somebody else as well."""
    words = [marks.get(word, word) for word in key.split(":")]
    return "" if any(word.isdigit() and word != "0" for word in words) else ":".join(words)
