"""What people write: made safe to keep, to compare and to show. Pure functions, any script."""

import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

MARKS = 6  # combining marks one letter may carry; no script needs more
HUES, LANDS = 12, 4
TAG_LONGEST = 50
LINK_LONGEST = 2_000

UNPRINTED = frozenset({"Cc", "Cs"})  # control characters, and halves of characters
HIDDEN = frozenset({"Cf", "Co"})  # directions, tags and the like, and what each font draws as it likes
BIDI_FORCED = frozenset("\u202a\u202b\u202c\u202d\u202e")  # embeddings and overrides: they turn words around
JOINERS = frozenset("\u200c\u200d")  # needed in Persian, Indic scripts and emoji
# Letters that show nothing.
BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")


def clean(text: str) -> str:
    """The text as it is kept: composed (NFC), lines ended by \\n, without control characters or piles of marks.

    Idempotent. Anything a person can read stays.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in text if c in "\n\t" or (unicodedata.category(c) not in UNPRINTED and c not in BIDI_FORCED))
    return _capped("".join(kept)).strip()


def clean_name(text: str) -> str:
    """A name on one line, without anything that cannot be seen: two names that look the same should be the same.

    Idempotent. Empty when there was nothing to see.
    """
    text = clean(text)
    seen = [c for c in text if c in JOINERS or c.isspace() or not (unicodedata.category(c) in HIDDEN or c in BLANKS)]
    kept = [c for place, c in enumerate(seen) if c not in JOINERS or _joins(seen, place)]
    name = " ".join("".join(kept).split())
    while name and unicodedata.category(name[0]).startswith("M"):
        name = name[1:].lstrip()
    return _capped(name)


def _capped(text: str) -> str:
    """Composed, with at most MARKS combining marks in a row."""
    if text.isascii():
        return text
    kept, marks = [], 0
    for c in unicodedata.normalize("NFC", text):
        marks = marks + 1 if unicodedata.category(c) in ("Mn", "Me") else 0
        if marks <= MARKS:
            kept.append(c)
    return "".join(kept)


def _joins(text: list[str], place: int) -> bool:
    """Whether a joiner stands between two characters that are neither blanks nor joiners."""
    around = text[place - 1 : place] + text[place + 1 : place + 2] if place else []
    return len(around) == 2 and not any(c.isspace() or c in JOINERS or c.isascii() for c in around)


def hue_and_land(name: str) -> tuple[int, int]:
    """The colour (1 to 12) and landscape (1 to 4) of a picture made of a name; the same in every process."""
    number = zlib.crc32(name.encode("utf-8", "replace"))
    return number % HUES + 1, number // HUES % LANDS + 1


def initials(name: str) -> str:
    """Of the first and the last word, upper case; "?" when there is no letter."""
    letters = [letter for word in name.split() if (letter := next((c for c in word if c.isalnum()), ""))]
    ends = letters[:1] + letters[1:][-1:]
    return "".join(c.upper()[0] for c in ends) or "?"


# --- mentions, hashtags, links ------------------------------------------------------------------------------------

TOKEN = re.compile(
    r"(?P<link>https?://[^\s<>\"“”]+)"
    r"|(?<![\w@./+#&-])@(?P<mention>[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)(?![\w@-])"
    r"|(?<![\w@./+#&-])\#(?P<tag>[^\s\x00-/:-@\[-^`{-\x7f]+)",
    re.IGNORECASE,
)
USERNAME = range(3, 31)  # lengths


@dataclass(frozen=True, slots=True)
class Token:
    kind: str  # "text", "link", "mention", "tag"
    text: str  # as it was written
    value: str = ""  # the address, the username or the hashtag in the form that is compared


def tokens(text: str) -> Iterator[Token]:
    """The text in pieces; joined again they are the text. An e-mail address is no mention, an anchor no hashtag."""
    end = 0
    for match in TOKEN.finditer(text):
        token = _token(match)
        if token is None or match.start() < end:
            continue
        if match.start() > end:
            yield Token("text", text[end : match.start()])
        yield token
        end = match.start() + len(token.text)
    if end < len(text):
        yield Token("text", text[end:])


def _token(match: re.Match[str]) -> Token | None:
    if link := match["link"]:
        link = _trimmed(link)
        return Token("link", link, link) if len(link) <= LINK_LONGEST and "//" in link[:-1] else None
    if name := match["mention"]:
        return Token("mention", f"@{name}", name.lower()) if len(name) in USERNAME else None
    written = _word(match["tag"])
    tag = normalise_tag(written)
    return Token("tag", f"#{written}", tag) if tag else None


def _trimmed(link: str) -> str:
    """Without the punctuation of the sentence around it; a bracket stays when it was opened inside."""
    while link:
        last = link[-1]
        opened = {")": "(", "]": "[", "}": "{"}.get(last)
        if last in ".,;:!?'*_~…»" or (opened and link.count(opened) < link.count(last)):
            link = link[:-1]
        else:
            break
    return link


def _word(text: str) -> str:
    """The letters, digits and marks of any script that the text begins with."""
    for place, c in enumerate(text):
        if not (c.isalnum() or c == "_" or c in JOINERS or unicodedata.category(c).startswith("M")):
            return text[:place]
    return text


def normalise_tag(written: str) -> str:
    """The form in which hashtags are compared; empty when it is none: too long, or without a letter."""
    tag = fold(written)
    fits = 0 < len(tag) <= TAG_LONGEST and _word(tag) == tag and any(c.isalpha() for c in tag)
    return tag if fits else ""


def fold(text: str) -> str:
    """The one spelling under which names are compared: without case, width and what cannot be seen. Idempotent."""
    seen = "".join(c for c in text if c not in JOINERS and c not in BLANKS)
    for form in ("NFD", "NFKC"):  # compatibility caseless matching, Unicode D146
        seen = unicodedata.normalize(form, seen).casefold()
    return unicodedata.normalize("NFKC", seen)


def find_mentions(text: str) -> set[str]:
    """Usernames, in lower case."""
    return {token.value for token in tokens(text) if token.kind == "mention"}


def find_hashtags(text: str) -> list[str]:
    """Hashtags in the form in which they are compared, each once, in order."""
    return list(dict.fromkeys(token.value for token in tokens(text) if token.kind == "tag"))


# --- as HTML ------------------------------------------------------------------------------------------------------

PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")
ALLOWED_TAGS = {"p", "br", "a"}
ALLOWED_ATTRIBUTES = {"a": {"href", "rel", "class"}, "p": {"dir"}}


def render_markup(text: str, *, mentions: Mapping[str, str], tag_url: Callable[[str], str]) -> SafeString:
    """Paragraphs with links. Only people in `mentions` (username -> address) are linked.

    Everything is escaped here; nh3 stands behind it, so that a mistake here shows as missing text, not as a script.
    """
    paragraphs = [
        f'<p dir="auto">{"".join(_as_html(token, mentions, tag_url) for token in tokens(paragraph))}</p>'
        for paragraph in PARAGRAPHS.split(text.strip())
        if paragraph
    ]
    html = nh3.clean(
        "".join(paragraphs),
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        url_schemes={"http", "https"},
        link_rel=None,
    )
    return SafeString(html)


def _as_html(token: Token, mentions: Mapping[str, str], tag_url: Callable[[str], str]) -> str:
    shown = escape(token.text)
    if token.kind == "link":
        return f'<a href="{escape(token.value)}" rel="nofollow ugc noopener">{shown}</a>'
    if token.kind == "mention" and token.value in mentions:
        return f'<a class="mention" href="{escape(mentions[token.value])}">{shown}</a>'
    if token.kind == "tag":
        return f'<a class="tag" href="{escape(tag_url(token.value))}">{shown}</a>'
    return shown.replace("\n", "<br>")


# --- Markdown -----------------------------------------------------------------------------------------------------

TURNABLE = {"p", "li", "blockquote", "h3", "h4", "h5", "h6"}  # each reads in its own direction
MARKDOWN_TAGS = TURNABLE | {"br", "a", "em", "strong", "ul", "ol", "code", "pre", "hr"}
MARKDOWN_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}} | {tag: {"dir"} for tag in TURNABLE}
markdown = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": True}).enable("linkify").disable("image")
flowing = MarkdownIt("commonmark", {"html": False, "breaks": False}).options
if markdown.linkify is not None:
    markdown.linkify.set({"fuzzy_link": False, "fuzzy_email": False})


def render_markdown(text: str, *, breaks: bool = True) -> SafeString:
    """Paragraphs, emphasis, lists, quotes, code, links and headings from h3 down; no images, and HTML is only text.

    With `breaks` a line that ends in the text ends on the page, as people expect of a few lines; pages go without.
    nh3 stands behind it, as behind render_markup.
    """
    tokens = markdown.parse(text.strip())
    for token in tokens:
        if token.tag in ("h1", "h2"):
            token.tag = "h3"
        if token.tag in TURNABLE and token.nesting == 1:
            token.attrSet("dir", "auto")
    html = nh3.clean(
        markdown.renderer.render(tokens, markdown.options if breaks else flowing, {}),
        tags=MARKDOWN_TAGS,
        attributes=MARKDOWN_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener ugc",
    )
    return SafeString(html)
