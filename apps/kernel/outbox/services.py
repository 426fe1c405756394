"""Writes of the outbox: announce a fact, split long work, run something again, forget what is done."""

import json
import time
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from psycopg.types.numeric import Int8

from apps.kernel.outbox import bell, context
from apps.kernel.outbox.events import HANDLERS, DomainEvent
from apps.kernel.outbox.models import Delivery, Event
from apps.kernel.outbox.selectors import id_floor

BATCH = 5_000  # rows per transaction of a replay or a clean-up
KEEP = timedelta(days=7)  # what is done is kept this long, for replays

# The event and its deliveries in one statement: every write of the site ends with it.
_TELL = """
WITH told AS (
    INSERT INTO "kernel_event" (id, type, source, timestamp, schema_version, user_id, data, metadata)
    VALUES (%s, %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb) RETURNING id)
INSERT INTO "kernel_delivery" (event_id, handler, queue, order_key, part, state, attempts, last_error)
SELECT told.id, heard.handler, heard.queue, heard.order_key, 0, 0, 0, ''
FROM told, unnest(%s::text[], %s::text[], %s::text[]) AS heard (handler, queue, order_key)"""


def publish(event: DomainEvent, *, actor_id: int | None) -> UUID:
    """Record the fact and one delivery per handler in the caller's transaction, and return the event's id.

    Publish after the write it tells of: handlers that ask for order see events of one key in the order of these calls.
    Handlers run after the commit; nothing is left of it when the transaction rolls back. A Redis that is down costs
    latency, never the event.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("publish() belongs into the transaction of the change it announces.")
    row = Event(
        type=event.TYPE,
        source=type(event).__module__.split(".")[-2],
        timestamp=time.time_ns() // 1_000_000,
        schema_version=event.VERSION,
        user_id=actor_id,
        data=event.as_data(),
    )
    row.metadata = context.metadata_for(row)
    handlers = list(HANDLERS.get(event.TYPE, {}).values())
    names, queues = [handler.name for handler in handlers], [handler.queue for handler in handlers]
    orders = [event.order_key if handler.ordered else "" for handler in handlers]
    who = None if row.user_id is None else Int8(row.user_id)
    told: list[Any] = [row.pk, row.type, row.source, Int8(row.timestamp), Int8(row.schema_version), who]
    with connection.cursor() as cursor:
        cursor.execute(_TELL, [*told, json.dumps(row.data), json.dumps(row.metadata), names, queues, orders])
    _ring_on_commit(set(queues))
    return row.pk


def split(chunks: Iterable[Mapping[str, Any]], *, queue: str = "") -> int:
    """Inside a `chunked` handler: one more delivery of the same event per chunk; returns their number.

    They come to exist with the handler's own effect, run on `queue` (the handler's, when not given), each in a
    transaction of its own, in no order.
    """
    whole = context.current()
    if whole is None or whole.part:
        raise RuntimeError("split() belongs into the handling of a whole event.")
    parts = [
        Delivery(
            event_id=whole.event_id,
            handler=whole.handler,
            part=number,
            chunk=dict(chunk),
            queue=queue or whole.queue,
        )
        for number, chunk in enumerate(chunks, start=1)
    ]
    Delivery.objects.bulk_create(parts, batch_size=BATCH)
    _ring_on_commit({part.queue for part in parts})
    return len(parts)


def replay(deliveries: QuerySet[Delivery]) -> int:
    """Make finished deliveries (done or dead) due again under the same ids, and return their number.

    Handlers bear it: they are idempotent. A whole that was split forgets its parts and splits again. Works in batches,
    each in its own transaction, so an interrupted replay is simply called again.
    """
    ids = list(deliveries.values_list("pk", flat=True))
    return sum(_replay_batch(ids[start : start + BATCH]) for start in range(0, len(ids), BATCH))


@transaction.atomic
def _replay_batch(ids: list[int]) -> int:
    chosen = Delivery.objects.filter(pk__in=ids).exclude(state=Delivery.State.DUE)
    wholes = chosen.filter(part=0, event_id=OuterRef("event_id"), handler=OuterRef("handler"))
    queues = set(chosen.values_list("queue", flat=True))
    Delivery.objects.filter(Exists(wholes), part__gt=0).delete()
    count = chosen.update(state=Delivery.State.DUE, attempts=0, next_at=Now(), done_at=None)
    _ring_on_commit(queues)
    return count


def prune(*, keep: timedelta = KEEP) -> int:
    """Delete done deliveries of events older than `keep`, then events that nobody waits for; returns rows deleted.

    Dead letters and what is still due stay, with their events, however old. May run twice at once.
    """
    floor = id_floor(timezone.now() - keep)
    done = Delivery.objects.filter(event_id__lt=floor, state=Delivery.State.DONE).order_by("event_id")
    over = Event.objects.filter(~Exists(Delivery.objects.filter(event_id=OuterRef("pk"))), pk__lt=floor).order_by("pk")
    return _delete_in_batches(done) + _delete_in_batches(over)


def _delete_in_batches(rows: QuerySet[Any]) -> int:
    total = 0
    while True:
        count, _ = rows.model._default_manager.filter(pk__in=list(rows.values_list("pk", flat=True)[:BATCH])).delete()
        total += int(count)
        if count < BATCH:
            return total


def _ring_on_commit(queues: Iterable[str]) -> None:
    for queue in queues:
        transaction.on_commit(partial(bell.ring, queue), robust=True)
