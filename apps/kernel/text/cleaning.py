"""What people write, made safe to keep and to compare."""

import unicodedata
import zlib

MARKS = 6  # combining marks one letter may carry; no script needs more
HUES, LANDS = 12, 4

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


def fold(text: str) -> str:
    """The one spelling under which names are compared: without case, width and what cannot be seen. Idempotent."""
    seen = "".join(c for c in text if c not in JOINERS and c not in BLANKS)
    for form in ("NFD", "NFKC"):  # compatibility caseless matching, Unicode D146
        seen = unicodedata.normalize(form, seen).casefold()
    return unicodedata.normalize("NFKC", seen)
