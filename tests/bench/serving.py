"""What the benchmarks of pages share: a database of their own, gunicorn, people who are logged in, CPU per request."""

import contextlib
import os
import platform
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from tests.bench import cpu, load

PYTHON = sys.executable
B1, B2F, B2D = "B1 bare view", "B2f full middleware", "the same with Django's own get_user"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
CSRF = "x" * 32


class Member(NamedTuple):
    person_id: int
    session: str


@dataclass(frozen=True)
class Page:
    """`path` and `form` may hold {post}, {author}, {tag} and {key}; `who` names a group of World.members, "" a guest.

    `fresh` is what the page must make anew (tests/bench/cold.py): "" nothing, "ranking", or "cards" and the ranking.
    """

    name: str
    path: str
    who: str = ""
    server: str = "site"
    form: str = ""  # a POST's body
    fresh: str = ""


BASELINES = [Page(B1, "/b1/", server="b1"), Page(B2F, "/b2f/", who="many"), Page(B2D, "/b2d/", who="many")]


class Sample(NamedTuple):
    cpu_ms: float
    app_ms: float
    result: load.Result
    times_b2f: float = 1.0  # what B2f took a moment before: the machine is another one a minute later


@dataclass(frozen=True)
class World:
    """What the load asks for."""

    members: Mapping[str, Sequence[Member]]
    posts: Sequence[int]
    authors: Sequence[str]
    tags: Sequence[str] = ("lake",)

    def ask(self, page: Page, number: int) -> load.Ask:
        """The `number`-th request for the page: another person and another post each time."""

        def one(many: Sequence[Any]) -> Any:
            return many[number % len(many)]

        values = {"post": one(self.posts), "author": one(self.authors), "tag": one(self.tags)}
        headers: dict[str, str] = {}
        if page.who:
            member: Member = one(self.members[page.who])
            headers["Cookie"] = f"sessionid={member.session}; csrftoken={CSRF}"
            if page.fresh:
                headers["X-Fresh"] = f"{page.fresh}:{member.person_id}"
        path, body = page.path.format(**values), None
        if page.form:
            headers |= {"X-CSRFToken": CSRF, "Content-Type": "application/x-www-form-urlencoded"}
            body = page.form.format(**values, key=secrets.token_hex(16), number=number)
        return load.Ask(path, headers, body)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def database_url(name: str) -> str:
    """A database beside the one of DATABASE_URL."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def fresh_database(name: str) -> str:
    """Makes it anew, empty; returns its URL."""
    import psycopg

    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return database_url(name)


def environment(database: str, **more: str) -> dict[str, str]:
    """Of the processes that are measured: production settings, with the baselines' pages added."""
    return os.environ | {
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        "SECRET_KEY": secrets.token_hex(32),
        "HTTPS": "False",
        "REDIS_PREFIX": "bench",
        "LOG_FORMAT": "silent",
        **more,
    }


def manage(*arguments: str, env: dict[str, str]) -> None:
    subprocess.run([PYTHON, "manage.py", *arguments], env=env, check=True)


@contextlib.contextmanager
def gunicorn(application: str, env: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Serves on a free port; yields the address and the master's pid."""
    port = free_port()
    options = ["-c", "config/gunicorn.py", "-w", "2", "-b", f"127.0.0.1:{port}", "--log-level", "error"]
    command = [PYTHON, "-m", "gunicorn", *options, application]
    server = subprocess.Popen(command, env=env, start_new_session=True)
    try:
        for _ in range(150):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
                break
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}", server.pid
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)


@contextlib.contextmanager
def sites(env: dict[str, str]) -> Iterator[dict[str, tuple[str, int]]]:
    """The bare view's server and the site's, by name."""
    with gunicorn("tests.bench.b1:application()", env) as b1, gunicorn("config.wsgi:application", env) as site:
        yield {"b1": b1, "site": site}


