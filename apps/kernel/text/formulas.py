"""Formulas: LaTeX in, MathML out, bounded in length, depth and size. What cannot be drawn is shown as written."""

import re
import unicodedata
from itertools import pairwise
from xml.etree.ElementTree import Element

from django.utils.html import escape
from latex2mathml import commands
from latex2mathml.converter import convert_to_element

from apps.kernel.text.cleaning import BIDI_FORCED, UNPRINTED

LONGEST, DEEPEST, LARGEST = 1_000, 30, 600  # characters of source, braces or elements inside one another, elements
# Commands that make commands (and so grow without end), lead elsewhere, or name things of the page.
REFUSED = re.compile(
    r"\\(?:(?:re|provide)?newcommand|newenvironment|e?def|gdef|let|declaremathoperator|unicode|require|href|url"
    r"|class|css|cssid|style|html\w*|includegraphics)(?![a-z])",
    re.IGNORECASE,
)
ENTITY = re.compile(r"&#x([0-9A-Fa-f]{1,6});")  # how the converter writes its signs
BOOLEAN, LENGTH = r"true|false", r"[+-]?(?:\d|1\d)?(?:\.\d{1,4})?(?:em|ex|px|pt|mu)?"
VALUES = {
    name: re.compile(pattern)
    for name, pattern in {
        "accent": BOOLEAN, "accentunder": BOOLEAN, "displaystyle": BOOLEAN, "fence": BOOLEAN, "largeop": BOOLEAN,
        "movablelimits": BOOLEAN, "separator": BOOLEAN, "stretchy": BOOLEAN, "symmetric": BOOLEAN,
        "columnalign": r"(?:left|right|center| )+", "columnlines": r"(?:solid|dashed|none| )+",
        "rowlines": r"(?:solid|dashed|none| )+", "form": "prefix|infix|postfix", "scriptlevel": "[0-3]",
        "mathvariant": "[a-z-]{1,30}", "linethickness": LENGTH, "minsize": LENGTH, "maxsize": LENGTH, "width": LENGTH,
        "height": LENGTH, "depth": LENGTH, "lspace": LENGTH, "rspace": LENGTH, "voffset": LENGTH,
    }.items()
}  # fmt: skip
TAGS = frozenset({
    "math", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom", "mprescripts", "mroot", "mrow",
    "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder",
    "munderover", "none",
})  # fmt: skip
SCRIPTS = {"msup": 1, "msub": 1, "mover": 1, "munder": 1, "msubsup": 2, "munderover": 2}  # how many stand at a base
ROWS = frozenset({"math", "mrow", "mstyle", "mtd", "msqrt", "mpadded", "mphantom"})
FUNCTIONS = frozenset(name.removeprefix("\\") for name in commands.FUNCTIONS)
ATTRIBUTES = {tag: set(VALUES) for tag in TAGS if tag != "math"}


def mathml(source: str, *, is_block: bool) -> str | None:
    """The formula as HTML has it; None for one that is none, or that asks for more than we give."""
    if len(source) > LONGEST or REFUSED.search(source) or _depth(source) > DEEPEST:
        return None
    try:
        root = convert_to_element(source, display="block" if is_block else "inline")
    except Exception:  # a stranger's text in somebody else's parser: whatever it raises, it is no formula
        return None
    pieces: list[str] = []
    if not _write(root, pieces, 1):
        return None
    return f'<math dir="ltr" display="{"block" if is_block else "inline"}">{"".join(pieces)}</math>'


def _depth(source: str) -> int:
    deepest = depth = 0
    for c in source:
        depth += (c == "{") - (c == "}")
        deepest = max(deepest, depth)
    return deepest


def _write(parent: Element, pieces: list[str], depth: int) -> bool:
    """What is inside, in elements and attributes that we know; False for anything else, or too much of it."""
    for element in _mended(parent):
        if element.tag not in TAGS or depth > DEEPEST or len(pieces) > 3 * LARGEST:
            return False
        given = [
            f' {name}="{value}"' for name, value in element.attrib.items()
            if name in VALUES and VALUES[name].fullmatch(value)
        ]  # fmt: skip
        pieces.append(f"<{element.tag}{''.join(given)}>{escape(_text(element.text))}")
        if not _write(element, pieces, depth + 1):
            return False
        pieces.append(f"</{element.tag}>{escape(_text(element.tail))}")
    return True


def _mended(parent: Element) -> list[Element]:
    """The children, and what the converter forgets: brackets of a matrix with an exponent are one with the matrix, and
    "log n" has a space.
    """
    children = list(parent)
    scripts = SCRIPTS.get(parent.tag, 0)
    if scripts and len(children) > scripts + 1:
        base = Element("mrow")
        base.extend(children[:-scripts])
        return [base, *children[-scripts:]]
    if parent.tag not in ROWS:
        return children
    spaced = children[:1]
    for before, after in pairwise(children):
        name = before[0] if before.tag in SCRIPTS and len(before) else before
        if name.tag == "mi" and (name.text or "") in FUNCTIONS and after.tag != "mo":
            spaced.append(Element("mspace", width="0.167em"))
        spaced.append(after)
    return spaced


def _text(written: str | None) -> str:
    shown = ENTITY.sub(lambda entity: _sign(int(entity[1], 16)), written or "")
    return "".join(c for c in shown if unicodedata.category(c) not in UNPRINTED and c not in BIDI_FORCED)


def _sign(number: int) -> str:
    return chr(number) if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF else ""
