"""What people write is safe to keep and to show, in any script, whatever they try."""

import re
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apps.kernel import text

ANY = st.text(alphabet=st.characters(), max_size=200) | st.text(
    alphabet=st.sampled_from("ab@#/.:_-() \n\t<>&\"'\x00\ud800\u202e\u200b\u200d\u0301\u0e48أ好😀ß"), max_size=200
)
MENTIONS = {"bob": "/@bob/", "ab": "/@ab/", "a_b": '/@a_b/"><script>'}


def tag_url(name: str) -> str:
    return f"/tags/{name}/"


# --- clean --------------------------------------------------------------------------------------------------------


@given(ANY)
@example("a\x00\u0301")
@example("a\u0327\u202e\u0301" * 9)
def test_clean_text_can_be_stored_and_is_clean(raw: str) -> None:
    cleaned = text.clean(raw)
    cleaned.encode()
    assert "\x00" not in cleaned
    assert not any(unicodedata.category(c) == "Cc" for c in cleaned if c not in "\n\t")
    assert unicodedata.is_normalized("NFC", cleaned)
    assert text.clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("  hello \n", "hello"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("a\x00b\x07c", "abc"),
        ("a\ud800b", "ab"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("cafe\u0301", "café"),
        ("שָׁלוֹם עוֹלָם", unicodedata.normalize("NFC", "שָׁלוֹם עוֹלָם")),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩‍🚀", "👩‍🚀"),
        ("z" + "\u0321" * 50 + "a", "z" + "\u0321" * text.MARKS + "a"),
    ],
)
def test_clean(raw: str, cleaned: str) -> None:
    assert text.clean(raw) == cleaned


# --- names --------------------------------------------------------------------------------------------------------


@given(ANY)
@example("\u200da")
@example("a\u200b\u0301\u200b\u0301")
@example("\u0301 \u0301a")
@example("a\u0301" * 20)
@example("\u0301" * 20 + "\u200c")
def test_a_clean_name_is_one_visible_line(raw: str) -> None:
    name = text.clean_name(raw)
    assert name == " ".join(name.split())
    hidden = {c for c in name if unicodedata.category(c) in ("Cf", "Cc", "Cs", "Co")} - {"\u200c", "\u200d"}
    assert not hidden
    assert text.clean_name(name) == name
    assert not name or not unicodedata.category(name[0]).startswith("M")


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Alice\u202e Ashdown", "Alice Ashdown"),
        ("A\u200bl\u2060i\u00adce", "Alice"),
        ("Al\u200dice", "Alice"),  # a joiner between plain letters shows nothing
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("Zoë 👩‍🚀", "Zoë 👩‍🚀"),
        (" Zoë \n\t of  York ", "Zoë of York"),
        ("\u3164\u2800\u200b", ""),
        ("\u0301\u0301Bob", "Bob"),
        ("ณัฐกานต์ ศรีสุข", "ณัฐกานต์ ศรีสุข"),
    ],
)
def test_names(raw: str, name: str) -> None:
    assert text.clean_name(raw) == name


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Alice Ashdown", "AA"),
        ("alice von der ashdown", "AA"),
        ("Cher", "C"),
        ("王小明", "王"),
        ("محمد علي", "مع"),
        ("ßeta x", "SX"),
        ("😀", "?"),
        ("", "?"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert text.initials(name) == letters


@given(ANY)
def test_a_picture_is_the_same_every_time(name: str) -> None:
    hue, land = text.hue_and_land(name)
    assert (hue, land) == text.hue_and_land(name)
    assert hue in range(1, 13)
    assert land in range(1, 5)


def test_pictures_differ() -> None:
    assert len({text.hue_and_land(f"person{number}") for number in range(1000)}) == 48


# --- mentions, hashtags, links ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("Hi @bob, @Alice.", {"bob", "alice"}),
        ("@bob.smith's dog and (@carol)", {"bob.smith", "carol"}),
        ("mail bob@northmere.example", set()),
        ("@bob@elsewhere.example", set()),
        ("https://x.example/@bob and x.example/@bob", set()),
        ("@ab", set()),
        ("@" + "x" * 31, set()),
        ("@@bob", set()),
        ("@bob@carol", set()),
        ("ali@bob", set()),
        ("@bob\n@carol", {"bob", "carol"}),
        ("@бob", set()),
        ("*@bob* **@carol** ~~@eve~~ > @dan", {"bob", "carol", "eve", "dan"}),
        ("> @bob\n- @carol\n1. @eve", {"bob", "carol", "eve"}),
        ("`@bob` ``@carol`` \\@eve", set()),
        ("```\n@bob\n```\n~~~\n@carol", set()),
        ("$@bob$ $$@carol$$\n$$\n@eve\n$$", set()),
    ],
)
def test_mentions(body: str, names: set[str]) -> None:
    assert text.find_mentions(body) == names


@pytest.mark.parametrize(
    ("body", "tags"),
    [
        ("#Exams and #exams, #exams!", ["exams"]),
        ("#2026 is no tag, #exams2026 is", ["exams2026"]),
        ("#हिन्दी #ภาษาไทย #日本語 #Ünïcode #اردو", ["हिन्दी", "ภาษาไทย", "日本語", "ünïcode", "اردو"]),
        ("https://x.example/#anchor a#b &#39; ##x", []),
        ("#straße #STRASSE", ["strasse"]),
        ("(#quad) #a-b #c_d", ["quad", "a", "c_d"]),
        ("#" + "x" * 51, []),
        ("# nothing", []),
        ("#ｆｕｌｌ", ["full"]),
        ("#first of a line\n## none\n`#code` **#bold**", ["first", "bold"]),
    ],
)
def test_hashtags(body: str, tags: list[str]) -> None:
    assert text.find_hashtags(body) == [text.fold(tag) for tag in tags]