def log_in(people: Iterable[Any]) -> list[Member]:
    """A session for each person. Runs inside Django."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.cached_db import SessionStore

    members = []
    for person in people:
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = BACKEND
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.create()
        members.append(Member(person.pk, session.session_key or ""))
    return members


def forget() -> None:
    """Everything kept in Redis under the benchmarks' prefix: answers, limits, sessions' copies."""
    from django.core.cache import cache

    cache.delete_pattern("*")  # type: ignore[attr-defined]


class Helpers:
    """PostgreSQL's and Redis's processes, asked of the servers themselves; none when they are on another machine.

    Of PostgreSQL those of other databases are left out, so that a neighbour's tests are not counted.
    """

    def __init__(self, database: str) -> None:
        import psycopg
        import redis

        self.connection = psycopg.connect(database, autocommit=True)
        row = self.connection.execute("SELECT current_setting('data_directory')").fetchone()
        try:
            self.postmaster = int(Path(f"{row[0] if row else ''}/postmaster.pid").read_text().split()[0])
        except OSError:
            self.postmaster = 0
        self.redis = int(redis.Redis.from_url(os.environ["REDIS_URL"]).info("server")["process_id"])

    def pids(self) -> set[int]:
        if not self.postmaster:
            return {self.redis}
        others = "SELECT pid FROM pg_stat_activity WHERE datname <> current_database() OR pid = pg_backend_pid()"
        return cpu.tree(self.postmaster) - {pid for (pid,) in self.connection.execute(others)} | {self.redis}


def measure(page: Page, place: tuple[str, int], world: World, helpers: Helpers, seconds: float) -> Sample:
    base, master = place
    if not page.fresh and page.who and not page.form:  # everybody has been here a moment ago
        load.run(base, lambda number: world.ask(page, number), count=len(world.members[page.who]))
    app, helping = cpu.tree(master), helpers.pids()
    before_app, before_helpers = cpu.seconds(app), cpu.seconds(helping)
    result = load.run(base, lambda number: world.ask(page, number), seconds=seconds)
    helper_ms = (cpu.seconds(helping | helpers.pids()) - before_helpers) * 1000
    app_ms = (cpu.seconds(cpu.tree(master)) - before_app) * 1000
    requests = max(1, result.requests)
    return Sample((app_ms + helper_ms) / requests, app_ms / requests, result)


def queries(page: Page, place: tuple[str, int], world: World) -> str:
    """SQL statements of one page, as the server counts them (tests/bench/b2f.py)."""
    asked = world.ask(page, 1)
    request = urllib.request.Request(
        f"{place[0]}{asked.path}",
        data=asked.body.encode() if asked.body is not None else None,
        headers=asked.headers | {"X-Count-Queries": "1"},
    )
    opener = urllib.request.build_opener(Stay)
    try:
        with opener.open(request) as response:
            return str(response.headers.get("X-Queries", "-"))
    except urllib.error.HTTPError as error:  # a redirect is the answer of a POST
        return str(error.headers.get("X-Queries", "-"))


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


Rounds = dict[str, list[Sample]]


def interleaved(
    pages: Sequence[Page],
    places: Mapping[str, tuple[str, int]],
    world: World,
    helpers: Helpers,
    *,
    rounds: int,
    seconds: float,
    warm: float = 2,
) -> tuple[Rounds, dict[str, str]]:
    """Samples of each page in turn, each after one of B2f, round after round, and its statements; all are warmed up
    first.
    """
    samples: Rounds = {page.name: [] for page in pages}
    base = next((page for page in pages if page.name == B2F), None)
    for page in pages:  # prepared statements, caches, templates
        measure(page, places[page.server], world, helpers, warm)
    for _ in range(rounds):
        for page in pages:
            before = measure(base, places[base.server], world, helpers, seconds / 2) if base else None
            sample = measure(page, places[page.server], world, helpers, seconds)
            times = sample.cpu_ms / before.cpu_ms if before else 1.0
            samples[page.name].append(sample._replace(times_b2f=times))
    return samples, {page.name: queries(page, places[page.server], world) for page in pages}


def table(samples: Rounds, counted: Mapping[str, str]) -> str:
    def median(name: str) -> float:
        return statistics.median(sample.cpu_ms for sample in samples[name])

    b1 = median(B1) or 1
    lines = [
        "| page, concurrency 8 | CPU ms | of it app | x B1 | x B2f | req/s | p50 ms | p95 ms | SQL | kB | errors |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, rounds in samples.items():
        middle = sorted(rounds, key=lambda sample: sample.cpu_ms)[len(rounds) // 2]
        result = middle.result
        size = result.bytes / max(1, result.requests) / 1000
        errors = sum(sample.result.errors for sample in rounds)
        times = statistics.median(sample.times_b2f for sample in rounds)
        lines.append(
            f"| {name} | {median(name):.2f} | {middle.app_ms:.2f} | {median(name) / b1:.2f} | {times:.2f} "
            f"| {result.per_second:.0f} | {result.percentile(50):.0f} | {result.percentile(95):.0f} "
            f"| {counted.get(name, '-')} | {size:.1f} | {errors} |"
        )
    return "\n".join(lines)


def workers_mb(master: int) -> str:
    """The size of a server's workers."""
    return ", ".join(f"{cpu.pss_mb(pid):.0f}" for pid in sorted(cpu.tree(master) - {master})) + " MB (PSS)"


SETTINGS = ["fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "work_mem", "max_wal_size"]
SETTINGS += ["checkpoint_timeout", "jit", "plan_cache_mode"]


def machine(database: str, load_before: tuple[float, float, float]) -> str:
    """On what it was measured, as one paragraph."""
    import django
    import psycopg
    import redis

    with psycopg.connect(database) as connection:
        version = connection.info.parameter_status("server_version")
        rows = [(name, connection.execute(f"SHOW {name}".encode()).fetchone()) for name in SETTINGS]
        shown = [f"{name}={row[0]}" for name, row in rows if row]
    info: Callable[[str], dict[str, Any]] = redis.Redis.from_url(os.environ["REDIS_URL"]).info
    cpus, memory = Path("/proc/cpuinfo").read_text(), Path("/proc/meminfo").read_text()
    model = next((line.split(":")[1].strip() for line in cpus.splitlines() if line.startswith("model name")), "CPU")
    gigabytes = int(memory.split("MemTotal:")[1].split()[0]) / 2**20
    return (
        f"{os.cpu_count()} cores ({model}), {gigabytes:.0f} GB,"
        f" load before {', '.join(f'{one:.1f}' for one in load_before)}"
        f"; Python {platform.python_version()}, Django {django.get_version()}, Redis {info('server')['redis_version']}"
        f" (appendonly {'on' if info('persistence')['aof_enabled'] else 'off'}),"
        f" PostgreSQL {version} ({', '.join(shown)})"
    )
