"""`make bench`: what a page costs, as ratios to a bare Django page in the same run.

    python -m tests.bench [--people 2000] [--seconds 4] [--rounds 3] [--reuse]

Makes a database of its own beside DATABASE_URL's, fills it, starts gunicorn (2 sync workers, production settings) and
loads each page at concurrency 8, in interleaved rounds. CPU per request is that of the app's processes, PostgreSQL
and Redis, from /proc, divided by requests; medians of the rounds. Nothing else should run on the machine meanwhile.
"""

import argparse
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
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from tests.bench import cpu, load

PYTHON = sys.executable
NAME = "bench_campus"


@dataclass(frozen=True)
class Page:
    name: str
    path: str  # {post} is replaced by a post's id
    member: bool
    server: str = "site"


PAGES = [
    Page("B1 bare view", "/b1/", member=False, server="b1"),
    Page("B2f full middleware", "/b2f/", member=True),
    Page("home, ranked", "/", member=True),
    Page("home, latest", "/?view=latest", member=True),
    Page("post", "/posts/{post}/", member=True),
    Page("profile", "/@{author}/", member=True),
    Page("people", "/people/", member=True),
    Page("people, narrowed", "/people/?q=ad&year=2&role=student", member=True),
    Page("settings, studies", "/settings/studies/", member=True),
    Page("explore, guest", "/explore/", member=False),
]


class Sample(NamedTuple):
    cpu_ms: float
    app_ms: float
    result: load.Result


class World(NamedTuple):
    """What the load asks for."""

    sessions: list[str]
    posts: list[int]
    authors: list[str]


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


def manage(*arguments: str, env: dict[str, str]) -> None:
    subprocess.run([PYTHON, "manage.py", *arguments], env=env, check=True)


