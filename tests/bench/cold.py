"""Cold pages, as the header X-Fresh asks for them.

`ranking:7` makes the ranking of person 7 anew: the first page after their minute is over. `cards:7` drops the kept
cards as well, in this process and in Redis, by giving them names nobody has used: the first page after a release.
"""

import itertools
import os
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

_editions = itertools.count(os.getpid() << 32)


def make_anew(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        if fresh := request.headers.get("X-Fresh", ""):
            what, _, person_id = fresh.partition(":")
            _forget(what, int(person_id))
        return get_response(request)

    return middleware


def _forget(what: str, person_id: int) -> None:
    from apps.feed.reading import timeline_tag
    from apps.kernel.cache import invalidate
    from apps.posts import cards

    invalidate(timeline_tag(person_id))
    if what == "cards":
        for kept in (cards.CARD, cards.QUOTE):
            kept._edition = next(_editions)
