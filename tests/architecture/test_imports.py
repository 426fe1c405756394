"""Imports point down, and whoever breaks that is caught: the contract itself is tested on copies with a violation."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import APPS, ROOT

LINT = "from importlinter.cli import lint_imports_command as main; main()"

VIOLATIONS = {
    "kernel imports an app": ("kernel/text/marks.py", "from apps.accounts import services"),
    "a low app imports a high one": ("graph/services/__init__.py", "from apps.posts import selectors as above"),
    "another app's models": ("feed/views.py", "from apps.posts.models import Post as Hidden"),
    "another app's view": ("web/context.py", "from apps.posts import views as hidden"),
    "another app's private helper": ("web/context.py", "from apps.accounts import addresses as hidden"),
    "an app imports config": ("web/context.py", "from config import env as hidden"),
    "a service imports a view": ("graph/services/__init__.py", "from apps.graph import views as above"),
    "a model imports a service": ("safety/models.py", "from apps.safety import services as above"),
}


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LINT, "--config", "config/importlinter.ini", "--no-cache"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("house")
    for folder in ("apps", "config"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return root


def test_the_house_keeps_its_contract() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("what", VIOLATIONS)
def test_a_violation_is_caught(what: str, copy: Path) -> None:
    name, line = VIOLATIONS[what]
    path = copy / "apps" / name
    source = path.read_text()
    path.write_text(f"{source}\n{line}\n")
    try:
        assert lint(copy).returncode == 1
    finally:
        path.write_text(source)


def test_an_app_that_is_not_listed_is_caught(copy: Path) -> None:
    (copy / "apps/secret").mkdir()
    (copy / "apps/secret/__init__.py").write_text("")
    try:
        assert lint(copy).returncode == 1
    finally:
        shutil.rmtree(copy / "apps/secret")


def test_what_is_allowed_is_allowed(copy: Path) -> None:
    path = copy / "apps/web/context.py"
    source = path.read_text()
    path.write_text(f"{source}\nfrom apps.posts import selectors as fine\n")
    try:
        assert lint(copy).returncode == 0
    finally:
        path.write_text(source)


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_every_app_has_a_contract_of_its_own(app: Path) -> None:
    """One with a wildcard for the app lets a violation pass (LIBRARIES trap 25)."""
    contract = (ROOT / "config/importlinter.ini").read_text()
    assert app.name == "kernel" or f"protected_modules = apps.{app.name}\n" in contract
