"""What changed between two texts, word by word. Pure functions, any script, quick whatever is put in.

`difflib` finds the best difference in cubic time. So what both texts begin and end with is set aside, words that each
has once hold the two together, and `difflib` sees only what lies between, as far as the budget goes; what is more than
that is said to have gone and come whole.
"""

import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

BUDGET = 20_000  # pairs of words that are compared between two places that hold
RUNS = (1, 3, 8)  # words in a row that hold two texts together when each has them once
# Scripts written without spaces between words, by the names of their characters: each letter is a word.
UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "BOPOMOFO", "YI", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")
JOINER = "\u200d"
Words = Sequence[str]


@dataclass(frozen=True, slots=True)
class Piece:
    sign: str  # "+" came, "-" went, " " stayed
    text: str


def differences(older: str, newer: str) -> list[Piece]:
    """The two texts as one: pieces that stayed, went and came. What stayed and went is the older, what stayed and came
    is the newer text. Changes with nothing but a blank between them are one."""
    pieces: list[Piece] = []
    went, came, blank = "", "", ""
    signed = _compared(words(older), words(newer))
    for is_same, run in groupby(signed, key=lambda one: one[0] == " "):
        found = list(run)
        if is_same:
            blank = "".join(word for _sign, word in found)
            if blank.isspace() and "\n" not in blank and (went or came):
                continue  # perhaps between two changes
            pieces += _change(went, came)
            pieces.append(Piece(" ", blank))
            went, came, blank = "", "", ""
            continue
        went += blank + "".join(word for sign, word in found if sign == "-")
        came += blank + "".join(word for sign, word in found if sign == "+")
        blank = ""
    pieces += _change(went, came)
    return [*pieces, Piece(" ", blank)] if blank else pieces


def _change(went: str, came: str) -> list[Piece]:
    return [piece for piece in (Piece("-", went), Piece("+", came)) if piece.text]


def words(text: str) -> list[str]:
    """The text in words, blanks and single signs; joined again they are the text. Marks stay with what they mark."""
    found: list[str] = []
    kind_before = ""
    for c in text:
        kind = _kind(c)
        if found and (kind == "mark" or found[-1][-1] == JOINER or (kind == kind_before and kind in ("word", "blank"))):
            found[-1] += c
        else:
            found.append(c)
        if kind != "mark":
            kind_before = kind
    return found


def _kind(c: str) -> str:
    if c.isspace():
        return "blank"
    category = unicodedata.category(c)
    if category[0] == "M" or category in ("Cf", "Sk"):
        return "mark"
    if not (c.isalnum() or c == "_" or "\U0001f1e6" <= c <= "\U0001f1ff"):  # a flag is two letters
        return "sign"
    return "word" if c < "\u0e00" or not unicodedata.name(c, "").startswith(UNSPACED) else "letter"


def _compared(a: Words, b: Words) -> Iterator[tuple[str, str]]:
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    yield from ((" ", word) for word in a[:start])
    yield from _held(a[start : len(a) - end], b[start : len(b) - end], RUNS)
    yield from ((" ", word) for word in a[len(a) - end :])


def _held(a: Words, b: Words, runs: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Between the places that hold the texts together; where too much lies between, longer runs of words hold it."""
    budget, x, y = BUDGET, 0, 0
    for to_x, to_y in [*_holds(a, b, runs[0]), (len(a), len(b))]:
        cost = (to_x - x) * (to_y - y)
        if cost > budget and len(runs) > 1:
            yield from _held(a[x:to_x], b[y:to_y], runs[1:])
        else:
            yield from _matched(a[x:to_x], b[y:to_y], is_looked_at=cost <= budget)
            budget -= min(cost, budget)
        if to_x < len(a):
            yield " ", a[to_x]
        x, y = to_x + 1, to_y + 1


def _holds(a: Words, b: Words, run: int) -> list[tuple[int, int]]:
    """Where runs of so many words begin that both have once, in one order: the longest such row (patience)."""
    in_a, in_b = _runs(a, run), _runs(b, run)
    pairs = sorted((x, in_b[words]) for words, x in in_a.items() if words in in_b)
    ends: list[int] = []  # the smallest last y of a row of each length
    best: list[int] = []  # the pair that ends it
    before: list[int] = []  # by pair: the one in front of it in its row
    for number, (_x, y) in enumerate(pairs):
        length = bisect_left(ends, y)
        before.append(best[length - 1] if length else -1)
        ends[length : length + 1] = [y]
        best[length : length + 1] = [number]
    row = []
    number = best[-1] if best else -1
    while number >= 0:
        row.append(pairs[number])
        number = before[number]
    return row[::-1]


def _runs(a: Words, run: int) -> dict[tuple[str, ...], int]:
    """Where each run of so many words begins that is there once."""
    every = [tuple(a[x : x + run]) for x in range(len(a) - run + 1)]
    once = Counter(every)
    return {words: x for x, words in enumerate(every) if once[words] == 1}


def _matched(a: Words, b: Words, *, is_looked_at: bool) -> Iterator[tuple[str, str]]:
    whole = [("replace", 0, len(a), 0, len(b))]
    steps = SequenceMatcher(None, a, b, autojunk=False).get_opcodes() if is_looked_at and a and b else whole
    for act, a1, a2, b1, b2 in steps:
        if act == "equal":
            yield from ((" ", word) for word in a[a1:a2])
            continue
        yield from (("-", word) for word in a[a1:a2])
        yield from (("+", word) for word in b[b1:b2])
