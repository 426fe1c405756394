"""`make run`: the whole site on one machine, in one terminal."""

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping

from apps.kernel.machine import lock
from apps.kernel.machine.children import Child, end_all, first_dead
from apps.kernel.machine.errors import MachineError
from apps.kernel.machine.paths import LOCAL, ROOT
from apps.kernel.machine.prepare import NO_DEMO, NO_PEOPLE
from apps.kernel.machine.processes import wait_until
from apps.kernel.machine.services import Services, services_of
from apps.kernel.machine.stopping import Stop

READY_SECONDS = 120
GRACE_SECONDS = 2.5  # of the five in which Ctrl-C ends everything; the servers need the rest
LOG_INS = "alice, bob, charlie, dora, mira, admin (password campus-demo)"


def run_site() -> int:
    """Serve until a signal comes. Raises MachineError when something cannot start or ends by itself."""
    port = _port()
    with Stop() as stop, _claim(port), services_of("run") as services:
        print("Preparing the database", flush=True)
        found = _prepare(services, stop)
        if not stop.asked:
            _serve(services, stop, port, found=found)
    return 0


def _port() -> int:
    raw = os.environ.get("PORT") or "8000"
    if not raw.isdigit() or not 0 < int(raw) < 65536:
        raise MachineError(f"PORT must be a number from 1 to 65535, not {raw!r}.")
    return int(raw)


def _claim(port: int) -> lock.OnlyOne:
    """The clone and the port. One runner per clone: two would ring every clock twice."""
    LOCAL.mkdir(exist_ok=True)
    only = lock.OnlyOne(LOCAL / "site.lock")
    if not only.take(f"http://127.0.0.1:{port}/"):
        raise MachineError(f"This clone is already running at {only.says()}: end that one first (Ctrl-C).")
    # A web process whose runner was killed needs a moment to notice.
    if not wait_until(lambda: _is_free(port), 4):
        raise MachineError(f"Port {port} is taken by another program: choose a free one, make run PORT={port + 1}")
    return only


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _prepare(services: Services, stop: Stop) -> int:
    """What the database holds, as prepare.py says it."""
    environment = _environment(services)
    child = Child("prepare", [sys.executable, "-m", "apps.kernel.machine.prepare"], environment)
    wait_until(lambda: child.status is not None or stop.asked, float("inf"))
    end_all([child], GRACE_SECONDS)
    if child.status not in (0, NO_DEMO, NO_PEOPLE) and not stop.asked:
        raise MachineError(child.last_words())
    return child.status or 0


def _serve(services: Services, stop: Stop, port: int, *, found: int) -> None:
    environment = _environment(services)
    children: list[Child] = []
    try:
        for name, command in commands(port).items():
            children.append(Child(name, [sys.executable, *command], environment))
        address = f"http://127.0.0.1:{port}"

        def over() -> bool:
            return bool(stop.asked or first_dead(children) or services.dead())

        if not wait_until(lambda: _is_ready(address) or over(), READY_SECONDS):
            raise MachineError(f"The site did not answer at {address}/health/ready in {READY_SECONDS} seconds.")
        if not over():
            print(f"\n  Campus Connect is at {address}/", flush=True)
            print(f"  {_welcome(found, address, environment)}\n", flush=True)
        wait_until(over, float("inf"))
        dead = first_dead(children)
        if not stop.asked:
            raise MachineError(services.dead() or (dead.last_words() if dead else ""))
    finally:
        end_all(children, GRACE_SECONDS)


def _welcome(found: int, address: str, environment: Mapping[str, str]) -> str:
    """Who can log in; on a site without anybody the link of the first-run wizard."""
    if found != NO_PEOPLE:
        return "It holds people of its own, no demo campus" if found == NO_DEMO else f"Log in as {LOG_INS}"
    command = [sys.executable, "manage.py", "setup_link"]
    told = subprocess.run(command, env={**environment, "SITE_URL": address}, cwd=ROOT, capture_output=True, text=True)
    return f"Nobody is here yet. Set it up at {told.stdout.strip()}"


def commands(port: int) -> dict[str, list[str]]:
    """HTTP and sockets from one process on one origin; the Procfile has the production lines."""
    as_root = "ignore:You're running the worker with superuser"  # a person's own machine: nothing to warn of
    celery = ["-W", as_root, "-m", "celery", "--quiet", "-A", "config.celery"]
    worker = [*celery, "worker", "--loglevel=WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    return {
        "web": [
            *("-m", "uvicorn", "config.asgi:application", "--host", "127.0.0.1", "--port", str(port)),
            *("--ws", "websockets-sansio", "--ws-max-size", "65536", "--ws-per-message-deflate", "false"),
            *("--timeout-graceful-shutdown", "2", "--no-proxy-headers", "--no-access-log", "--log-level", "warning"),
        ],
        "worker": [*worker, "-Q", "high,default,media,mail,index", "-c", "2", "-n", "worker@%h"],
        "worker-bulk": [*worker, "-Q", "bulk", "-c", "1", "-n", "bulk@%h"],
        "beat": [*celery, "beat", "--loglevel=WARNING"],
    }


def _environment(services: Services) -> Mapping[str, str]:
    return {
        **services.environment(),
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "PYTHONUNBUFFERED": "1",
    }


def _is_ready(address: str) -> bool:
    # A proxy set for the internet has no business here.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{address}/health/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
