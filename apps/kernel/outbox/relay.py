"""The workers' side of the outbox: claim what is due, run it, settle it (RELIABILITY.md 3).

A handler may run twice, its effect happens once: the delivery's row is locked on the condition that our claim still
stands, and `done` commits together with what the handler wrote, or vanishes with it.
"""

import time
from collections.abc import Sequence

import structlog
from django.db import close_old_connections, transaction

from apps.kernel import heartbeats
from apps.kernel.outbox import bell, claims
from apps.kernel.outbox.context import handling
from apps.kernel.outbox.events import HANDLERS, TYPES, DomainEvent, Handler
from apps.kernel.outbox.models import Delivery
from apps.kernel.outbox.selectors import due_queues

log = structlog.get_logger(__name__)
BUDGET = 10  # seconds a task goes on before it leaves the rest to a successor


class Undeliverable(Exception):
    """No attempt can succeed: the running code does not know the event, its version or the handler."""


class Overtaken(Exception):
    """Our lease ran out, and somebody else has the delivery: whatever we did is rolled back."""


def work(queue: str) -> int:
    """Run what is due in the queue until nothing is, for about BUDGET seconds; returns the number of attempts."""
    close_old_connections()  # Celery leaves them open between tasks, and PostgreSQL may have restarted
    bell.answer(queue)
    heartbeats.say(f"queue:{queue}")
    deadline, count = time.monotonic() + BUDGET, 0
    while time.monotonic() < deadline:
        batch = claims.claim(queue)
        if not batch:
            return count
        if len(batch) >= claims.BATCH:
            bell.ring(queue)  # more than one claim's worth: let an idle worker help
        count += _run_batch(batch, deadline)
    bell.ring(queue)
    return count


def drain(*, strict: bool = False) -> int:
    """Run everything due now in this process, until nothing is; returns the number of attempts.

    For commands and tests. A failure is put off like in a worker; with `strict` it is raised as well.
    """
    count = 0
    while batch := [one for queue in due_queues() for one in claims.claim(queue)]:
        for delivery in batch:
            run(delivery, strict=strict)
        count += len(batch)
    return count


def sweep() -> int:
    """What the clock does each few seconds: catch what a crash, a lost message or a silent Redis left lying.

    Rings every queue that has something due, and returns their number. Two sweeps at once do no harm.
    """
    heartbeats.say("beat")
    claims.bury_lost()
    queues = due_queues()
    for queue in queues:
        bell.ring(queue)
    return len(queues)


def pulse() -> None:
    """Ring at every queue, due or not, so that whoever serves it shows a sign of life (`heartbeats`)."""
    for queue in bell.queues():
        bell.ring(queue)


def _run_batch(batch: Sequence[Delivery], deadline: float) -> int:
    for number, delivery in enumerate(batch):
        if number and time.monotonic() > deadline:
            claims.release(batch[number:])
            return number
        run(delivery)
    return len(batch)


def run(delivery: Delivery, *, strict: bool = False) -> None:
    """One attempt of a claimed delivery. Raises when `strict`, or when PostgreSQL is gone: then the lease ends it."""
    try:
        event, handler = _resolve(delivery)
        with handling(delivery):
            if handler.atomic:
                _run_atomic(delivery, handler, event)
            else:
                _run_long(delivery, handler, event)
    except Overtaken:
        log.info("outbox.overtaken", handler=delivery.handler, event_id=str(delivery.event_id))
    except Exception as error:
        _settle(delivery, error)
        if strict:
            raise


def _run_atomic(delivery: Delivery, handler: Handler, event: DomainEvent) -> None:
    with transaction.atomic():
        if not claims.hold(delivery):
            raise Overtaken
        handler(event, delivery.chunk)
        claims.finish(delivery)


def _run_long(delivery: Delivery, handler: Handler, event: DomainEvent) -> None:
    with claims.renewed(delivery):
        handler(event, delivery.chunk)
        if not claims.finish(delivery):
            raise Overtaken


def _settle(delivery: Delivery, error: Exception) -> None:
    hopeless = isinstance(error, Undeliverable)
    dead = claims.bury(delivery, error) if hopeless else claims.put_off(delivery, error)
    log.log(
        40 if dead else 30,
        "outbox.dead" if dead else "outbox.failed",
        handler=delivery.handler,
        event_id=str(delivery.event_id),
        attempt=delivery.attempts,
        exc_info=error,
    )


def _resolve(delivery: Delivery) -> tuple[DomainEvent, Handler]:
    row = delivery.event
    kind = TYPES.get(row.type)
    handler = HANDLERS.get(row.type, {}).get(delivery.handler)
    if kind is None or handler is None:
        raise Undeliverable(f"Nothing here listens to {row.type} as {delivery.handler}.")
    if row.schema_version != kind.VERSION:
        raise Undeliverable(f"{row.type} has version {row.schema_version}; this code reads {kind.VERSION}.")
    try:
        return kind(**row.data), handler
    except TypeError as error:
        raise Undeliverable(f"{row.type} has other fields than this code: {error}") from error
