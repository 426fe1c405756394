"""A real friendship graph in, one post of everybody through the normal service, real workers drain the outbox.

    python -m tests.bench.replay FILE [--workers 1]

FILE is an edge list, "a b" per line. Prints rows per second and the outbox lag, and fails unless `check_feeds` finds
every timeline exactly right.
"""

import argparse
import contextlib
import os
import secrets
import time
import uuid
from datetime import datetime

from tests.bench.__main__ import fresh_database, manage
from tests.processes import Worker, wait_for


def post_once_each() -> tuple[int, float]:
    """Everybody posts, in this process; returns how many did and the seconds it took."""
    from apps.accounts.models import User
    from apps.posts import services
    from apps.posts.models import Audience

    people = list(User.objects.active().order_by("pk"))
    started = time.perf_counter()
    for person in people:
        body = f"{person.name} was here."
        services.create_post(actor=person, body=body, audience=Audience.PUBLIC, key=uuid.uuid4())
    return len(people), time.perf_counter() - started


def drained() -> bool:
    """Nothing is due and nothing is being worked at."""
    from apps.kernel.outbox.models import Delivery

    return not Delivery.objects.filter(state=Delivery.State.DUE).exists()


def report(posts: int, posting: float, started: float, since: datetime) -> None:
    from django.db import connection

    from apps.kernel.outbox import selectors

    seconds = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM feed_item")
        rows = cursor.fetchone()[0]
    print(f"| posts | posts/s | timeline rows | rows/s | outbox lag p50 | p95 | all done after |\n|{'---|' * 7}")
    print(
        f"| {posts:,} | {posts / posting:.0f} | {rows:,} | {rows / seconds:,.0f} "
        f"| {selectors.lag(since=since, quantile=0.5):.2f} s | {selectors.lag(since=since):.2f} s | {seconds:.1f} s |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Replays a real graph: one post of everybody, fanned out by workers.")
    parser.add_argument("file", help='edge list, "a b" per line')
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    env = os.environ | {
        "DATABASE_URL": fresh_database("bench_replay"),
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SECRET_KEY": secrets.token_hex(32),
        "REDIS_PREFIX": f"replay{os.getpid()}",
        "LOG_FORMAT": "silent",
    }
    manage("migrate", "--verbosity", "0", env=env)
    manage("import_graph", options.file, env=env)
    os.environ.update(env)
    import django

    django.setup()
    from django.utils import timezone

    since = timezone.now()
    with contextlib.ExitStack() as stack:
        for _ in range(options.workers):
            stack.enter_context(Worker("high,default", env=env))
            stack.enter_context(Worker("bulk", env=env))
        started = time.perf_counter()
        posts, posting = post_once_each()
        wait_for(drained, 600, "the outbox to drain")
        report(posts, posting, started, since)
    manage("check_feeds", env=env)


if __name__ == "__main__":
    main()
