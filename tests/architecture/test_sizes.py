"""Nothing grows past what can be read at once (STYLE.md, house rules)."""

from tests.architecture import sources
from tests.architecture.sources import name_of

VIEW, FUNCTION, MODULE, TEMPLATE = 25, 40, 400, 150


def is_views(name: str) -> bool:
    return name.endswith("/views.py") or "/views/" in name


def test_views() -> None:
    long = [
        f"{name_of(path)}:{node.lineno} {node.name} has {sources.length(node)} lines"
        for path in sources.python_files("apps")
        if is_views(name_of(path))
        for node in sources.functions(path)
        if sources.length(node) > VIEW
    ]
    assert not long


def test_functions() -> None:
    long = [
        f"{name_of(path)}:{node.lineno} {node.name} has {sources.length(node)} lines"
        for path in sources.python_files("apps", "config", "tests")
        for node in sources.functions(path)
        if sources.length(node) > FUNCTION
    ]
    assert not long


def test_modules() -> None:
    long = [
        f"{name_of(path)} has {lines} lines"
        for path in sources.python_files("apps", "config", "tests")
        if (lines := len(path.read_text().splitlines())) > MODULE
    ]
    assert not long


def test_templates() -> None:
    long = [
        f"{name_of(path)} has {lines} lines"
        for path in sources.templates()
        if (lines := len(path.read_text().splitlines())) > TEMPLATE
    ]
    assert not long


def test_the_budgets_are_looked_at() -> None:
    """The tests above would pass on nothing."""
    assert len(sources.python_files("apps")) > 100
    assert len(sources.templates()) > 30
    assert sum(1 for path in sources.python_files("apps") if is_views(name_of(path))) > 5
