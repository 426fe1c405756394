"""From a clone to a Python that can run it: what goes wrong is one sentence with what to do."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.machine.conftest import SECONDS, Clone


def make(clone: Clone, *words: str, **extra: str) -> subprocess.CompletedProcess[str]:
    process = clone.popen(["make", *words], **extra)
    said, _ = process.communicate(timeout=SECONDS)
    return subprocess.CompletedProcess(process.args, process.returncode, said)


def borrow_venv(clone: Clone) -> Path:
    """A .venv that starts and has everything, without installing it once more."""
    venv = clone.path / ".venv"
    (venv / "bin").mkdir(parents=True)
    python = venv / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    names = ("base.txt", "embedded.txt", "dev.txt")
    hashes = {name: hashlib.sha256((clone.path / "requirements" / name).read_bytes()).hexdigest() for name in names}
    (venv / "installed.json").write_text(json.dumps(hashes))
    return venv


def test_make_lists_its_targets(clone: Clone) -> None:
    done = make(clone)
    assert done.returncode == 0
    for target in ("run", "test", "test-slow", "check", "bench", "shots", "services"):
        assert f"make {target} " in done.stdout


def test_no_python_is_one_sentence(clone: Clone) -> None:
    done = make(clone, "run", "PYTHON=")
    assert done.returncode != 0
    assert "No Python 3.11 or newer was found" in done.stdout


def test_an_old_python_is_one_sentence(clone: Clone) -> None:
    """The check is the first thing that runs, so any Python can be made to believe it is old."""
    code = (
        "import runpy, sys; sys.version_info = (3, 9, 2); sys.argv = ['config/bootstrap.py'];"
        "runpy.run_path('config/bootstrap.py', run_name='__main__')"
    )
    done = clone.popen(["python3", "-c", code])
    said, _ = done.communicate(timeout=SECONDS)
    assert done.returncode == 1
    assert said.strip() == "Python 3.11 or newer is needed, this is 3.9: make PYTHON=python3.12"


def test_without_a_connection_it_says_so_and_goes_on_later(clone: Clone) -> None:
    nowhere = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": ""}
    done = make(clone, "shell", **nowhere)
    assert done.returncode != 0
    assert "pip could not install the requirements: check the connection and try again." in done.stdout
    assert "Traceback" not in done.stdout
    assert not (clone.path / ".venv" / "installed.json").exists()
    shutil.rmtree(clone.path / ".venv")


def test_what_is_installed_is_not_installed_again(clone: Clone) -> None:
    venv = borrow_venv(clone)
    nowhere = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    command = ["python3", "config/bootstrap.py", "-c", "print('in')"]
    assert clone.popen(command, **nowhere).communicate(timeout=SECONDS)[0] == "in\n"

    (venv / "installed.json").unlink()
    assert "Installing the pinned requirements" in clone.popen(command, **nowhere).communicate(timeout=SECONDS)[0]
    shutil.rmtree(venv)


def test_a_changed_requirement_is_noticed(clone: Clone) -> None:
    venv = borrow_venv(clone)
    base = clone.path / "requirements" / "base.txt"
    before = base.read_text()
    base.write_text(f"{before}\nno-such-package-at-all==1\n")
    command = ["python3", "config/bootstrap.py", "-c", "print('in')"]
    process = clone.popen(command, PIP_NO_INDEX="1", PIP_CONFIG_FILE=os.devnull)
    said, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 1
    assert "no-such-package-at-all" in said
    base.write_text(before)
    shutil.rmtree(venv)


def test_two_at_once_wait_for_each_other(clone: Clone) -> None:
    venv = borrow_venv(clone)
    command = ["python3", "config/bootstrap.py", "-c", "print('in')"]
    both = [clone.popen(command, PIP_NO_INDEX="1", PIP_CONFIG_FILE=os.devnull) for _ in range(2)]
    for process in both:
        said, _ = process.communicate(timeout=SECONDS)
        assert said.splitlines()[-1] == "in"
    shutil.rmtree(venv)


def test_a_folder_that_cannot_be_written_is_one_sentence(clone: Clone) -> None:
    blocked = clone.path / "blocked"
    shutil.copytree(clone.path / "config", blocked / "config")
    (blocked / ".local").write_text("in the way")
    process = clone.popen(["python3", str(blocked / "config" / "bootstrap.py"), "-c", "pass"])
    said, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 1
    assert said.startswith("Cannot set up ")
    assert len(said.splitlines()) == 1
