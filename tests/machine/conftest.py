"""Copies of this clone with servers of their own, driven from outside as a person's shell would."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from apps.kernel.machine.processes import command_line, wait_until

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("apps", "config", "locale", "manage.py", "Makefile", "pyproject.toml", "requirements", "static", "templates")
ASK = """
import os, sys, psycopg
answer = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True).execute(sys.argv[1])
print(answer.fetchone()[0] if answer.description else "")
"""
SECONDS = 90  # more than any of these needs; a hang fails instead of stopping the suite


class Clone:
    """A copy of the code in a directory of its own. (Pytest's temporary ones are closed to the servers' user.)"""

    def __init__(self, name: str = "clone") -> None:
        parent = Path(tempfile.mkdtemp(prefix="campus-"))
        parent.chmod(0o755)
        self.path = path = parent / name
        path.mkdir()
        for part in PARTS:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, path / part, ignore=shutil.ignore_patterns("__pycache__"))
            elif source.exists():
                shutil.copy2(source, path / part)
        redis = ROOT / ".local" / "bin"
        if redis.exists():
            shutil.copytree(redis, path / ".local" / "bin")
        self._started: list[subprocess.Popen[str]] = []

    def environment(self, **extra: str) -> dict[str, str]:
        """Ours, without the servers this test run itself uses."""
        mine = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL", "PORT")}
        mine.pop("DJANGO_SETTINGS_MODULE", None)
        return {**mine, **extra}

    def start(self, *words: str, **extra: str) -> subprocess.Popen[str]:
        """`python -m apps.kernel.machine WORDS` in this copy, left running."""
        return self.popen([sys.executable, "-m", "apps.kernel.machine", *words], **extra)

    def popen(self, command: list[str], **extra: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command,
            cwd=self.path,
            env=self.environment(**extra),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._started.append(process)
        return process

    def run(self, *words: str, **extra: str) -> subprocess.CompletedProcess[str]:
        """The same, waited for: its status, and all it said in `stdout`."""
        process = self.start(*words, **extra)
        said, _ = process.communicate(timeout=SECONDS)
        return subprocess.CompletedProcess(process.args, process.returncode, said)

    def ask(self, sql: str, instance: str = "test") -> str:
        """One value out of the instance's database, its servers started and stopped around the question."""
        done = self.run("exec", instance, "--", "python", "-c", ASK, sql)
        assert done.returncode == 0, done.stdout
        return done.stdout.strip()

    def where(self, expression: str, instance: str = "test") -> str:
        """What the copy's own `Places` say."""
        code = f"from apps.kernel.machine.paths import places; print(places({instance!r}).{expression})"
        return subprocess.run(
            [sys.executable, "-c", code], cwd=self.path, capture_output=True, text=True, check=True
        ).stdout.strip()

    def remove(self) -> None:
        for process in self._started:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.communicate(timeout=SECONDS)
        for instance in ("run", "test"):
            self.run("remove", instance)
        shutil.rmtree(self.path.parent)


@pytest.fixture
def make_clone() -> Iterator[Callable[..., Clone]]:
    """`make_clone("a folder")` copies the code there; gone afterwards, servers and all."""
    clones: list[Clone] = []

    def make(name: str = "clone") -> Clone:
        clones.append(Clone(name))
        return clones[-1]

    yield make
    for clone in clones:
        clone.remove()


@pytest.fixture(scope="module")
def clone() -> Iterator[Clone]:
    """One copy for the tests of a module that leave it as they find it."""
    copy = Clone()
    yield copy
    copy.remove()


def line_with(process: subprocess.Popen[str], words: str, seconds: float = SECONDS) -> str:
    """Read what the process says until a line has the words."""
    end = time.monotonic() + seconds
    said = []
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line)
        if words in line:
            return line
        assert time.monotonic() < end, "".join(said)
    raise AssertionError(f"it ended without saying {words!r}:\n{''.join(said)}")


def gone(pid: int, seconds: float = 10) -> bool:
    """True when no such process runs any more (a zombie does not)."""
    return wait_until(lambda: command_line(pid) == "", seconds)


def pid_of(words: str) -> int:
    """The process whose command line has these words."""
    if sys.platform != "linux":
        pytest.skip("looks the process up in /proc")
    pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return next(pid for pid in pids if words in command_line(pid))