@contextlib.contextmanager
def gunicorn(application: str, env: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Serves on a free port; yields the address and the master's pid."""
    port = free_port()
    command = [PYTHON, "-m", "gunicorn", "-w", "2", "-b", f"127.0.0.1:{port}", "--log-level", "error", application]
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


def prepare(env: dict[str, str], people: int) -> World:
    """Fills the database and logs 200 people in. Runs inside Django."""
    os.environ.update(env)
    import django

    django.setup()
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.cached_db import SessionStore

    from apps.accounts.models import User
    from apps.posts.models import Audience, Post

    sessions = []
    for person in User.objects.active().order_by("-follow_count__following")[: min(200, people)]:
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.create()
        sessions.append(session.session_key or "")
    newest = Post.objects.live().filter(audience=Audience.PUBLIC).order_by("-created_at")
    posts = list(newest.values_list("pk", flat=True)[:100])
    authors = list(User.objects.active().order_by("-follow_count__followers").values_list("username", flat=True)[:100])
    return World(sessions, posts, authors)


def helper_pids() -> tuple[int, int]:
    """PostgreSQL's postmaster and Redis, asked of the servers themselves; 0 when they are on another machine."""
    import psycopg
    import redis

    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT current_setting('data_directory')").fetchone()
    try:
        with open(f"{row[0] if row else ''}/postmaster.pid", encoding="utf-8") as handle:
            postmaster = int(handle.readline())
    except OSError:
        postmaster = 0
    return postmaster, int(redis.Redis.from_url(os.environ["REDIS_URL"]).info("server")["process_id"])


def measure(page: Page, base: str, master: int, world: World, helpers: tuple[int, int], seconds: float) -> Sample:
    def request(number: int) -> tuple[str, dict[str, str]]:
        post = world.posts[number % len(world.posts)]
        path = page.path.format(post=post, author=world.authors[number % len(world.authors)])
        cookie = {"Cookie": f"sessionid={world.sessions[number % len(world.sessions)]}"} if page.member else {}
        return path, cookie

    app = cpu.tree(master)
    database = cpu.tree(helpers[0]) if helpers[0] else set()
    before_app, before_helpers = cpu.seconds(app), cpu.seconds(database | {helpers[1]})
    result = load.run(base, request, seconds=seconds)
    database = cpu.tree(helpers[0]) if helpers[0] else set()
    app_ms = (cpu.seconds(cpu.tree(master)) - before_app) * 1000
    helper_ms = (cpu.seconds(database | {helpers[1]}) - before_helpers) * 1000
    requests = max(1, result.requests)
    return Sample((app_ms + helper_ms) / requests, app_ms / requests, result)


def queries(base: str, page: Page, world: World) -> str:
    """SQL statements of one warm page, as the server counts them (tests/bench/b2f.py)."""
    path = page.path.format(post=world.posts[0], author=world.authors[0])
    headers = {"X-Count-Queries": "1"}
    if page.member:
        headers["Cookie"] = f"sessionid={world.sessions[0]}"
    with urllib.request.urlopen(urllib.request.Request(f"{base}{path}", headers=headers)) as response:
        return str(response.headers.get("X-Queries", "-"))


def table(samples: dict[str, list[Sample]], counted: dict[str, str]) -> str:
    def median(name: str) -> float:
        return statistics.median(sample.cpu_ms for sample in samples[name])

    b1, b2f = median("B1 bare view"), median("B2f full middleware")
    lines = [
        "| page, concurrency 8 | CPU ms | of it app | x B1 | x B2f | req/s | p50 ms | p95 ms | SQL | kB | errors |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, rounds in samples.items():
        middle = sorted(rounds)[len(rounds) // 2]
        result = middle.result
        size = result.bytes / max(1, result.requests) / 1000
        errors = sum(sample.result.errors for sample in rounds)
        lines.append(
            f"| {name} | {median(name):.2f} | {middle.app_ms:.2f} | {median(name) / b1:.2f} | {median(name) / b2f:.2f} "
            f"| {result.per_second:.0f} | {result.percentile(50):.0f} | {result.percentile(95):.0f} "
            f"| {counted.get(name, '-')} | {size:.1f} | {errors} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="What a page costs, against a bare Django page in the same run.")
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--reuse", action="store_true", help="measure the people of the last run again")
    options = parser.parse_args()

    env = os.environ | {
        "DATABASE_URL": database_url(NAME) if options.reuse else fresh_database(NAME),
        "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        "SECRET_KEY": secrets.token_hex(32),
        "HTTPS": "False",
        "REDIS_PREFIX": "bench",
        "LOG_FORMAT": "silent",
    }
    if not options.reuse:
        manage("migrate", "--verbosity", "0", env=env)
        manage("seed_scale", "--users", str(options.people), env=env)
    manage("collectstatic", "--noinput", "--verbosity", "0", env=env)
    world = prepare(env, options.people)
    helpers = helper_pids()
    samples: dict[str, list[Sample]] = {page.name: [] for page in PAGES}
    counted: dict[str, str] = {}
    with gunicorn("tests.bench.b1:application()", env) as b1, gunicorn("config.wsgi:application", env) as site:
        servers = {"b1": b1, "site": site}
        for page in PAGES:  # warm up: prepared statements, caches, templates
            measure(page, *servers[page.server], world, helpers, 2)
        for _ in range(options.rounds):
            for page in PAGES:
                samples[page.name].append(measure(page, *servers[page.server], world, helpers, options.seconds))
        for page in PAGES:
            counted[page.name] = queries(servers[page.server][0], page, world)
        workers = sorted(cpu.pss_mb(pid) for pid in cpu.tree(site[1]) - {site[1]})
    cores = os.cpu_count()
    print(
        f"\n{cores} cores, Python {platform.python_version()}, {options.people} people, {options.rounds} rounds "
        f"of {options.seconds:g} s; web workers {', '.join(f'{mb:.0f}' for mb in workers)} MB (PSS)\n"
    )
    print(table(samples, counted))


if __name__ == "__main__":
    main()
