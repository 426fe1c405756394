"""What is served: one stylesheet out of all sources, the icons that are used, scripts within their budget."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage
from django.template import engines
from django.template.loader import render_to_string

from apps.kernel import icons, static

ROOT = Path(__file__).resolve().parents[2]
JS_BUDGET = 60_000  # bytes, compressed (DESIGN.md 8)


def served(name: str) -> str:
    path = finders.find(name)
    assert path, name
    return Path(path).read_text()


def test_the_stylesheet_holds_every_source_once() -> None:
    css = ROOT / "static" / "css"
    sources = {path for path in css.rglob("*.css") if path.name not in ("styleguide.css", "admin.css")}
    assert set(static.stylesheet_sources()) == sources
    sheet = served("css/site.css")
    for path in sources:
        assert sheet.count(path.read_text()) == 1, path


def test_a_younger_source_makes_the_stylesheet_anew(tmp_path: Path) -> None:
    first = static.generate("css/site.css", tmp_path)
    first.write_text("stale")
    assert static.generate("css/site.css", tmp_path).read_text() == "stale"
    import os

    os.utime(first, (0, 0))
    assert static.generate("css/site.css", tmp_path).read_text() == static.stylesheet()


def test_colours_stand_in_the_tokens_only() -> None:
    raw = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch)\(", re.IGNORECASE)
    for path in static.stylesheet_sources():
        if path.name != "tokens.css":
            assert not raw.search(path.read_text()), path


def test_the_icons_are_those_that_are_used() -> None:
    sprite = served("img/icons.svg")
    asked = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r"""{% icon ["']([\w-]+)""", path.read_text())
    }
    assert asked | {"arrow-up"} == icons.NAMES, "arrow-up is the script's (feed.js)"
    for name in icons.NAMES:
        assert f'<symbol id="{name}"' in sprite


def test_an_unknown_icon_raises() -> None:
    with pytest.raises(KeyError, match="no-such-icon"):
        icons.icon("no-such-icon")


def test_scripts_stay_within_their_budget() -> None:
    scripts = [served("django_htmx/htmx-2.min.js"), *(path.read_text() for path in (ROOT / "static/js").glob("*.js"))]
    assert sum(len(gzip.compress(script.encode())) for script in scripts) < JS_BUDGET


def test_hashed_modules_import_one_another_by_their_hashed_names(tmp_path: Path) -> None:
    names = [f"js/{path.name}" for path in (ROOT / "static/js").glob("*.js")]
    source = FileSystemStorage(location=ROOT / "static")
    storage = static.HashedStorage(location=tmp_path)
    for name in names:
        storage.save(name, source.open(name))
    list(storage.post_process({name: (storage, name) for name in names}))
    hashed: dict[str, str] = storage.hashed_files
    assert set(hashed) == set(names)
    for new in hashed.values():
        text = (tmp_path / new).read_text()
        for imported in re.findall(r"""^import [^;]*"\./([^"]+)";""", text, re.MULTILINE):
            assert f"js/{imported}" in hashed.values(), (new, imported)


def test_every_word_a_script_says_is_there() -> None:
    data = engines["django"].from_string("{% words %}").render()
    for path in (ROOT / "static" / "js").glob("*.js"):
        for name in re.findall(r"""\bsay\((?:[^)]*\? )?["'](\w+)["']""", path.read_text()):
            assert f'"{name}"' in data, (path.name, name)


@pytest.mark.parametrize("status", ["500", "503"])
def test_pages_for_a_broken_site_need_no_request_and_no_database(status: str) -> None:
    page = render_to_string(f"errors/{status}.html", {"reference": "7f3a91c2", "theme": "dark"})
    assert 'data-theme="dark"' in page
    assert "7f3a91c2" in page
    assert "<script" not in page
    assert f'<meta name="status" content="{status}">' in page
