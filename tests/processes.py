"""Real parts for tests that stop, kill or flush them: a database of one's own, a Redis, web servers, workers, a clock.

Everything is a context manager, and nothing outlives it:

    with Database() as database, Redis() as redis:
        env = environment(database=database, redis=redis)
        with Worker("high", env=env), Beat(env=env), Web(env=env) as web:
            ...  # requests to web.url, `database.rows("SELECT …")`

Nothing here touches Django's own test database; the processes see only what `environment` gives them.
"""

import contextlib
import hashlib
import itertools
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self
from urllib.error import URLError
from urllib.parse import urlsplit

import psycopg

from apps.kernel.machine.processes import die_with_parent, tail

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = "config.settings.test"
CELERY = [sys.executable, "-m", "celery", "-A", "config"]
QUEUES = "high,default,bulk,media,mail,index"
_numbers = itertools.count(1)


def wait_for(condition: Callable[[], Any], seconds: float, what: str) -> float:
    """Ask until the answer is true; the seconds that took. Fails with `what` when the time is over."""
    started = time.monotonic()
    while not condition():
        if time.monotonic() - started > seconds:
            raise AssertionError(f"Not within {seconds:g} s: {what}")
        time.sleep(0.02)
    return time.monotonic() - started


# --- PostgreSQL -------------------------------------------------------------------------------------------------


def _url(name: str) -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


@contextlib.contextmanager
def _server() -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(_url("postgres"), autocommit=True) as connection:
        yield connection


def _prefix(kind: str) -> str:
    return f"{kind}_{os.environ.get('CC_TEST_ID', 'main').lower()}"


def template_database() -> str:
    """The name of a migrated, empty database to copy. Made anew only when a migration changed since the last run.

    One for all settings: none of them adds a table.
    """
    files = sorted([*ROOT.glob("apps/*/migrations/*.py"), *ROOT.glob("requirements/*.txt")])
    state = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:10]
    made_for = _prefix("template")
    name = f"{made_for}_{state}"
    with _server() as server:
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [made_for])  # released with the connection
        known = {row[0] for row in server.execute("SELECT datname FROM pg_database")}
        if name in known:
            return name
        for old in known:
            if re.fullmatch(f"{made_for}_(new|[0-9a-f]{{10}})", old):
                server.execute(f'DROP DATABASE "{old}" (FORCE)')
        unfinished = f"{made_for}_new"
        server.execute(f'CREATE DATABASE "{unfinished}" TEMPLATE template0')
        env = {"DATABASE_URL": _url(unfinished), "DJANGO_SETTINGS_MODULE": SETTINGS}
        run_manage("migrate", "--no-input", "--skip-checks", "-v", "0", env=env)
        server.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
    return name


class Database:
    """A migrated database of its own."""

    def __init__(self, settings: str = SETTINGS) -> None:
        self.settings = settings
        self.name = f"{_prefix('clone')}_{os.getpid()}_{next(_numbers)}"
        self.url = _url(self.name)

    def __enter__(self) -> Self:
        template = template_database()
        _drop_leftovers()
        with _server() as server:
            server.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{template}"')
        self._connection = psycopg.connect(self.url, autocommit=True)
        return self

    def __exit__(self, *exc: object) -> None:
        self._connection.close()
        with _server() as server:
            server.execute(f'DROP DATABASE IF EXISTS "{self.name}" (FORCE)')

    def rows(self, sql: str, *parameters: object) -> list[Any]:
        """Runs any statement, each in a transaction of its own."""
        cursor = self._connection.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else []

    def value(self, sql: str, *parameters: object) -> Any:
        return self.rows(sql, *parameters)[0][0]


def _drop_leftovers() -> None:
    """Copies of a test run that was killed."""
    with _server() as server:
        for (name,) in server.execute("SELECT datname FROM pg_database").fetchall():
            words = name.removeprefix(f"{_prefix('clone')}_").split("_")
            if name.startswith(f"{_prefix('clone')}_") and not Path(f"/proc/{words[0]}").exists():
                server.execute(f'DROP DATABASE IF EXISTS "{name}" (FORCE)')


# --- processes --------------------------------------------------------------------------------------------------


