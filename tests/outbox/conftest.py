"""Handlers that fail on purpose, in this process or in real workers on a database of their own."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection

from apps.kernel.outbox.models import Delivery
from tests.outbox.sample import handlers
from tests.processes import Beat, Database, Process, Redis, Worker, environment, wait_for


@pytest.fixture
def effects(db: None) -> Callable[[str], list[int]]:
    """The numbers that a sample handler wrote, in order, in this test's database."""
    with connection.cursor() as cursor:
        cursor.execute(handlers.TABLE)

    def numbers(name: str) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM effect WHERE name = %s ORDER BY id", [name])
            return [number for (number,) in cursor.fetchall()]

    return numbers


@pytest.fixture
def make_due(db: None) -> Callable[[], int]:
    """Ends every wait: what was put off is due now."""
    return lambda: Delivery.objects.filter(state=Delivery.State.DUE).update(next_at="2000-01-01T00:00Z")


class Publisher(Process):
    """A process that publishes, as a web process does."""

    talks = True

    def __init__(self, env: Mapping[str, str]) -> None:
        super().__init__([sys.executable, "-m", "tests.outbox.driver"], env=env)

    def start(self) -> None:
        super().start()
        assert self._answer() == "ready", self.logged()

    def ask(self, type_: str, data: list[dict[str, Any]], **how: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"type": type_, "data": data, **how}).encode() + b"\n")
        self.process.stdin.flush()

    def publish(self, type_: str, data: list[dict[str, Any]], **how: Any) -> float:
        """Each in a transaction of its own; the seconds it took in all."""
        self.ask(type_, data, **how)
        return float(self._answer())

    def _answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().decode().strip()


@dataclass(slots=True)
class Campus:
    """What the tests with real processes stand on."""

    database: Database
    redis: Redis
    env: dict[str, str]
    publisher: Publisher

    def another_publisher(self) -> Publisher:
        return Publisher(self.env)

    def worker(self, queues: str = "high", *, processes: int = 1, **env: str) -> Worker:
        return Worker(queues, env={**self.env, **env}, processes=processes)

    def beat(self) -> Beat:
        return Beat(env=self.env)

    def ticks(self, name: str = "tick") -> list[int]:
        return [row[0] for row in self.database.rows("SELECT number FROM effect WHERE name = %s ORDER BY id", name)]

    def states(self) -> Mapping[int, int]:
        return dict(self.database.rows("SELECT state, count(*) FROM kernel_delivery GROUP BY state"))

    def unfinished(self) -> int:
        return int(self.database.value("SELECT count(*) FROM kernel_delivery WHERE state = 0"))

    def wait_until_done(self, seconds: float) -> float:
        return wait_for(lambda: not self.unfinished(), seconds, "every delivery is done or dead")


@pytest.fixture
def campus() -> Iterator[Campus]:
    with Database("tests.outbox.settings") as database, Redis() as redis:
        database.rows(handlers.TABLE)
        env = environment(database=database, redis=redis)
        with Publisher(env) as publisher:
            yield Campus(database, redis, env, publisher)
