"""What people write in posts and comments, as HTML, as plain text, and as the names that stand in it.

All of them walk the same tokens (grammar.parse), so that whoever is linked is told and whoever is told is linked.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString
from markdown_it.token import Token as Node

from apps.kernel.text import code, formulas, grammar
from apps.kernel.text.marks import Token

INLINE_DEEPEST = 8  # emphasis in emphasis; more says no more
FORMULAS = 4_000  # characters of formulas drawn in one text
BLOCKS = {"p", "ul", "ol", "li", "blockquote"}
ALLOWED_TAGS = BLOCKS | {"br", "a", "em", "strong", "s", "code", "pre", "figure", "figcaption", "span", "div"}
ALLOWED_TAGS |= formulas.TAGS
ALLOWED_ATTRIBUTES = {
    "a": {"href", "rel"}, "ol": {"start"}, **formulas.ATTRIBUTES,
}  # fmt: skip
ALLOWED_CLASSES = {
    "a": {"mention", "tag"}, "figure": {"code"}, "span": {"formula", *code.SHOWN}, "div": {"formula"},
}  # fmt: skip
ALLOWED_VALUES = {tag: {"dir": {"auto"}} for tag in BLOCKS} | {
    "pre": {"tabindex": {"0"}, "dir": {"ltr"}}, "math": {"dir": {"ltr"}, "display": {"block", "inline"}},
}  # fmt: skip


def render_markup(text: str, *, mentions: Mapping[str, str], tag_url: Callable[[str], str]) -> SafeString:
    """The text as HTML. Only people in `mentions` (username -> address) are linked.

    Everything is escaped here; nh3 stands behind it, so that a mistake here shows as missing text, not as a script.
    """
    writer = _Writer(mentions, tag_url)
    writer.write(grammar.parse(text.strip()))
    html = nh3.clean(
        "".join(writer.out),
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        tag_attribute_values=ALLOWED_VALUES,
        allowed_classes=ALLOWED_CLASSES,
        url_schemes={"http", "https"},
        link_rel=None,
    )
    return SafeString(html)


def tokens(text: str) -> Iterator[Token]:
    """What stands in the text, in order; the marks of Markdown are left out."""
    for node in grammar.parse(text.strip()):
        if node.type == "inline":
            yield from (found for child in node.children or () if (found := _inline(child)))
        elif node.type == "fence":
            yield Token("code", node.content)
        elif node.type == "formula_block":
            yield Token("formula", f"{node.content}\n")
        elif node.nesting == -1:
            yield Token("break", "\n")


def find_mentions(text: str) -> set[str]:
    """Usernames, in lower case."""
    return {token.value for token in tokens(text) if token.kind == "mention"}


def find_hashtags(text: str) -> list[str]:
    """Hashtags in the form in which they are compared, each once, in order."""
    return list(dict.fromkeys(token.value for token in tokens(text) if token.kind == "tag"))


def find_links(text: str) -> list[str]:
    """Addresses as they were written, in order."""
    return [token.value for token in tokens(text) if token.kind == "link"]


def plain(text: str) -> str:
    """The words on one line, without marks, for a title or a preview."""
    return " ".join("".join(token.text for token in tokens(text)).split())


def _inline(node: Node) -> Token | None:
    if node.type == "mark":
        mark: Token = node.meta["mark"]
        return mark
    if node.type in ("softbreak", "hardbreak"):
        return Token("break", "\n")
    kind = {"text": "text", "code_inline": "code", "formula": "formula"}.get(node.type)
    return Token(kind, node.content) if kind and node.content else None


@dataclass(slots=True)
class _Writer:
    mentions: Mapping[str, str]
    tag_url: Callable[[str], str]
    out: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)  # inline elements; "" for one that is too deep to be written
    ink: code.Ink = field(default_factory=code.Ink)
    formulas: int = FORMULAS

    def write(self, nodes: list[Node]) -> None:
        for node in nodes:
            if node.type == "inline":
                for child in node.children or ():
                    self._child(child)
            elif node.type == "fence":
                self._fence(node)
            elif node.type == "formula_block":
                self._formula(node.content, "$$", "div")
            elif not node.hidden:
                self._block(node)

    def _block(self, node: Node) -> None:
        if node.nesting == -1:
            self.out.append(f"</{node.tag}>")
            return
        start = f' start="{int(first)}"' if (first := node.attrs.get("start")) is not None else ""
        # The outermost block has a direction of its own; the style sheet gives one to each line inside it.
        own = "" if node.level else ' dir="auto"'
        self.out.append(f"<{node.tag}{start}{own}>")

    def _child(self, node: Node) -> None:
        if node.type == "text":
            self.out.append(escape(node.content))
        elif node.type in ("softbreak", "hardbreak"):
            self.out.append("<br>")
        elif node.type == "code_inline":
            self.out.append(f"<code>{escape(node.content)}</code>")
        elif node.type == "mark":
            self._mark(node.meta["mark"])
        elif node.type == "formula":
            self._formula(node.content, node.markup, "span")
        elif node.nesting == 1:
            self.open.append(node.tag if len(self.open) < INLINE_DEEPEST else "")
            self.out.append(f"<{self.open[-1]}>" if self.open[-1] else "")
        elif node.nesting == -1:
            tag = self.open.pop()
            self.out.append(f"</{tag}>" if tag else "")

    def _mark(self, mark: Token) -> None:
        shown = escape(mark.text)
        if mark.kind == "link":
            self.out.append(f'<a href="{escape(mark.value)}" rel="nofollow ugc noopener">{shown}</a>')
        elif mark.kind == "tag":
            self.out.append(f'<a class="tag" href="{escape(self.tag_url(mark.value))}">{shown}</a>')
        elif mark.value in self.mentions:
            self.out.append(f'<a class="mention" href="{escape(self.mentions[mark.value])}">{shown}</a>')
        else:
            self.out.append(shown)

    def _fence(self, node: Node) -> None:
        language = (node.info.split() or [""])[0]
        html = code.highlighted(node.content.rstrip("\n"), language, self.ink)
        caption = f"<figcaption>{escape(code.label_of(language))}</figcaption>"
        self.out.append(f'<figure class="code">{caption}<pre tabindex="0" dir="ltr"><code>{html}</code></pre></figure>')

    def _formula(self, source: str, marks: str, tag: str) -> None:
        self.formulas -= len(source)
        drawn = formulas.mathml(source, is_block=marks == "$$") if self.formulas >= 0 else None
        shown = drawn or f"<code>{escape(f'{marks}{source}{marks}')}</code>"
        self.out.append(f'<{tag} class="formula">{shown}</{tag}>')
