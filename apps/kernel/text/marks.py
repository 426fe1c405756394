"""Mentions, hashtags and links: what they look like, at one place of a text."""

import re
import unicodedata
from dataclasses import dataclass

import nh3
from django.utils.html import escape

from apps.kernel.text.cleaning import JOINERS, fold

TAG_LONGEST = 50
LINK_LONGEST = 2_000
USERNAME = range(3, 31)  # lengths
MARK = re.compile(
    r"(?P<link>https?://[^\s<>\"“”]+)"
    r"|(?<![\w@./+#&-])@(?P<mention>[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)(?![\w@-])"
    r"|(?<![\w@./+#&-])\#(?P<tag>[^\s\x00-/:-@\[-^`{-\x7f]+)",
    re.IGNORECASE,
)
CLOSERS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Token:
    kind: str  # "text", "link", "mention", "tag", "code", "formula", "break"
    text: str  # as it was written
    value: str = ""  # the address, the username or the hashtag in the form that is compared


def mark_at(text: str, place: int) -> Token | None:
    """The mention, hashtag or link that begins here. An e-mail address is no mention, an anchor no hashtag.

    What looks like one at first and is none is a token of kind "text": nothing begins inside it either.
    """
    match = MARK.match(text, place)
    if match is None:
        return None
    if link := match["link"]:
        address = _trimmed(link)
        if len(address) > LINK_LONGEST or "//" not in address[:-1] or not _leads_somewhere(address):
            return Token("text", link)
        return Token("link", address, address)
    if name := match["mention"]:
        return Token("mention", f"@{name}", name.lower()) if len(name) in USERNAME else Token("text", f"@{name}")
    written = _word(match["tag"])
    tag = normalise_tag(written)
    return Token("tag", f"#{written}", tag) if tag else Token("text", f"#{written}")


def normalise_tag(written: str) -> str:
    """The form in which hashtags are compared; empty when it is none: too long, or without a letter."""
    tag = fold(written)
    fits = 0 < len(tag) <= TAG_LONGEST and _word(tag) == tag and any(c.isalpha() for c in tag)
    return tag if fits else ""


def _trimmed(link: str) -> str:
    """Without the punctuation of the sentence around it; a bracket stays when it was opened inside."""
    end, closed = len(link), {one: link.count(one) for one in CLOSERS}
    opened = {one: link.count(opener) for one, opener in CLOSERS.items()}
    while end:
        last = link[end - 1]
        if last in CLOSERS:
            if opened[last] >= closed[last]:
                break
            closed[last] -= 1
        elif last not in ".,;:!?'*_~…»":
            break
        end -= 1
    return link[:end]


def _leads_somewhere(address: str) -> bool:
    """Whether the sanitiser would leave a link to it: what it cannot read is text from the start."""
    return "href" in nh3.clean(
        f'<a href="{escape(address)}"></a>', tags={"a"}, attributes={"a": {"href"}}, link_rel=None
    )


def _word(text: str) -> str:
    """The letters, digits and marks of any script that the text begins with."""
    for place, c in enumerate(text):
        if not (c.isalnum() or c == "_" or c in JOINERS or unicodedata.category(c).startswith("M")):
            return text[:place]
    return text
