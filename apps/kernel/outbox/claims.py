"""Who has which delivery: claims, leases, and the ways a claim ends."""

import random
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from apps.kernel.outbox.models import Delivery

BATCH = 50  # fresh deliveries in one claim
ATTEMPTS = 8  # then a delivery is dead
LONGEST_WAIT = 3600  # seconds between two attempts
ERROR_LIMIT = 4_000  # characters kept of a traceback

_CLAIM = """
WITH picked AS (
    SELECT d.id FROM kernel_delivery d
    WHERE d.state = 0 AND d.queue = %(queue)s AND d.next_at <= statement_timestamp()
      AND d.attempts BETWEEN %(least)s AND %(most)s
      AND (d.order_key = '' OR NOT EXISTS (
          SELECT FROM kernel_delivery e
          WHERE e.handler = d.handler AND e.order_key = d.order_key AND e.order_key <> ''
            AND e.state = 0 AND e.id < d.id))
    ORDER BY d.next_at, d.id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
UPDATE kernel_delivery d
SET attempts = d.attempts + 1, next_at = statement_timestamp() + make_interval(secs => %(lease)s)
FROM picked WHERE d.id = picked.id RETURNING d.id
"""

# The number of the attempt is the token of a claim. Not by the ORM: these two run for every delivery, at a tenth.
_HOLD = "SELECT FROM kernel_delivery WHERE id = %s AND state = 0 AND attempts = %s FOR NO KEY UPDATE"
_FINISH = """
UPDATE kernel_delivery SET state = 1, done_at = statement_timestamp(), last_error = ''
WHERE id = %s AND state = 0 AND attempts = %s
"""


def claim(queue: str) -> list[Delivery]:
    """Deliveries that are ours for OUTBOX_LEASE seconds, oldest first; the attempt is counted and committed.

    Up to BATCH that nobody tried before, and at most one that somebody did: an attempt may have ended with its process,
    and what kills a process must not take innocent neighbours along again and again.
    """
    ids = _claim(queue, least=0, most=0, limit=BATCH) + _claim(queue, least=1, most=ATTEMPTS - 1, limit=1)
    return list(Delivery.objects.filter(pk__in=ids).select_related("event").order_by("pk")) if ids else []


def _claim(queue: str, *, least: int, most: int, limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM, {"queue": queue, "least": least, "most": most, "limit": limit, "lease": settings.OUTBOX_LEASE}
        )
        return [pk for (pk,) in cursor.fetchall()]


def hold(delivery: Delivery) -> bool:
    """Lock the row to the end of the transaction; False when the lease ran out and somebody else took it.

    Locked, it cannot be claimed however long the handler takes: within a transaction no lease needs renewing.
    """
    return _touches_ours(_HOLD, delivery)


def finish(delivery: Delivery) -> bool:
    """Done, together with whatever the transaction wrote; False when the claim no longer stands."""
    return _touches_ours(_FINISH, delivery)


def _touches_ours(statement: str, delivery: Delivery) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [delivery.pk, delivery.attempts])
        return bool(cursor.rowcount)


def put_off(delivery: Delivery, error: Exception) -> bool:
    """After a failure: due again later, or dead after the last attempt (True)."""
    if delivery.attempts >= ATTEMPTS:
        return bury(delivery, error)
    wait = min(settings.OUTBOX_BACKOFF * 2 ** (delivery.attempts - 1), LONGEST_WAIT) * random.uniform(1, 1.25)
    _ours(delivery).update(next_at=Now() + timedelta(seconds=wait), last_error=_text(error))
    return False


def bury(delivery: Delivery, error: Exception) -> bool:
    """To the dead letters, where staff can read why and replay it."""
    return bool(_ours(delivery).update(state=Delivery.State.DEAD, last_error=_text(error)))


def bury_lost() -> int:
    """Deliveries whose last attempt ended with its process: nobody was left to bury them."""
    lost = Delivery.objects.filter(state=Delivery.State.DUE, next_at__lte=Now(), attempts__gte=ATTEMPTS)
    with transaction.atomic():
        ids = list(lost.select_for_update(no_key=True, skip_locked=True).values_list("pk", flat=True))
        return Delivery.objects.filter(pk__in=ids).update(
            state=Delivery.State.DEAD, last_error="The process that ran it ended or hung in the last attempt."
        )


def release(deliveries: Sequence[Delivery]) -> None:
    """Give back what was claimed and not begun, as if it had not been claimed."""
    Delivery.objects.filter(pk__in=[one.pk for one in deliveries], state=Delivery.State.DUE).update(
        next_at=Now(), attempts=F("attempts") - 1
    )


@contextmanager
def renewed(delivery: Delivery) -> Iterator[None]:
    """Keep the lease of work that runs outside a transaction, from a thread, for as long as this process lives."""
    over = threading.Event()

    def renew() -> None:
        while not over.wait(settings.OUTBOX_LEASE / 3):
            with suppress(DatabaseError):  # the next turn tries again, well before the lease is over
                _ours(delivery).update(next_at=Now() + timedelta(seconds=settings.OUTBOX_LEASE))
            connection.close()  # this thread's own

    thread = threading.Thread(target=renew, name=f"lease of {delivery.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _ours(delivery: Delivery) -> QuerySet[Delivery]:
    """The row, as long as our claim stands."""
    return Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.DUE, attempts=delivery.attempts)


def _text(error: Exception) -> str:
    """The traceback's end, in characters that PostgreSQL stores."""
    text = "".join(traceback.format_exception(error))[-ERROR_LIMIT:]
    return text.replace("\x00", "").encode("utf-8", "backslashreplace").decode()
