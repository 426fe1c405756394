"""What a page says of itself, read from a stranger's HTML: in pieces, and never longer than the head needs."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from apps.kernel import text
from apps.kernel.safe_fetch import Fetched, known_charset

PIECE = 4_096  # characters read between two looks whether there is enough
UNENDED = 32_000  # characters of a tag, comment or script whose end is waited for; each look begins at its start
FIELDS = 200  # of <meta>; a page that has more is no page
SITE, TITLE, DESCRIPTION = 80, 200, 400  # characters
CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,40})""", re.IGNORECASE)
NAMES = {
    "title": ("og:title", "twitter:title"),
    "description": ("og:description", "twitter:description", "description"),
    "site": ("og:site_name", "application-name"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Clean, each on one line; empty where the page says nothing."""

    site: str = ""
    title: str = ""
    description: str = ""


def read(page: Fetched) -> Said:
    return said(decoded(page))


def decoded(page: Fetched) -> str:
    """The page's text. Many say their charset only inside; who says UTF-8 and is not, is asked there, too."""
    try:
        return page.body.decode(page.charset)
    except (UnicodeError, LookupError):
        pass
    found = CHARSET.search(page.body[:4_096])
    inside = known_charset(found[1].decode()) if found else page.charset
    if inside.lower().startswith("utf-16"):  # or that could not have been read
        inside = "utf-8"
    return page.body.decode(inside, errors="replace")


def said(html: str) -> Said:
    """What the head says. What the parser cannot make sense of ends the reading; what was read until then counts."""
    reader = _Head()
    for start in range(0, len(html), PIECE):
        try:
            reader.feed(html[start : start + PIECE])
        except AssertionError:  # what html.parser raises for some malformed declarations
            break
        if reader.is_over or len(reader.rawdata) > UNENDED or len(reader.fields) > FIELDS:
            break
    given = {field: next((reader.fields[name] for name in names if reader.fields.get(name)), "")
             for field, names in NAMES.items()}  # fmt: skip
    return Said(
        site=_cut(given["site"], SITE),
        title=_cut(given["title"] or "".join(reader.title), TITLE),
        description=_cut(given["description"], DESCRIPTION),
    )


def _cut(written: str, limit: int) -> str:
    line = text.clean_name(written[: 4 * limit])
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


class _Head(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.title: list[str] = []
        self.length = 0
        self.is_over = False
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "title":
            self._in_title = not self.title
        elif tag == "body":
            self.is_over = True
        elif tag == "meta" and not self.is_over:
            given = dict(attrs)
            name = (given.get("property") or given.get("name") or "").strip().lower()[:40]
            if name:
                self.fields.setdefault(name, (given.get("content") or "")[:4_000])

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        elif tag == "head":
            self.is_over = True

    def handle_data(self, data: str) -> None:
        if self._in_title and self.length < 4 * TITLE and not self.is_over:
            self.title.append(data)
            self.length += len(data)
