"""Finished HTML with slots: what is the same for everybody is rendered once, each viewer's bits are filled in.

A template writes `{% slot "liked" %}` where a viewer's own value belongs. It is rendered once for each key and
language, kept in this process and in Redis, and `fill` puts the values in: 7 µs where rendering takes 300.

Two rules keep it safe. A key names everything the HTML was made of (id, version, the author's name as it is now),
so nothing has to be invalidated. And nothing personal ever enters the template's context: it goes through a slot, which
a test proves by rendering for two people and comparing the bytes.
"""

import re
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape

from django.core.cache import cache
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.safestring import SafeString
from django.utils.translation import get_language

MARK = "\x00"  # cannot be in a text: PostgreSQL refuses it
KEPT = 3600  # seconds in Redis
LOCAL = 4_000  # fragments in this process, about 2 kB each

_AS_WRITTEN = re.compile(r"(<(pre|textarea)\b.*?</\2>)", re.DOTALL)
_LINE_END = re.compile(r"[ \t]*\n\s*")

Parts = Sequence[str]  # text, name of a slot, text, … text


class Fragments:
    """One template's fragments. `render` gets the keys nobody has yet and returns their HTML with slots."""

    def __init__(self, template: str) -> None:
        self.template = template
        self._kept: OrderedDict[str, Parts] = OrderedDict()
        self._lock = threading.Lock()
        self._edition = 0

    def get(self, keys: Iterable[str], render: Callable[[list[str]], Mapping[str, str]]) -> dict[str, Parts]:
        """The fragments of `keys` in the active language. One trip to Redis and one call of `render` at most."""
        prefix = self._prefix()
        found: dict[str, Parts] = {}
        missing = []
        with self._lock:
            for key in keys:
                parts = self._kept.get(prefix + key)
                if parts is None:
                    missing.append(key)
                else:
                    self._kept.move_to_end(prefix + key)
                    found[key] = parts
        if missing:
            found |= self._fetch(prefix, missing, render)
        return found

    def _fetch(
        self, prefix: str, keys: list[str], render: Callable[[list[str]], Mapping[str, str]]
    ) -> dict[str, Parts]:
        html: dict[str, str] = {
            name.removeprefix(prefix): value for name, value in cache.get_many([prefix + key for key in keys]).items()
        }
        cold = [key for key in keys if key not in html]
        if cold:
            made = {key: squeezed(value) for key, value in render(cold).items()}
            html |= made
            cache.set_many({prefix + key: value for key, value in made.items()}, KEPT)
        parts = {key: tuple(value.split(MARK)) for key, value in html.items()}
        with self._lock:
            for key, value in parts.items():
                self._kept[prefix + key] = value
            while len(self._kept) > LOCAL:
                self._kept.popitem(last=False)
        return dict(parts)

    def _prefix(self) -> str:
        """Another template or other icons are another key, so a release never shows the cards of the one before."""
        if not self._edition:
            source = get_template(self.template).template.source  # type: ignore[attr-defined]
            self._edition = zlib.crc32((source + static("img/icons.svg")).encode())
        return f"{self.template}:{self._edition:x}:{get_language()}:"


def squeezed(html: str) -> str:
    """Without the indentation of its template, which would be sent with every row; what is set as written stays so."""
    pieces = _AS_WRITTEN.split(html)  # text, what is set as written, its tag, text, …
    for place in range(0, len(pieces), 3):
        pieces[place] = _LINE_END.sub("\n", pieces[place])
    del pieces[2::3]
    return "".join(pieces)


def fill(parts: Parts, values: Mapping[str, str]) -> SafeString:
    """The HTML for one viewer. Values that are not marked safe are escaped; a slot without a value is a KeyError."""
    out = list(parts)
    for place in range(1, len(out), 2):
        value = values[out[place]]
        # Nearly all are numbers and words, and Django's own escape takes five times as long.
        out[place] = value if isinstance(value, SafeString) or value.isalnum() else escape(value)
    return SafeString("".join(out))
