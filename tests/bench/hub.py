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
from collections.abc import Callable, Iterator
from typing import NamedTuple, cast

import redis
import uvloop

from tests.bench import cpu
from tests.bench.serving import free_port, fresh_database, manage

PREFIX = "hubbench"
FLAGS = ["--ws", "websockets-sansio", "--ws-per-message-deflate", "false", "--ws-max-size", "65536"]
FLAGS += ["--ws-ping-interval", "3600"]  # the reader below answers no pings
IN_FLIGHT = 4
APPLICATIONS = {"plain hub": "tests.bench.plain_hub:application", "our hub": "config.asgi:application"}
MARK = b'{"n":"'
LENGTH = 120  # bytes of a message
FILLING = b"x" * (LENGTH - len(MARK) - len('00000","type":"bench","text":""}'))


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


class Reader(asyncio.Protocol):
    """The cheapest client there is: it shakes hands, then looks for the numbers of our messages in what arrives."""

    def __init__(self, request: bytes, heard: Callable[[int], None]) -> None:
        self._request, self._heard, self._rest = request, heard, b""
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if not self.opened.done():
            assert data.startswith(b"HTTP/1.1 101"), data
            self.opened.set_result(None)
        data = self._rest + data
        at = data.find(MARK)
        while 0 <= at <= len(data) - LENGTH:
            self._heard(int(data[at + len(MARK) : at + len(MARK) + 5]))
            at = data.find(MARK, at + LENGTH)
        self._rest = data[at:] if at >= 0 else data[1 - len(MARK) :]


class Crowd:
    """All open sockets, and who has heard what."""

    def __init__(self, size: int, messages: int) -> None:
        self.size = size
        self.readers: list[Reader] = []
        self.sent_at = [0.0] * messages
        self.counts = [0] * messages
        self.finished = [asyncio.Event() for _ in range(messages)]
        self.delays: list[float] = []

    async def gather(self, places: list[tuple[int, int]], keys: list[str]) -> None:
        gate = asyncio.Semaphore(20)

        async def one(number: int) -> None:
            host = f"127.0.0.1:{places[number % 2][0]}"
            lines = [
                "GET /ws/ HTTP/1.1",
                f"Host: {host}",
                f"Origin: http://{host}",
                f"Cookie: sessionid={keys[number % len(keys)]}",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
            ]
            request = ("\r\n".join(lines) + "\r\n\r\n").encode()
            async with gate:
                _transport, reader = await asyncio.get_running_loop().create_connection(
                    lambda: Reader(request, self.hear), "127.0.0.1", places[number % 2][0]
                )
                await asyncio.wait_for(reader.opened, 30)
            self.readers.append(reader)

        await asyncio.gather(*(one(number) for number in range(self.size)))

    def hear(self, number: int) -> None:
        self.counts[number] += 1
        if self.counts[number] % 10 == 0:
            self.delays.append(time.perf_counter() - self.sent_at[number])
        if self.counts[number] == self.size:
            self.finished[number].set()


async def measure(places: list[tuple[int, int]], keys: list[str], sockets: int, messages: int, head: bytes) -> Figures:
    """`head` stands before each message on the channel; the plain hub has none."""
    pids = [pid for _port, pid in places]
    empty = sum(cpu.pss_mb(pid) for pid in pids)
    crowd = Crowd(sockets, messages)
    await crowd.gather(places, keys)
    await asyncio.sleep(3)
    memory = (sum(cpu.pss_mb(pid) for pid in pids) - empty) * 1024 / sockets
    client = redis.Redis.from_url(os.environ["REDIS_URL"])
    channel = f"{PREFIX}:hub" if head else "plain-hub"
    before, started = cpu.seconds(pids), time.perf_counter()
    for number in range(messages):
        if number >= IN_FLIGHT:
            await asyncio.wait_for(crowd.finished[number - IN_FLIGHT].wait(), 30)
        crowd.sent_at[number] = time.perf_counter()
        client.publish(channel, head + MARK + b'%05d","type":"bench","text":"%s"}' % (number, FILLING))
    for event in crowd.finished:
        await asyncio.wait_for(event.wait(), 30)
    elapsed, spent = time.perf_counter() - started, cpu.seconds(pids) - before
    for reader in crowd.readers:
        reader.transport.abort()
    deliveries = sockets * messages
    cuts = statistics.quantiles(crowd.delays, n=20)
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
                head = b"" if name == "plain hub" else b"topic.everybody\n"
                with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                    found[name].append(runner.run(measure(places, keys, options.sockets, options.messages, head)))
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
