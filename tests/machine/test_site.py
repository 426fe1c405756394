"""`make run` from the outside: it serves, it says what is wrong, it ends. Minutes, so `make test-slow`."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from apps.kernel.machine.processes import wait_until
from tests.machine.conftest import Clone, line_with, pid_of

FIRST_START = 240  # seconds: pip, unpacking, and the demo campus
WARM_START = 30  # seconds; ten are promised on a machine that does nothing else, and a test run is no such machine


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def status(port: int, path: str = "/") -> int:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return int(answer.status)


def nobody_listens(port: int, seconds: float = 5) -> bool:
    def refused() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) != 0

    return wait_until(refused, seconds)


@contextmanager
def serving(clone: Clone, port: int, **extra: str) -> Iterator[subprocess.Popen[str]]:
    """`run` in the clone, answering at the port; ended afterwards whatever the test did to it."""
    process = clone.start("run", PORT=str(port), **extra)
    try:
        line_with(process, f"Campus Connect is at http://127.0.0.1:{port}/", FIRST_START)
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)


@pytest.fixture(scope="module")
def site() -> Iterator[Clone]:
    """A clone whose campus was filled by a first start."""
    clone = Clone("a campus")
    with serving(clone, free_port()) as process:
        assert "alice, bob" in line_with(process, "Log in as")
    yield clone
    clone.remove()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_warm_start_serves_soon_and_ends_within_five_seconds(site: Clone, number: signal.Signals) -> None:
    port = free_port()
    began = time.monotonic()
    with serving(site, port) as process:
        assert time.monotonic() - began < WARM_START
        assert status(port) == 200
        assert status(port, "/health/ready") == 200
        process.send_signal(number)
        process.communicate(timeout=5)
    assert process.returncode == 0
    assert nobody_listens(port)
    assert not (Path(site.where("data", "run")) / "postgres" / "postmaster.pid").exists()


@pytest.mark.slow
def test_after_a_kill_the_next_start_serves_at_the_same_port(site: Clone) -> None:
    port = free_port()
    with serving(site, port) as process:
        process.kill()
        process.communicate(timeout=30)
    with serving(site, port):
        assert status(port) == 200


@pytest.mark.slow
def test_a_process_that_dies_is_named_and_ends_the_rest(site: Clone) -> None:
    port = free_port()
    with serving(site, port) as process:
        os.kill(pid_of(f"uvicorn config.asgi:application --host 127.0.0.1 --port {port} "), signal.SIGKILL)
        said, _ = process.communicate(timeout=15)
    assert process.returncode == 1
    assert "web ended by itself with signal 9" in said


@pytest.mark.slow
def test_a_second_start_in_the_same_clone_is_told_of_the_first(site: Clone) -> None:
    port = free_port()
    with serving(site, port):
        second = site.run("run", PORT=str(free_port()))
        assert status(port) == 200
    assert second.returncode == 1
    assert second.stdout.strip() == (
        f"This clone is already running at http://127.0.0.1:{port}/: end that one first (Ctrl-C)."
    )


@pytest.mark.slow
def test_a_command_by_hand_finds_the_running_campus(site: Clone) -> None:
    code = "from django.contrib.auth import get_user_model; print(get_user_model().objects.get(username='alice').email)"
    with serving(site, free_port()):
        command = site.popen([sys.executable, "manage.py", "shell", "--no-imports", "-c", code])
        assert command.communicate(timeout=60)[0].strip() == "alice@northmere.example"


@pytest.mark.slow
def test_two_clones_serve_at_once(site: Clone, make_clone: Callable[..., Clone]) -> None:
    other = make_clone("other")
    ports = free_port(), free_port()
    with serving(site, ports[0]), serving(other, ports[1]):
        assert [status(port) for port in ports] == [200, 200]


@pytest.mark.slow
def test_without_the_demo_it_prints_the_link_of_the_wizard(make_clone: Callable[..., Clone]) -> None:
    empty, port = make_clone("empty"), free_port()
    with serving(empty, port, DEMO="0") as process:
        link = line_with(process, "Set it up at").split()[-1]
        assert link.startswith(f"http://127.0.0.1:{port}/setup/?key=")
        browser = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor())
        with browser.open(link, timeout=10) as answer:
            assert "Your campus" in answer.read().decode()


def test_a_taken_port_is_one_sentence(clone: Clone) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = clone.run("run", PORT=str(port))
    assert done.returncode == 1
    assert done.stdout.strip() == (
        f"Port {port} is taken by another program: choose a free one, make run PORT={port + 1}"
    )


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1"])
def test_a_port_that_is_none_is_one_sentence(clone: Clone, port: str) -> None:
    done = clone.run("run", PORT=port)
    assert done.returncode == 1
    assert done.stdout.strip() == f"PORT must be a number from 1 to 65535, not {port!r}."


@pytest.mark.slow
def test_an_ordinary_user_with_an_empty_home_goes_from_clone_to_campus(make_clone: Callable[..., Clone]) -> None:
    """The whole of it: virtual environment, pip, servers, demo, all as somebody who owns nothing but the clone."""
    clone = make_clone("a fresh clone, 'quoted' in Łódź")
    home = clone.path / "home"
    home.mkdir()
    become = as_an_ordinary_user(clone)
    port = free_port()
    command = ["env", "-i", f"HOME={home}", "PATH=/usr/local/bin:/usr/bin:/bin", *pip_settings(), "make", "run"]
    process = clone.popen([*become, *command, f"PORT={port}"])
    line_with(process, "Campus Connect is at", FIRST_START)
    assert status(port) == 200
    assert (clone.path / ".local" / "run" / "postgres").exists()
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=5)
    assert nobody_listens(port)
    remove = clone.popen([*become, ".venv/bin/python", "-m", "apps.kernel.machine", "remove", "run"])
    assert (remove.communicate(timeout=30)[0], remove.returncode) == ("", 0)


def as_an_ordinary_user(clone: Clone) -> list[str]:
    """The words before a command that make it run as an ordinary user, who then owns the clone."""
    if os.geteuid():
        return []
    if not shutil.which("setpriv") or not Path("/usr/bin/python3").exists():
        pytest.skip("root needs setpriv and a Python that every user can run to become an ordinary user")
    user = pwd.getpwnam("nobody")
    subprocess.run(["chown", "-R", f"{user.pw_uid}:{user.pw_gid}", str(clone.path)], check=True)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def pip_settings() -> list[str]:
    """How pip reaches the packages on this machine is not what is tested."""
    prefixes = ("PIP_", "SSL_CERT", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
    return [f"{name}={value}" for name, value in os.environ.items() if name.upper().startswith(prefixes)]
