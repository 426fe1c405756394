"""Finished parts of one person's page, kept for a minute and sent again for as long as they would be made the same.

    kept = KeptParts(request, "frame", "feed")
    feed = kept.html("feed", lambda stamp: still_so(stamp))
    if feed is None:
        with kept.making("feed"):
            feed = …
        kept.keep("feed", feed, stamp=…)

Three things say whether a part would be the same. Kept answers: it hangs on all tags that were read while it was made
(kernel.ahead), and ends with the first of those answers. What was read live: its maker gives a stamp of that, and is
asked each time whether it still holds, so that nothing kept ever decides who may see what. Who looks, how, by which
clock and in which language is part of its name, and so is the edition of the code.

What differs each time a part is sent, such as the token of its forms, stands in it as a slot (kernel.fragments), and is
filled in there.
"""

import hashlib
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib.messages import get_messages
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from apps.kernel import ahead
from apps.kernel.edition import edition
from apps.kernel.look import look_of

SECONDS = 60
LEAST = 5  # seconds; what ends sooner is not worth keeping


@dataclass(frozen=True, slots=True)
class Kept:
    html: bytes  # packed: 6 kB for 56
    tags: dict[str, str]
    until: float  # time.time()
    stamp: Any


class KeptParts:
    """The parts of a page as this request asks for them, with at most two trips to Redis for all of them."""

    def __init__(self, request: HttpRequest, *names: str) -> None:
        page = _name(request)
        self._keys = {name: f"page:{page}:{name}" for name in names}
        self._found: dict[str, Kept | None] = ahead.fetch(self._keys.values())
        self._tags = ahead.fetch({tag for kept in self._found.values() if kept for tag in kept.tags})
        self._made_of: dict[str, ahead.Made] = {}
        self.has_news = len(get_messages(request)) > 0  # which are said once

    def html(self, name: str, holds: Callable[[Any], bool] = lambda _stamp: True) -> SafeString | None:
        """The part as it was kept, if it is as good as a new one. `holds` is asked last, about the stamp."""
        kept = self._found[self._keys[name]]
        if kept is None or time.time() >= kept.until:
            return None
        if any(version != (self._tags[tag] or "") for tag, version in kept.tags.items()) or not holds(kept.stamp):
            return None
        return SafeString(zlib.decompress(kept.html).decode())

    @contextmanager
    def making(self, name: str) -> Iterator[None]:
        """Whatever is read inside is what the part hangs on."""
        with ahead.collecting() as self._made_of[name]:
            yield

    def keep(self, name: str, html: str, *, stamp: Any = None, until: float = float("inf")) -> None:
        """What was made just now; `until` is when it changes by time alone."""
        made_of = self._made_of[name]
        ends = min(time.time() + SECONDS, made_of.until, until)
        if ends - time.time() >= LEAST:
            packed = zlib.compress(html.encode(), level=1)
            cache.set(self._keys[name], Kept(packed, made_of.tags, ends, stamp), SECONDS)


def _name(request: HttpRequest) -> str:
    """Not the whole address, or made-up ones would fill Redis: what of it matters is in the name of a part."""
    user: Any = request.user
    person = [getattr(user, field.attname) for field in user._meta.concrete_fields]
    clock = timezone.get_current_timezone_name(), timezone.localdate()
    shape = request.path, get_language(), clock, look_of(request), person
    return f"{edition()}:{user.pk}:{hashlib.blake2b(repr(shape).encode(), digest_size=12).hexdigest()}"
