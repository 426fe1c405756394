"""Markdown, code and formulas of posts and comments: what is drawn, what stays text, and what hostile text may cost."""

import re
import sys
import time
from collections.abc import Callable
from html.parser import HTMLParser
from types import FrameType
from typing import Any

import nh3
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apps.kernel import text
from apps.kernel.text import code, formulas

SIGNS = "*_`~>-+1.$#@\\{}[]()<>&^ \n\tabx/:\"'|=%"
PIECES = [
    "**", "*", "_", "~~", "`", "```", "```py\n", "~~~", "> ", "- ", "1. ", "\n", "\n\n", "    ", "$", "$$", "$$\n",
    "@bob",
    "@carol.c", "#tag", "https://x.example/a_b*c", "\\", "\\frac{a}{b}", "x^2", "<b>", "&lt;", " ", "a", "é",
    "שלום", "{", "}",
    "[a](https://x.example)", "![a](https://x.example/p.png)", "# h", "===", "---", "5", ")", "(", ".",
]  # fmt: skip
WRITTEN = (
    st.text(alphabet=st.characters(), max_size=200)
    | st.text(alphabet=st.sampled_from(SIGNS), max_size=200)
    | st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
)
VOID = {"br"}


class Everyone(dict[str, str]):
    """Links whoever is named."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> str:
        return f"/@{name}/"


def html_of(body: str) -> str:
    return str(text.render_markup(body, mentions=Everyone(), tag_url=lambda name: f"/tags/{name}/"))


def inside(body: str) -> str:
    """Of one paragraph."""
    html = html_of(body)
    assert html.startswith('<p dir="auto">')
    return html.removeprefix('<p dir="auto">').removesuffix("</p>")


class Tree(HTMLParser):
    """Fails on a tag that is closed and was not open, or the other way round; collects text, links and depth."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.deepest = 0
        self.text = ""
        self.links: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        self.deepest = max(self.deepest, len(self.open))
        if tag == "a":
            self.links.append(dict(attrs)["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def work(run: Callable[[], Any]) -> int:
    """Lines of Python that are run: the same on every machine, however busy."""
    lines = 0

    def trace(_frame: FrameType, event: str, _value: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(before)
    return lines


# --- Markdown -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("*a* _b_ **c** __d__", "<em>a</em> <em>b</em> <strong>c</strong> <strong>d</strong>"),
        ("~~no~~ ***both***", "<s>no</s> <em><strong>both</strong></em>"),
        ("snake_case_name 2*3*4", "snake_case_name 2<em>3</em>4"),
        ("`<b> & *x*` ``a`b``", "<code>&lt;b&gt; &amp; *x*</code> <code>a`b</code>"),
        ("one\ntwo  \nthree\\\nfour", "one<br>two<br>three<br>four"),
        ("\\*not\\* \\`code\\`", "*not* `code`"),
        ("a \\ b C:\\dir", "a \\ b C:\\dir"),
        ("&amp; &lt; &#39;", "&amp;amp; &amp;lt; &amp;#39;"),
        ("# no heading", "# no heading"),
        ("Text\n===\nmore\n---", "Text<br>===<br>more<br>---"),
        ("***", "***"),
        ("+", "+"),
        ("2026.", "2026."),
        ("    indented is no code", "indented is no code"),
        ("[a](javascript:alert(1)) [b]: x", "[a](javascript:alert(1)) [b]: x"),
        ("![x](x.png) <img src=x>", "![x](x.png) &lt;img src=x&gt;"),
        ("unfinished **bold and `code", "unfinished **bold and `code"),
    ],
)
def test_a_line(body: str, html: str) -> None:
    assert inside(body) == html


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("- a\n- b\n  - c", '<ul dir="auto"><li>a</li><li>b<ul><li>c</li></ul></li></ul>'),
        ("3. a\n4. b", '<ol start="3" dir="auto"><li>a</li><li>b</li></ol>'),
        ("> a\nb", '<blockquote dir="auto"><p>a</p></blockquote><p dir="auto">b</p>'),
        ("> a\n> > b", '<blockquote dir="auto"><p>a</p><blockquote><p>b</p></blockquote></blockquote>'),
        ("Bring:\n- cake\nBye", '<p dir="auto">Bring:</p><ul dir="auto"><li>cake</li></ul><p dir="auto">Bye</p>'),
        ("a\n\n\n\nb", '<p dir="auto">a</p><p dir="auto">b</p>'),
    ],
)
def test_blocks(body: str, html: str) -> None:
    assert html_of(body) == html