@given(ANY)
def test_folding_is_done_once(raw: str) -> None:
    assert text.fold(text.fold(raw)) == text.fold(raw)


@given(ANY)
def test_a_hashtag_is_its_own_hashtag(raw: str) -> None:
    for tag in text.find_hashtags(raw):
        assert text.find_hashtags(f"#{tag}") == [tag]


@pytest.mark.parametrize(
    ("body", "link"),
    [
        ("see https://x.example/a.", "https://x.example/a"),
        ("(https://x.example/a_(b))", "https://x.example/a_(b)"),
        ("<https://x.example>", "https://x.example"),
        ("HTTP://X.example/?q=1&r=2#s", "HTTP://X.example/?q=1&r=2#s"),
        ("https://x.example/'onmouseover='x", "https://x.example/'onmouseover='x"),
        ("**https://x.example/a_b_c**", "https://x.example/a_b_c"),
        ("[words](https://x.example)", "https://x.example"),
    ],
)
def test_links(body: str, link: str) -> None:
    assert text.find_links(body) == [link]


@pytest.mark.parametrize(
    "body", ["javascript:alert(1)", "https://", "http://.", "ftp://x.example", "x.example", "http://["]
)
def test_not_links(body: str) -> None:
    assert text.find_links(body) == []
    assert text.plain(body) == body


# --- as HTML ------------------------------------------------------------------------------------------------------


class Found(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def assert_allowed(tag: str, attributes: dict[str, str | None]) -> None:
    assert tag in text.ALLOWED_TAGS
    for name, value in attributes.items():
        if name == "class":
            assert set((value or "").split()) <= text.ALLOWED_CLASSES[tag]
        elif name not in text.ALLOWED_ATTRIBUTES.get(tag, set()):
            assert value in text.ALLOWED_VALUES[tag][name]


@given(ANY)
@example('<script>alert(1)</script> https://x.example/"><img src=x onerror=alert(1)> @a_b #a<b>')
def test_html_has_nothing_but_what_is_allowed(raw: str) -> None:
    html = text.render_markup(text.clean(raw), mentions=MENTIONS, tag_url=tag_url)
    for tag, attributes in Found(html).tags:
        assert_allowed(tag, attributes)
        if tag == "a":
            assert re.match(r"https?://|/@|/tags/", attributes["href"] or "", re.IGNORECASE)


def test_markup() -> None:
    html = text.render_markup(
        "Hi @Bob and @eve\nsee https://x.example/?a=1&b=2 #Quad\n\n\n<b>bye</b>",
        mentions={"bob": "/@bob/"},
        tag_url=tag_url,
    )
    assert html == (
        '<p dir="auto">Hi <a class="mention" href="/@bob/">@Bob</a> and @eve<br>see '
        '<a href="https://x.example/?a=1&amp;b=2" rel="nofollow ugc noopener">https://x.example/?a=1&amp;b=2</a> '
        '<a class="tag" href="/tags/quad/">#Quad</a></p><p dir="auto">&lt;b&gt;bye&lt;/b&gt;</p>'
    )


def test_a_long_text_takes_no_long_time() -> None:
    for piece in ("@" * 10, "#a", "https://", "((((", "a\u0301\u0301", "\n \n"):
        cleaned = text.clean(piece * 20_000)
        rendered = text.render_markup(cleaned, mentions={}, tag_url=tag_url)
        assert bool(rendered) == bool(cleaned)


# --- Markdown -----------------------------------------------------------------------------------------------------


@given(ANY | st.text(alphabet=st.sampled_from("*_`~>#-+1.[]()!<>&\"'\\/: \n\thtpsa"), max_size=200))
@example("<script>alert(1)</script>")
@example("[x](javascript:alert(1)) [y](data:text/html,x) <javascript:alert(1)> [z](//evil.example)")
@example("![x](https://t.example/p.png) <img src=x onerror=alert(1)>")
@example('[a](https://a.example/"onmouseover="alert(1)) [b]: javascript:alert(1)\n\n[b]')
def test_markdown_lets_no_html_through(raw: str) -> None:
    for tag, attributes in Found(text.render_markdown(text.clean(raw))).tags:
        assert tag in text.MARKDOWN_TAGS
        allowed = {"a": {"href", "rel"}}.get(tag, text.MARKDOWN_ATTRIBUTES.get(tag, set()))
        assert attributes.keys() <= allowed
        if "href" in attributes:
            assert re.match(r"https?:|mailto:|[^:]*$", attributes["href"] or "", re.IGNORECASE)


def test_markdown() -> None:
    written = "# Me\n\n**bold** *and* `code`\nhttps://x.example, me@x.example\n\n- [one](https://a.example)\n"
    html = text.render_markdown(written)
    assert html == (
        '<h3 dir="auto">Me</h3>\n<p dir="auto"><strong>bold</strong> <em>and</em> <code>code</code><br>\n'
        '<a href="https://x.example" rel="nofollow noopener ugc">https://x.example</a>, me@x.example</p>\n'
        '<ul>\n<li dir="auto"><a href="https://a.example" rel="nofollow noopener ugc">one</a></li>\n</ul>\n'
    )


def test_long_markdown_takes_no_long_time() -> None:
    for piece in ("[", "*a ", "> ", "`", "- \n", "<", "![](", "_a_ "):
        assert text.render_markdown(piece * 1_000) is not None


def test_lines_of_a_long_text_run_on() -> None:
    assert text.render_markdown("one\ntwo") == '<p dir="auto">one<br>\ntwo</p>\n'
    assert text.render_markdown("one\ntwo", breaks=False) == '<p dir="auto">one\ntwo</p>\n'
