"""What a page says of itself, read from a stranger's HTML: in any charset, and however hostile."""

import time

import pytest

from apps.kernel import safe_fetch
from apps.media import reading


@pytest.mark.parametrize(
    "page",
    [
        "<" * 500_000, "<a " * 160_000, "<!--" * 120_000, "<![CDATA[" * 50_000, "<!DOCTYPE " * 50_000, "<?" * 250_000,
        "<title>" * 70_000, "<title>" + "x" * 400_000, "<script>" + "<!--" * 100_000, "&" * 500_000, "&#x41;" * 80_000,
        '<meta name="a" content="' * 20_000, "<meta " + 'a="b" ' * 80_000, "</" * 250_000, "<div>" * 100_000,
        "<!" * 200_000,
        '<meta property="og:title" content="' + "x" * 400_000 + '">', "\0" * 400_000, "<svg><title>" * 40_000,
        "<a b='" * 80_000,
    ],
)  # fmt: skip
def test_a_hostile_page_keeps_nobody_busy(page: str) -> None:
    started = time.process_time()
    said = reading.said(page)
    assert time.process_time() - started < 2
    assert len(said.title) <= reading.TITLE


def fetched(body: bytes, charset: str = "utf-8") -> safe_fetch.Fetched:
    return safe_fetch.Fetched("https://x.example/", "text/html", charset, body)


@pytest.mark.parametrize(
    ("body", "charset", "title"),
    [
        ("<title>Grüße</title>".encode(), "utf-8", "Grüße"),
        ("<title>Grüße</title>".encode("cp1252"), "cp1252", "Grüße"),
        ("<meta charset=iso-8859-1><title>Grüße</title>".encode("latin-1"), "utf-8", "Grüße"),
        ('<meta http-equiv=x content="text/html; charset=windows-1251"><title>Привет</title>'.encode("cp1251"),
        "utf-8", "Привет"),
        ("<meta charset=punycode><title>Grüße</title>".encode("latin-1"), "utf-8", "Gr\ufffd\ufffde"),
        (b"<meta charset=utf-16><title>\xff</title>", "utf-8", "\ufffd"),
        (b"\xff\xfe\x00", "utf-16", ""),
    ],
)  # fmt: skip
def test_charsets(body: bytes, charset: str, title: str) -> None:
    assert reading.read(fetched(body, charset)).title == title


def test_words_are_clean_and_short() -> None:
    said = reading.said(
        f'<title>\u202e{"x" * 300}</title><meta name=description content="a\n\t b\x00\u200b">'
        '<meta property="og:site_name" content="<script>alert(1)</script>">'
    )
    assert said.title == "x" * 199 + "…"
    assert said.description == "a b"
    assert said.site == "<script>alert(1)</script>"  # escaped where it is shown


def test_what_is_said_first_counts_and_the_body_does_not() -> None:
    said = reading.said(
        '<title>a</title><title>b</title><meta name="twitter:title" content="t"><meta property="og:title" content="">'
        "</head><meta property='og:title' content='late'>"
    )
    assert said.title == "t"