@given(WRITTEN)
def test_whole_html_that_the_sanitiser_leaves_alone(raw: str) -> None:
    html = html_of(text.clean(raw))
    Tree(html)
    again = nh3.clean(
        html, tags=text.ALLOWED_TAGS, attributes=text.ALLOWED_ATTRIBUTES, tag_attribute_values=text.ALLOWED_VALUES,
        allowed_classes=text.ALLOWED_CLASSES, url_schemes={"http", "https"}, link_rel=None,
    )  # fmt: skip
    assert again == html


@given(WRITTEN)
@example("`@bob` @bob")
@example("$@bob$ @carol $")
@example("```\n@bob\n> @carol")
@example("https://x.example/@bob [@bob](https://x.example/#tag)")
@example("**@bob**@carol _@bob_")
@example("$$\n@bob\n$$ @carol")
@example("\\@bob \\#tag")
def test_who_is_linked_is_told_and_who_is_told_is_linked(raw: str) -> None:
    body = text.clean(raw)
    links = Tree(html_of(body)).links
    assert {link[2:-1] for link in links if link.startswith("/@")} == text.find_mentions(body)
    assert [f"/tags/{tag}/" for tag in text.find_hashtags(body)] == list(
        dict.fromkeys(link for link in links if link.startswith("/tags/"))
    )
    assert [link for link in links if not link.startswith("/")] == text.find_links(body)


@given(st.text(alphabet=st.characters(categories=["L", "N", "Zs"]), max_size=200))
def test_words_stay_words(raw: str) -> None:
    body = text.clean(raw)
    assert "".join(Tree(html_of(body)).text.split()) == "".join(body.split())


@given(WRITTEN)
def test_no_word_is_lost(raw: str) -> None:
    """Only formulas say things anew, and what stands behind the ``` of code names its language."""
    body = text.clean(raw.replace("$", "").replace("~~~", "").replace("```", ""))
    shown = Tree(html_of(body)).text
    for word in re.findall(r"[^\W\d_]{3,}", body):
        assert word in shown


def test_plain() -> None:
    body = "**Exam** moved!\n\n- see `room 3`\n- or $x^2$ @bob #quad\n\n```py\nprint(1)\n```\n> bye\\*"
    assert text.plain(body) == "Exam moved! see room 3 or x^2 @bob #quad print(1) bye*"


# --- code ---------------------------------------------------------------------------------------------------------


def test_code_says_its_language_and_tells_words_apart() -> None:
    html = html_of("```python\ndef f(x):  # @bob\n    return 'é' + 1\n```")
    assert html == (
        '<figure class="code"><figcaption>Python</figcaption><pre tabindex="0" dir="ltr"><code>'
        '<span class="k">def </span><span class="f">f</span>(x):  <span class="c"># @bob\n    </span>'
        '<span class="k">return </span><span class="s">\'é\' </span>+ <span class="n">1</span></code></pre></figure>'
    )


@pytest.mark.parametrize("info", ["", "klingon", "<script>", '"onload="x', "python2 {.x}", "__class__"])
def test_an_unknown_language_is_plain(info: str) -> None:
    html = html_of(f"```{info}\nif x < 1:\n```")
    shown = '<pre tabindex="0" dir="ltr"><code>if x &lt; 1:</code></pre>'
    assert html == f'<figure class="code"><figcaption></figcaption>{shown}</figure>'


@given(st.sampled_from(sorted(code.LANGUAGES)), st.text(max_size=300))
def test_code_says_what_was_written(language: str, written: str) -> None:
    assert Tree(code.highlighted(text.clean(written), language, code.Ink())).text == text.clean(written)


def test_code_without_an_end_ends_with_the_text() -> None:
    assert "<code>@bob\n**x**</code>" in html_of("```\n@bob\n**x**")


def test_a_great_deal_of_code_is_plain() -> None:
    one = "```py\n" + "x = 1\n" * 300 + "```\n"
    assert html_of(one * 2).count('<span class="n">') == 300
    assert html_of("```js\n" + "1+" * 1_400 + "1\n```").count("<span") == 0  # one line
    assert html_of("```js\n" + "1+2-\n" * 600 + "\n```").count("<span") == code.Ink().pieces


