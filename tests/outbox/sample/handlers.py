"""Each writes one row per run. The table has no unique index, so what is done twice is there twice."""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from apps.kernel import outbox
from apps.kernel.outbox import subscribe
from tests.outbox.sample.events import Counted, Cracked, Poured, Shared, Stretched, Ticked, Told

TABLE = (
    "CREATE TABLE effect (id bigint GENERATED ALWAYS AS IDENTITY, name text, key text, number int,"
    " at timestamptz DEFAULT clock_timestamp())"
)


def effect(name: str, *, key: str = "", number: int = 0) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO effect (name, key, number) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", [name, key, number]
        )


def busy(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])


@subscribe(Ticked, queue="high")
def tick(event: Ticked) -> None:
    effect("tick", number=event.number)
    busy(float(os.environ.get("TICK_SECONDS", "0")))


@subscribe(Counted, queue="high", ordered=True)
def count(event: Counted) -> None:
    effect("count", key=event.counter, number=event.number)


@subscribe(Poured, queue="high")
def pour(event: Poured) -> None:
    effect("pour")
    if event.how == "exit":
        os._exit(1)
    if event.how == "memory":
        _burst()
    raise ValueError("no \x00 attempt succeeds")


def _burst() -> None:
    """Take more memory than the process may have: what the kernel's out-of-memory killer does to it, without it."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (2**29, 2**29))
    hoard = []
    try:
        while True:
            hoard.append(bytearray(2**26))
    except MemoryError:
        os._exit(137)


@subscribe(Cracked, queue="high")
def crack(event: Cracked) -> None:
    effect("crack")
    mark = Path(event.path)
    if not mark.exists():
        mark.touch()
        os._exit(1)


@subscribe(Stretched, queue="high")
def stretch(event: Stretched) -> None:
    """Many short statements: a single one may not take longer than statement_timeout."""
    end = time.monotonic() + event.seconds
    while time.monotonic() < end:
        busy(0.2)
    effect("stretch")


@subscribe(Stretched, queue="bulk", atomic=False)
def stretch_in_the_open(event: Stretched) -> None:
    assert transaction.get_autocommit()
    time.sleep(event.seconds)
    effect("stretch_in_the_open")


@subscribe(Shared, queue="default", chunked=True)
def share(event: Shared, chunk: Mapping[str, Any] | None) -> None:
    if chunk is None:
        outbox.split(({"number": number} for number in range(event.parts)), queue="bulk")
    else:
        effect("share", number=chunk["number"])


@subscribe(Told, queue="high")
def tell(event: Told) -> None:
    outbox.publish(Ticked(number=event.number), actor_id=None)
