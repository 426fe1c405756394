"""Rules of the house that no tool knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture import sources
from tests.architecture.sources import APPS, ROOT, name_of

# What is safe without escaping, and why it is.
MARKED_SAFE = {
    "apps/kernel/fragments.py",  # a slot, and what the template engine rendered joined with what is escaped
    "apps/kernel/icons.py",  # an attribute without any value of anybody
    "apps/kernel/kept_pages.py",  # what this module kept of what the template engine rendered
    "apps/kernel/templatetags/kept.py",  # what the template engine rendered, kept
    "apps/kernel/templatetags/ui.py",  # our own words with a whole number in them
    "apps/kernel/text/markup.py",  # escaped, then cleaned by nh3
    "apps/kernel/text/pages.py",  # the same
    "apps/posts/cards.py",  # body_html, which kernel.text made
    "apps/posts/comment_cards.py",  # the same
    "apps/posts/shapes.py",  # what the template engine rendered
}
SAFE_NAMES = {"SafeString", "SafeText", "mark_safe"}
TALKS_TO_CELERY = {"apps/kernel/outbox/bell.py"}
HEADINGS = ("Purpose", "Owns", "Announces", "Listens", "May import", "Personal data held")
MACHINE = re.compile(r"(?<![\w.-])/(?:home|Users|root|work|opt)/[a-z]")


def names_used(path: Path) -> Iterator[tuple[str, int]]:
    """Every plain name and attribute, with its line."""
    for node in ast.walk(sources.tree(path)):
        if isinstance(node, ast.Name):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute):
            yield node.attr, node.lineno


def calls(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(sources.tree(path)):
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Attribute):
                yield function.attr, node.lineno
            elif isinstance(function, ast.Name):
                yield function.id, node.lineno


def where(path: Path, line: int) -> str:
    return f"{name_of(path)}:{line}"


def test_only_the_doorbell_talks_to_celery() -> None:
    found = [
        where(path, line)
        for path in sources.python_files("apps")
        if name_of(path) not in TALKS_TO_CELERY
        for name, line in calls(path)
        if name in {"delay", "apply_async", "send_task"}
    ]
    assert not found


def test_nothing_listens_to_model_signals() -> None:
    signals = {"pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed", "receiver"}
    found = [
        where(path, line)
        for path in sources.python_files("apps", "config")
        for name, line in names_used(path)
        if name in signals and not (name == "pre_save" and path.name == "insertion.py")  # the method of a field
    ]
    assert not found


def test_no_model_has_behaviour_in_save() -> None:
    found = [
        where(path, node.lineno)
        for path in sources.python_files("apps")
        if path.name == "models.py"
        for node in sources.functions(path)
        if node.name == "save"
    ]
    assert not found


def test_a_save_says_what_it_saves() -> None:
    found = [
        where(path, node.lineno)
        for path in sources.python_files("apps")
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "save"
        and not isinstance(node.func.value, ast.Call)  # super().save
        and not {keyword.arg for keyword in node.keywords} & {"update_fields", "force_insert", "using"}
        and not (isinstance(node.func.value, ast.Name) and node.func.value.id in {"form", "formset"})
    ]
    assert not found


def test_html_is_escaped() -> None:
    """Only where somebody can say why may text be called safe. Types may name SafeString everywhere."""
    found = [
        where(path, line)
        for path in sources.python_files("apps")
        if name_of(path) not in MARKED_SAFE
        for name, line in calls(path)
        if name in SAFE_NAMES
    ]
    assert not found
    unsafe = re.compile(r"\|\s*safe\b|\|\s*safeseq\b|{%\s*autoescape\s+off")
    pages = [path for path in sources.templates() if path.suffix == ".html"]  # a plain mail has nothing to escape
    assert not [name_of(path) for path in pages if unsafe.search(path.read_text())]


def test_no_page_is_kept_by_djangos_cache() -> None:
    forbidden = {"cache_page", "UpdateCacheMiddleware", "FetchFromCacheMiddleware"}
    found = [
        where(path, line)
        for path in sources.python_files("apps", "config")
        for name, line in names_used(path)
        if name in forbidden
    ]
    assert not found
    assert "CacheMiddleware" not in (ROOT / "config/settings/base.py").read_text()


def test_views_are_functions() -> None:
    found = [
        where(path, node.lineno)
        for path in sources.python_files("apps")
        if path.name == "views.py" or path.parent.name == "views"
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.ClassDef)
    ]
    assert not found


def test_views_have_no_try() -> None:
    found = [
        where(path, node.lineno)
        for path in sources.python_files("apps")
        if path.name == "views.py" or path.parent.name == "views"
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.Try)
    ]
    assert not found


def test_packages_of_apps_import_nothing() -> None:
    """Importing one module of a package must not bring in the others.

    But a module that outgrew its file (services.py, now services/) shows what it showed before, and so does the outbox.
    """
    grown = {"models", "services", "selectors", "policies", "forms", "events", "text"}
    found = [
        name_of(path)
        for path in sources.python_files("apps")
        if path.name == "__init__.py"
        and path.parent.name not in {"outbox", "jobs", "admin"} | grown  # Django asks for `admin` itself
        and any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(sources.tree(path)))
    ]
    assert not found


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_every_app_says_what_it_is(app: Path) -> None:
    readme = app / "README.md"
    assert readme.exists(), f"{app.name} has no README.md"
    text = readme.read_text()
    missing = [heading for heading in HEADINGS if not re.search(rf"^(\*\*|#+ ){heading}\b", text, re.MULTILINE)]
    assert not missing


def test_every_app_is_on_the_map() -> None:
    text = (ROOT / "apps/README.md").read_text()
    assert not [app.name for app in APPS if f"({app.name}/README.md)" not in text]


def committed_texts() -> Iterator[Path]:
    ends = {".py", ".md", ".toml", ".ini", ".txt", ".html", ".css", ".js", ".yml", ".cfg", ""}
    for folder in ("apps", "config", "docs", "requirements", "static", "templates", "tests", ".ci"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix in ends and "__pycache__" not in path.parts:
                yield path
    yield from (path for path in ROOT.glob("*") if path.is_file() and path.suffix in ends)


def test_no_path_of_one_machine_is_written_down() -> None:
    found = [name_of(path) for path in committed_texts() if MACHINE.search(path.read_text(errors="replace"))]
    assert not [name for name in found if name not in {"tests/architecture/test_rules.py"}]


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|coming soon", re.IGNORECASE)
    code = [*sources.python_files("apps", "config"), *sources.templates(), *(ROOT / "static/js").glob("*.js")]
    assert not [name_of(path) for path in code if later.search(path.read_text())]