LEXER_TRAPS = [
    "\\", '"', "'", "`", "(", "{", "[", "<", "/*", "//", "#", "'''", '"""', '\\"', "<a ", "<!--", "${", "a.", "0x",
    "1e", "@",
    "::", "->", "%", "---\n", "a: ", '<a b="', "f'{", 'r#"', "\\begin{", "{{", "a b\n", "a\n\n", " \n", "\t",
    "select ",
    "def f(", "'a\\", '"\\u', "/a", "<?", "<script>", "<style>", "@media (", "<<A\n", "[[", "--[[",
]  # fmt: skip


@pytest.mark.parametrize("language", sorted(code.LANGUAGES))
def test_no_text_keeps_a_lexer_busy(language: str) -> None:
    """Expressions of Pygments are run in C, where no line is counted: here time has to do, of the processor."""
    before = time.process_time()
    for trap in LEXER_TRAPS:
        for width in (code.LONGEST_LINE - 10, 3_000):
            whole = (trap * 3_000)[:2_900]
            lines = "\n".join(whole[start : start + width] for start in range(0, len(whole), width))
            code.highlighted(lines[: code.Ink().characters], language, code.Ink())
    assert (time.process_time() - before) / (2 * len(LEXER_TRAPS)) < 0.25


# --- formulas -----------------------------------------------------------------------------------------------------


def test_a_formula_is_drawn_by_the_browser() -> None:
    html = inside("So $x^2 < y$.")
    assert html == (
        'So <span class="formula"><math dir="ltr" display="inline"><mrow><msup><mi>x</mi><mn>2</mn></msup>'
        "<mo>&lt;</mo><mi>y</mi></mrow></math></span>."
    )


def test_a_matrix_has_its_exponent_and_a_function_its_space() -> None:
    drawn = formulas.mathml(r"\begin{pmatrix}a\end{pmatrix}^2 \log n", is_block=True)
    assert drawn is not None
    assert "<msup><mrow><mo>(</mo><mtable><mtr><mtd><mi>a</mi></mtd></mtr></mtable><mo>)</mo></mrow><mn>2</mn>" in drawn
    assert '<mi>log</mi><mspace width="0.167em"></mspace><mi>n</mi>' in drawn


@pytest.mark.parametrize(
    "body", ["$$\n\\sum_{i=0}^n\n- i\n\n+ 1\n$$", "$$x^2$$", "before\n$$x^2$$\nafter", "> $$\n> a\n> $$", "- $$a+b$$"]
)
def test_a_block_of_formula(body: str) -> None:
    html = html_of(body)
    assert html.count('<div class="formula"><math dir="ltr" display="block">') == 1
    assert "$" not in Tree(html).text


@pytest.mark.parametrize(
    "body",
    [
        "It costs $5 and $6.", "$5", "$5-$6", "($5)", "5$ or 6$", "US$5 and CA$6", "$5, $6, $7", "from $5 to 6$ each",
        "$ x $", "$HOME and $PATH", "$HOME/$PATH", "a $\n$ b", "$$", "$$$$", "$x", "x$", "\\$x\\$", "$1,000 (or 5$)",
    ],
)  # fmt: skip
def test_prices_stay_text(body: str) -> None:
    assert "formula" not in html_of(body)
    assert Tree(html_of(body)).text.replace("\n", "") == body.replace("\\", "").replace("\n", "")


HOSTILE = [
    r"\text{<script>alert(1)</script>}", r"\text{&#x3c;img src=x onerror=alert(1)&#x3e;}",
    r"\href{javascript:alert(1)}{x}",
    r"\style{position:fixed}{x}", r"\class{mention}{x}", r"\cssId{talk}{x}", r"\url{javascript:x}", r"\unicode{x3c}",
    r"\def\a{\a\a}\a", r"\newcommand{\a}{\b\b}\newcommand{\b}{\a\a}\a", r"\let\a\b",
    r"\color{red;background:url(//x)}x",
    r"\hspace{99999em}x", r"\kern-999em x", r"\rule{9999em}{9999em}", r"\tag{<b>}", r"\operatorname{<b onclick=x>}x",
    r"\begin{array}{<b>}x\end{array}", r"\mathbb{<i>}", r"</math><script>alert(1)</script>",
    r"\textcolor{\"><img>}{x}",
    r"\verb|<svg onload=x>|", r"\includegraphics{x}", r"\html@attribute{a}{b}", r"\raisebox{9999em}{x}",
]  # fmt: skip


