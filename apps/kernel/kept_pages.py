"""A finished page, kept for one person for a minute, and sent again for as long as it would be made the same.

    kept = KeptPage(request, slots={"key": …})
    if html := kept.html(lambda stamp: still_so(stamp)):
        return HttpResponse(html)
    response = page(request, template, context | kept.context)
    kept.keep(response, stamp=…)

Three things say whether it would. Kept answers: the page hangs on all tags that were read while it was made
(kernel.ahead), and ends with the first of those answers. What was read live: its maker gives a stamp of that, and is
asked each time whether it still holds, so that no kept page ever decides who may see what. Whoever looks, how, and by
which clock and language, is part of the name.

What differs each time it is sent, such as the token of its forms, goes into slots.
"""

import hashlib
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.messages import get_messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from apps.kernel import ahead
from apps.kernel.edition import edition
from apps.kernel.fragments import MARK, fill
from apps.kernel.look import look_of

SECONDS = 60
LEAST = 5  # seconds; what ends sooner is not worth keeping


@dataclass(frozen=True, slots=True)
class Kept:
    html: bytes  # with slots, packed: 6 kB for 56
    tags: dict[str, str]
    until: float  # time.time()
    stamp: Any


class KeptPage:
    """One person's page, as this request asks for it."""

    def __init__(self, request: HttpRequest, slots: Mapping[str, str]) -> None:
        self.slots = {"csrf_token": get_token(request), **slots}
        self.key = _name(request)
        self.has_news = len(get_messages(request)) > 0  # which are said once

    def html(self, holds: Callable[[Any], bool]) -> SafeString | None:
        """The page as it was kept, if it is as good as a new one. `holds` is asked last, about the stamp."""
        if self.has_news:
            return None
        kept: Kept | None = ahead.fetch([self.key])[self.key]
        if kept is None or time.time() >= kept.until or not _hold(kept.tags) or not holds(kept.stamp):
            return None
        return fill(zlib.decompress(kept.html).decode().split(MARK), self.slots)

    def keep(self, response: HttpResponse, *, stamp: Any, until: float = float("inf")) -> None:
        """What was made just now. The values of the slots must stand in it as they were given, once or more."""
        made_of = ahead.current()
        if self.has_news or made_of is None:
            return
        ends = min(time.time() + SECONDS, made_of.until, until)
        if ends - time.time() < LEAST:
            return
        html = response.content.decode()
        for name, value in self.slots.items():
            html = html.replace(value, f"{MARK}{name}{MARK}")
        packed = zlib.compress(html.encode(), level=1)
        cache.set(self.key, Kept(packed, made_of.tags, ends, stamp), SECONDS)


def _hold(tags: Mapping[str, str]) -> bool:
    return all((version or "") == tags[tag] for tag, version in ahead.fetch(tags).items())


def _name(request: HttpRequest) -> str:
    person = {name: value for name, value in vars(request.user).items() if not name.startswith("_")}
    clock = timezone.get_current_timezone_name(), timezone.localdate()
    shape = request.get_full_path(), get_language(), clock, look_of(request), person
    return f"page:{edition()}:{request.user.pk}:{hashlib.blake2b(repr(shape).encode(), digest_size=12).hexdigest()}"
