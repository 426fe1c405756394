"""A process that publishes on request, as a web process would; one JSON object a line, one answer a line.

{"type": …, "data": [{…}, …], "rollback": false, "crash": false, "hold": 0}: one transaction per item of `data`.
"""

import json
import os
import sys
import time

import django
from django.db import connection, transaction


def hold(seconds: float) -> None:
    """Keep the transaction open, and busy enough for PostgreSQL to bear it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(1)")


def main() -> None:
    django.setup()
    from apps.kernel import outbox
    from apps.kernel.outbox.events import TYPES

    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        started = time.monotonic()
        for data in asked["data"]:
            with transaction.atomic():
                if asked.get("crash"):
                    transaction.on_commit(lambda: os._exit(1))  # before the bell is rung
                outbox.publish(TYPES[asked["type"]](**data), actor_id=7)
                hold(asked.get("hold", 0))
                transaction.set_rollback(bool(asked.get("rollback")))
        print(time.monotonic() - started, flush=True)


if __name__ == "__main__":
    main()
