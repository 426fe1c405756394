"""The Markdown people write in: emphasis, code, lists, quotes and formulas, and mentions, hashtags and links in them.

No headings (a line that starts with # is a hashtag), no images, no HTML, no rules, no links with other words: an
address is shown as it is. A line that ends in the text ends on the page, and a quote or a list ends where its lines
end: nothing that follows is drawn in. Markdown-it does the reading; the rules here are what we want otherwise.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock, blockquote, list_block
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from apps.kernel.text.marks import mark_at

DEEPEST = 8  # levels of quotes and lists; a list takes two
FORMULA_LINES = 40
FORMULA_LONGEST = 1_000
INTERRUPTS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
STOP = re.compile(r"[\n\\`*_~$@#]|https?://", re.IGNORECASE)
FORMULA = re.compile(
    r"(?<![\w$])(?P<marks>\$\$?)(?=[^\s$])"
    rf"(?P<source>(?:[^$\\\n]|\\.){{1,{FORMULA_LONGEST}}}?)(?<!\s)(?P=marks)(?![\w$])"
)
PRICE = re.compile(r"\d[^\\^_{}=]*\s")  # "5 or 6", with nothing of a formula in it


def parse(text: str) -> list[Token]:
    """Tokens of markdown-it. Of our own kinds are "mark" (a marks.Token in meta), "formula" and "formula_block"."""
    return _reader.parse(text)


def _quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A quote is its lines with a ">"; what stands below is not drawn in. Too deep, it is text."""
    if state.level >= DEEPEST:
        return False
    if silent:
        return blockquote(state, start, end, silent)
    last = start
    while last < end and _is_quoted(state, last):
        last += 1
    below, state.lineMax = state.lineMax, last
    try:
        return last > start and blockquote(state, start, last, silent)
    finally:
        state.lineMax = below


def _is_quoted(state: StateBlock, line: int) -> bool:
    first = state.bMarks[line] + state.tShift[line]
    return state.src[first : first + 1] == ">" and state.sCount[line] >= state.blkIndent


def _list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A list begins with something: a line of "+" alone is text. Too deep, it is text."""
    first = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]].rstrip(" \t")
    is_empty = len(first) == 1 or (first[:-1].isdecimal() and len(first) < 12)
    return not is_empty and state.level < DEEPEST and list_block(state, start, end, silent)


def _paragraph(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Lines up to an empty one, to another block, or to one that stands further out."""
    enders = state.md.block.ruler.getRules("paragraph")
    around, state.parentType = state.parentType, "paragraph"
    line = start + 1
    while line < state.lineMax and not state.isEmpty(line) and state.sCount[line] >= state.blkIndent:
        if any(ends(state, line, state.lineMax, True) for ends in enders):
            break
        line += 1
    state.line, state.parentType = line, around
    state.push("paragraph_open", "p", 1)
    inline = state.push("inline", "", 0)
    inline.content = "\n".join(
        state.src[state.bMarks[one] + state.tShift[one] : state.eMarks[one]].strip(" \t") for one in range(start, line)
    )
    inline.children = []
    state.push("paragraph_close", "p", -1)
    return True


def _formula_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """$$ at the start of a line, up to the $$ at the end of the same or a later one."""
    lines: list[str] = []
    for line in range(start, min(end, start + FORMULA_LINES)):
        if state.sCount[line] < state.blkIndent:
            return False
        written = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip(" \t")
        if line == start:
            if not written.startswith("$$"):
                return False
            written = written[2:]
        if written.endswith("$$"):
            return _found(state, line, "\n".join([*lines, written[:-2]]).strip(), silent)
        if "$$" in written:
            return False
        lines.append(written)
    return False


def _found(state: StateBlock, line: int, source: str, silent: bool) -> bool:
    if not source or "$$" in source or len(source) > FORMULA_LONGEST:
        return False
    if not silent:
        state.line = line + 1
        state.push("formula_block", "math", 0).content = source
    return True


def _text(state: StateInline, silent: bool) -> bool:
    """Up to what one of the rules may want."""
    stop = STOP.search(state.src, state.pos)
    end = stop.start() if stop else state.posMax
    if end == state.pos:
        return False
    state.pending += state.src[state.pos : end]
    state.pos = end
    return True


def _mark(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "@#hH" or (mark := mark_at(state.src, state.pos)) is None:
        return False
    if mark.kind == "text":
        state.pending += mark.text
    else:
        state.push("mark", "a", 0).meta = {"mark": mark}
    state.pos += len(mark.text)
    return True


def _formula(state: StateInline, silent: bool) -> bool:
    """$x$ or $$x$$ in a line. No blank stands inside the marks and no letter or digit outside: prices are text."""
    if state.src[state.pos] != "$":
        return False
    match = FORMULA.match(state.src, state.pos)
    if match is None or PRICE.match(match["source"]):
        return False
    token = state.push("formula", "math", 0)
    token.content, token.markup = match["source"], match["marks"]
    state.pos = match.end()
    return True


def _made() -> MarkdownIt:
    made = MarkdownIt("zero", {"html": False, "maxNesting": 100})
    made.enable(["fence", "blockquote", "list", "newline", "escape", "backticks", "strikethrough", "emphasis"])
    made.block.ruler.at("blockquote", _quote, INTERRUPTS)
    made.block.ruler.at("list", _list, {"alt": ["paragraph", "reference", "blockquote"]})
    made.block.ruler.at("paragraph", _paragraph)
    made.block.ruler.before("blockquote", "formula_block", _formula_block, INTERRUPTS)
    made.inline.ruler.at("text", _text)
    made.inline.ruler.before("newline", "mark", _mark)
    made.inline.ruler.before("newline", "formula", _formula)
    return made


_reader = _made()