def environment(*, database: Database, redis: "Redis | str", prefix: str = "", **more: str) -> dict[str, str]:
    """What the processes of one site share. `redis` is a private one, or the address of a shared one."""
    return {
        "DATABASE_URL": database.url,
        "REDIS_URL": redis if isinstance(redis, str) else redis.url,
        "REDIS_PREFIX": prefix or database.name,
        "DJANGO_SETTINGS_MODULE": database.settings,
        "REDIS_TIMEOUT_MS": "500",  # as anywhere but in tests that only want it to answer
        **more,
    }


def run_manage(*arguments: str, env: Mapping[str, str], seconds: float = 300) -> str:
    """One management command, to its end; what it printed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    if done.returncode:
        raise AssertionError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


class Process:
    """A process and its children, in a group of their own, with a log."""

    stop_seconds = 15.0
    talks = False  # through pipes; else there is nothing to read and all it says is in the log

    def __init__(self, command: Sequence[str], *, env: Mapping[str, str] | None = None) -> None:
        self.command, self.env = list(command), dict(env or {})
        self.directory = Path(tempfile.mkdtemp(prefix="cc-"))
        self.log = self.directory / "log"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **self.env},
                stdin=subprocess.PIPE if self.talks else subprocess.DEVNULL,
                stdout=subprocess.PIPE if self.talks else output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(),
            )

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """To the whole group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def kill9(self) -> None:
        """As the machine's own out-of-memory killer or a power button would: the process and all its children."""
        self.signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> None:
        """Ask politely, then insist."""
        self.signal(signal.SIGCONT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.terminate()
            self.process.wait(self.stop_seconds)
        self.kill9()

    def logged(self) -> str:
        return tail(self.log, 60)


class Redis(Process):
    """A private Redis on a socket in its own directory. Its data survives `kill9` and `start`, as in production."""

    def __init__(self) -> None:
        super().__init__([])
        self.socket = self.directory / "redis.sock"
        self.url = f"unix://{self.socket}?db=0"
        options = {"port": "0", "unixsocket": self.socket, "dir": self.directory, "appendonly": "yes", "save": ""}
        flags = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        self.command = [_redis_program(), *flags]

    def start(self) -> None:
        super().start()
        wait_for(self._answers, 10, f"Redis answers; {self.logged()}")

    def _answers(self) -> bool:
        try:
            return self.call("PING").startswith(b"+PONG")
        except OSError:
            return False

    def call(self, command: str) -> bytes:
        """One inline command (`FLUSHALL`); the first bytes of the answer."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(str(self.socket))
            client.sendall(f"{command}\r\n".encode())
            return client.recv(4096)


def _redis_program() -> str:
    fetched = ROOT / ".local" / "bin" / "redis-server"
    program = str(fetched) if fetched.exists() else shutil.which("redis-server") or shutil.which("valkey-server")
    if not program:
        raise AssertionError("There is no redis-server: `make test` fetches one, or install it.")
    return program


class Worker(Process):
    """A real Celery worker. `queues` separated by commas."""

    def __init__(self, queues: str = QUEUES, *, env: Mapping[str, str], processes: int = 1) -> None:
        name = f"{next(_numbers)}@{os.getpid()}"
        options = ["--without-gossip", "--without-mingle", "--loglevel", "info"]
        super().__init__([*CELERY, "worker", "-Q", queues, "-c", str(processes), "-n", name, *options], env=env)

    def children(self) -> list[int]:
        """The processes that run the tasks."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in listed.split()]


class Beat(Process):
    def __init__(self, *, env: Mapping[str, str]) -> None:
        super().__init__([*CELERY, "beat", "--loglevel", "info"], env=env)


class Web(Process):
    """HTTP and sockets on a free port of 127.0.0.1, as `make run` serves them."""

    def __init__(self, *, env: Mapping[str, str], ready: str = "/health/live") -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]
        self.url, self.ready = f"http://127.0.0.1:{self.port}", ready
        command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--host", "127.0.0.1"]
        flags = ["--port", str(self.port), "--timeout-graceful-shutdown", "3", "--log-level", "warning"]
        sockets = ["--ws", "websockets-sansio", "--ws-max-size", "65536", "--ws-per-message-deflate", "false"]
        super().__init__([*command, *flags, *sockets], env=env)

    def start(self) -> None:
        super().start()
        wait_for(self._answers, 60, f"the site answers; {self.logged()}")

    def _answers(self) -> bool:
        if not self.alive:
            raise AssertionError(f"The web server ended:\n{self.logged()}")
        try:
            with urllib.request.urlopen(self.url + self.ready, timeout=2) as response:
                return bool(response.status == 200)
        except (URLError, OSError):
            return False