@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_hostile_gets_through_a_formula(source: str) -> None:
    for body in (f"${source}$", f"$$\n{source}\n$$"):
        html = html_of(body)
        Tree(html)
        assert not re.search(
            r"<(script|img|svg|i|b)\b|\son\w+=|href=|style=|class=\"(?!formula|code|tag|mention)", html
        )
        for length in re.findall(r"(?:width|height|depth|lspace|voffset)=\"[+-]?(\d+)", html):
            assert int(length) < 20


@pytest.mark.parametrize(
    "source",
    [
        "{" * 400, "x^{" * 300 + "}" * 300, "^" * 900, r"\frac" * 180, r"\sqrt" * 190, r"\left(" * 140, r"\not" * 200,
        r"\begin{matrix}" * 60, "&" * 900, r"\\" * 450, "a_" * 400, "'" * 900, r"\mathchoice" * 80, "%" * 900,
        "1" * 990,
        r"\overbrace{" * 29 + "}" * 29, r"\text{x}" * 120, r"\sum\limits" * 80, "\\" * 999,
        r"\begin{array}{" + "c" * 900 + "}",
    ],
)  # fmt: skip
def test_what_is_no_formula_is_shown_as_it_was_written(source: str) -> None:
    """Or drawn; but never for long, never large, and never deep."""
    assert work(lambda: formulas.mathml(source, is_block=False)) < 300_000
    html = html_of(f"$${source}$$")
    Tree(html)
    assert len(html) < 40_000
    assert Tree(html).deepest < formulas.DEEPEST + 10


@given(st.text(alphabet=st.sampled_from("\\{}^_&%$#abfrctexl()[]| 12'~\n<>"), max_size=120))
def test_whatever_is_converted_is_whole(source: str) -> None:
    drawn = formulas.mathml(source, is_block=True)
    if drawn is not None:
        Tree(drawn)
        assert nh3.clean(
            drawn, tags=text.ALLOWED_TAGS, attributes=text.ALLOWED_ATTRIBUTES,
            tag_attribute_values=text.ALLOWED_VALUES, link_rel=None,
        )  # fmt: skip


def test_a_page_of_formulas_is_drawn_to_a_limit() -> None:
    html = html_of(" ".join(["$x+y+z$"] * 1_200))
    assert html.count("<math") == 800
    assert html.count("<code>$x+y+z$</code>") == 400


# --- what it costs ------------------------------------------------------------------------------------------------

TRAPS = [
    "\\", "*", "_", "`", "~", "$", "> ", "- ", "1. ", "#", "@", "https://", "(", "[", "*a **b ", "*_", "`a ``b ",
    "> a\nb\n",
    "- a\n b\n", "$\\", "$$\n", "$a ", "${", "```\n", "~~~\n", "> - ", "\\$", "@bob ", "#a ", "$\\text{<b>}$ ",
    "a\n", "\t",
    "**a*", "~~a", "https://x)", "$$a$$ ", "- \n", "\n", "&lt;", "<!--", "$\\def", "$$x", ">", "> > > > a\n", "-",
    "e\u0301",
]  # fmt: skip


@pytest.mark.parametrize("trap", TRAPS)
def test_work_grows_with_the_text_and_not_faster(trap: str) -> None:
    def written(length: int) -> str:
        return text.clean("x" + (trap * length)[:length])

    small, large = (work(lambda length=length: html_of(written(length))) for length in (1_250, 5_000))  # type: ignore[misc]
    assert large < 6 * small + 20_000  # four times the text


@pytest.mark.parametrize("trap", TRAPS)
def test_hostile_text_is_neither_deep_nor_large(trap: str) -> None:
    html = html_of(text.clean((trap * 5_000)[:5_000]))
    assert Tree(html).deepest < 40
    assert len(html) < 400_000


def test_a_very_long_text_takes_no_long_time() -> None:
    """Longer than anything may be: the limit is checked elsewhere."""
    for trap in ("https://", "https://x", "@" * 10, "((((", "#a", "\n \n"):
        one = work(lambda trap=trap: html_of(trap * 2_000))  # type: ignore[misc]
        assert work(lambda trap=trap: html_of(trap * 8_000)) < 6 * one + 20_000  # type: ignore[misc]
