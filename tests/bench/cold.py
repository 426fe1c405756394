"""Cold pages, as the header X-Fresh asks for them.

`ranking:7` makes the ranking of person 7 anew: the first page after their minute is over. `cards:7` forgets as well
what was put into words for cards drawn before. The shapes of cards stay, which a process renders once.
"""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase


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
    from apps.kernel.templatetags import ui
    from apps.posts import cards, polls, shapes

    invalidate(timeline_tag(person_id))
    if what == "cards":
        words = (cards.length_of, cards._studies, cards._beside, polls._drawn, ui._written)
        for kept in (*words, shapes._of_author, shapes._of_link):
            kept.cache_clear()
