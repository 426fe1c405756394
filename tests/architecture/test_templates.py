"""Templates hold layout only: no script, no style, no rule, and no sentence in one language only."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.architecture import sources
from tests.architecture.sources import name_of

PAGES = [path for path in sources.templates() if path.suffix == ".html" and "styleguide" not in str(path)]
MAILS = {"emails"}  # mail programs know inline styles only
TAG = re.compile(r"{%.*?%}|{#.*?#}|{{.*?}}", re.DOTALL)
COMMENT = re.compile(r"{%\s*comment.*?endcomment\s*%}", re.DOTALL)
TRANSLATED = re.compile(r"{%\s*blocktranslate.*?endblocktranslate\s*%}", re.DOTALL)
SETTING = re.compile(r"{%\s*block (\w+_class|drawing|number)\s*%}.*?{%\s*endblock.*?%}", re.DOTALL)  # said to nobody
SPOKEN = {"aria-label", "alt", "title", "placeholder", "data-exact"}
NAMES = {"Campus Connect", "Ctrl", "Esc", "Enter", "Tab"}


class Reader(HTMLParser):
    """The words of a template that no translation reaches, and the code in its attributes."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.code: list[str] = []
        self.silent = 0
        self.feed(TAG.sub(" \x00 ", SETTING.sub("", TRANSLATED.sub("", COMMENT.sub("", source)))))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name.startswith("on") or name == "style" or (value or "").lower().startswith("javascript:"):
                self.code.append(f"{tag} {name}")
            if name in SPOKEN:
                self._say(value or "")
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") != "application/json"):
            self.code.append(tag)
        self.silent += tag in {"script", "style", "kbd", "code"}

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"script", "style", "kbd", "code"}

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self._say(data)

    def _say(self, text: str) -> None:
        for part in text.split("\x00"):
            if re.search(r"[A-Za-z]{2,}", part) and part.strip(" \n·—–.,:") not in NAMES:
                self.words.append(" ".join(part.split()))


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_no_code_in_a_page(path: Path) -> None:
    if not MAILS & set(path.parts):
        assert not Reader(path.read_text()).code


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_sentence_can_be_translated(path: Path) -> None:
    assert not Reader(path.read_text()).words


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_no_query_and_no_permission_in_a_template(path: Path) -> None:
    rules = re.compile(r"{[{%][^}]*(\.all\b|\.count\b|_set\b|\.filter\b|\bperms\b|is_superuser)")
    assert not rules.findall(path.read_text())


def test_the_readers_notice_what_they_look_for() -> None:
    bad = Reader('<p title="Hello there">Words <b onclick="x()" style="a">{{ x }}</b></p><script>x()</script>')
    assert bad.words == ["Hello there", "Words"]
    assert bad.code == ["b onclick", "b style", "script"]
    good = Reader('<p title="{% translate "Hello" %}">{% translate "Words" %} {# a note #} <kbd>Ctrl</kbd></p>')
    assert (good.words, good.code) == ([], [])
