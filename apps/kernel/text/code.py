"""Code with its words told apart, in the languages that are taught here. Pygments reads, we write few short classes.

Bounded: what is long, or in a language that is not listed, stays plain.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.utils.html import escape
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Generic, Keyword, Name, Number, String
from pygments.token import _TokenType as Kind

LONGEST_LINE = 500  # characters
# Label and name in Pygments; only lexers that were tried with what makes others slow (tests/kernel/test_post_text.py).
# The one for C# was not good enough, and most of its words are Java's.
LANGUAGES = {
    "bash": ("Shell", "bash"), "c": ("C", "c"), "cpp": ("C++", "cpp"), "csharp": ("C#", "java"), "css": ("CSS", "css"),
    "diff": ("Diff", "diff"), "go": ("Go", "go"), "haskell": ("Haskell", "haskell"), "html": ("HTML", "html"),
    "java": ("Java", "java"), "javascript": ("JavaScript", "javascript"), "json": ("JSON", "json"),
    "julia": ("Julia", "julia"), "kotlin": ("Kotlin", "kotlin"), "latex": ("LaTeX", "latex"),
    "matlab": ("MATLAB", "matlab"), "python": ("Python", "python"), "r": ("R", "r"), "ruby": ("Ruby", "ruby"),
    "rust": ("Rust", "rust"), "sql": ("SQL", "sql"), "swift": ("Swift", "swift"), "toml": ("TOML", "toml"),
    "typescript": ("TypeScript", "typescript"), "xml": ("XML", "xml"), "yaml": ("YAML", "yaml"),
}  # fmt: skip
ALSO = {
    "c#": "csharp", "c++": "cpp", "cs": "csharp", "hs": "haskell", "jl": "julia", "js": "javascript", "kt": "kotlin",
    "py": "python", "python3": "python", "rb": "ruby", "rs": "rust", "sh": "bash", "shell": "bash", "tex": "latex",
    "ts": "typescript", "yml": "yaml",
}  # fmt: skip
CLASSES: dict[Kind, str] = {
    Keyword: "k", Keyword.Constant: "n", Number: "n", String: "s", String.Interpol: "n", Comment: "c",
    Comment.Preproc: "k", Name.Function: "f", Name.Class: "f", Name.Decorator: "f", Name.Tag: "k", Name.Attribute: "f",
    Name.Builtin: "b", Name.Exception: "b", Generic.Deleted: "d", Generic.Inserted: "i", Generic.Heading: "k",
    Generic.Subheading: "k",
}  # fmt: skip
SHOWN = frozenset(CLASSES.values())


@dataclass(slots=True)
class Ink:
    """How much of one text is coloured: what lexers need grows with the square of some texts. The rest is plain."""

    characters: int = 3_000
    pieces: int = 1_000


def label_of(language: str) -> str:
    """What the language is called, "Python" for "py"; empty when it is none we know."""
    return LANGUAGES[name][0] if (name := _name(language)) else ""


def highlighted(code: str, language: str, ink: Ink) -> str:
    """The code as HTML. Uses up some of the ink."""
    name = _name(language)
    if not name or len(code) > ink.characters or any(len(line) > LONGEST_LINE for line in code.split("\n")):
        return escape(code)
    ink.characters -= len(code)
    out: list[str] = []
    for shown, written in _merged(code, name):
        if shown and ink.pieces > 0:
            ink.pieces -= 1
            out.append(f'<span class="{shown}">{escape(written)}</span>')
        else:
            out.append(escape(written))
    return "".join(out)


def _name(language: str) -> str:
    name = language.lower()
    name = ALSO.get(name, name)
    return name if name in LANGUAGES else ""


def _merged(code: str, name: str) -> Iterator[tuple[str, str]]:
    """Pieces with their class, neighbours of one class in one. Joined again they are the code."""
    shown, start = "", 0
    for place, kind, written in _lexer(name).get_tokens_unprocessed(code):
        if not written or written.isspace():
            continue
        found = _class(kind)
        if found != shown:
            yield shown, code[start:place]
            shown, start = found, place
    yield shown, code[start:]


def _class(kind: Kind) -> str:
    while kind is not None:
        if kind in CLASSES:
            return CLASSES[kind]
        kind = kind.parent
    return ""


@cache
def _lexer(name: str) -> Lexer:
    lexer: Lexer = get_lexer_by_name(LANGUAGES[name][1])
    return lexer
