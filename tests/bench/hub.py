"""What a delivery and a socket cost, beside a plain hub in the same run (DESIGN.md 8).

    python -m tests.bench.hub [--sockets 1000] [--messages 200] [--rounds 3]

Two uvicorn processes each; the client runs on the same cores. 4 broadcasts of 120 bytes are in flight at a time. CPU is
that of the server processes, from /proc. Nothing else should run on the machine meanwhile.
"""

import argparse
import asyncio
import contextlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

import redis
from websockets.asyncio.client import ClientConnection, connect

from tests.bench import cpu
from tests.bench.__main__ import free_port, fresh_database, manage

PREFIX = "hubbench"
FLAGS = ["--ws", "websockets-sansio", "--ws-per-message-deflate", "false", "--ws-max-size", "65536"]
IN_FLIGHT = 4
APPLICATIONS = {"plain hub": "tests.bench.plain_hub:application", "our hub": "config.asgi:application"}
FILLING = "x" * 83  # a message of 120 bytes


class Figures(NamedTuple):
    per_second: float
    cpu_us: float
    p50_ms: float
    p95_ms: float
    socket_kb: float


@contextlib.contextmanager
def servers(application: str, env: dict[str, str]) -> Iterator[list[tuple[int, int]]]:
    """Two processes; yields their (port, pid)."""
    running, places = [], []
    for _ in range(2):
        port = free_port()
        command = [sys.executable, "-m", "uvicorn", application, "--port", str(port), "--log-level", "warning", *FLAGS]
        running.append(subprocess.Popen(command, env=env))
        places.append((port, running[-1].pid))
    try:
        for port, _pid in places:
            _wait(port)
        yield places
    finally:
        for process in running:
            process.terminate()
            process.wait(20)


def _wait(port: int) -> None:
    import socket

    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.1)
    raise SystemExit("A server did not start.")


def sessions(env: dict[str, str], people: int) -> list[str]:
    """Logs `people` people of a fresh database in. Runs inside Django."""
    os.environ.update(env)
    import django

    django.setup()
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from apps.accounts.models import User

    keys = []
    for number in range(people):
        person = User.objects.create_user(f"reader{number}", f"reader{number}@northmere.example")
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.create()
        keys.append(session.session_key or "")
    return keys


async def open_all(places: list[tuple[int, int]], keys: list[str], sockets: int) -> list[ClientConnection]:
    gate = asyncio.Semaphore(20)

    async def one(number: int) -> ClientConnection:
        host = f"127.0.0.1:{places[number % 2][0]}"
        cookie = {"Cookie": f"sessionid={keys[number % len(keys)]}"}
        async with gate:
            return await connect(
                f"ws://{host}/ws/",
                origin=f"http://{host}",  # type: ignore[arg-type]
                additional_headers=cookie,
                compression=None,
                ping_interval=None,
            )

    return await asyncio.gather(*(one(number) for number in range(sockets)))


async def measure(places: list[tuple[int, int]], keys: list[str], sockets: int, messages: int, plain: bool) -> Figures:
    pids = [pid for _port, pid in places]
    empty = sum(cpu.pss_mb(pid) for pid in pids)
    tabs = await open_all(places, keys, sockets)
    await asyncio.sleep(3)
    memory = (sum(cpu.pss_mb(pid) for pid in pids) - empty) * 1024 / sockets
    client = redis.Redis.from_url(os.environ["REDIS_URL"])
    heard = [0] * messages
    sent_at = [0.0] * messages
    delays: list[float] = []
    finished = [asyncio.Event() for _ in range(messages)]

    async def listen(tab: ClientConnection) -> None:
        async for text in tab:
            if not str(text).startswith('{"n":'):
                continue
            number = int(str(text)[6:11])
            heard[number] += 1
            if heard[number] % 10 == 0:
                delays.append(time.perf_counter() - sent_at[number])
            if heard[number] == sockets:
                finished[number].set()

    listeners = [asyncio.create_task(listen(tab)) for tab in tabs]
    before, started = cpu.seconds(pids), time.perf_counter()
    for number in range(messages):
        if number >= IN_FLIGHT:
            await asyncio.wait_for(finished[number - IN_FLIGHT].wait(), 30)
        payload = f'{{"n":"{number:05d}","type":"bench","text":"{FILLING}"}}'
        sent_at[number] = time.perf_counter()
        if plain:
            client.publish("plain-hub", payload)
        else:
            client.publish(f"{PREFIX}:hub", f"topic.everybody\n{payload}")
    for event in finished:
        await asyncio.wait_for(event.wait(), 30)
    elapsed = time.perf_counter() - started
    spent = cpu.seconds(pids) - before
    for listener in listeners:
        listener.cancel()
    await asyncio.gather(*(tab.close() for tab in tabs))
    deliveries = sockets * messages
    cuts = statistics.quantiles(delays, n=20)
    return Figures(deliveries / elapsed, spent / deliveries * 1e6, cuts[9] * 1000, cuts[18] * 1000, memory)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--messages", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    env = {
        **os.environ,
        "DATABASE_URL": fresh_database("campus_hub_bench"),
        "DJANGO_SETTINGS_MODULE": "tests.bench.hub_settings",
        "REDIS_PREFIX": PREFIX,
    }
    manage("migrate", "--verbosity", "0", env=env)
    keys = sessions(env, max(1, options.sockets // 5))
    found: dict[str, list[Figures]] = {"plain hub": [], "our hub": []}
    for _ in range(options.rounds):
        for name, application in (
            ("plain hub", "tests.bench.plain_hub:application"),
            ("our hub", "config.asgi:application"),
        ):
            with servers(application, env) as places:
                figures = measure(places, keys, options.sockets, options.messages, plain=name == "plain hub")
                found[name].append(asyncio.run(figures))
    print(f"{options.sockets} sockets, 2 processes, {options.messages} messages, {options.rounds} rounds, medians\n")
    print("| | deliveries/s | CPU µs each | p50 ms | p95 ms | KB per socket | sockets per GB |")
    print("|---|---|---|---|---|---|---|")
    for name, rounds in found.items():
        middle = Figures(*(statistics.median(column) for column in zip(*rounds, strict=True)))
        print(
            f"| {name} | {middle.per_second:,.0f} | {middle.cpu_us:.1f} | {middle.p50_ms:.1f} | {middle.p95_ms:.1f}"
            f" | {middle.socket_kb:.0f} | {1024 * 1024 / middle.socket_kb:,.0f} |"
        )


if __name__ == "__main__":
    main()
