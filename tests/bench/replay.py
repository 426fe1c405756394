"""A real friendship graph in, posts of everybody through the normal services, real workers drain the outbox.

    python -m tests.bench.replay FILE [--posts 1] [--large 0] [--workers 1]

FILE is an edge list, "a b" per line. Everybody posts so many times; of every twenty people one passes on what was just
written instead, and between two rounds some people stop following and others begin. `--large 0.1` sets the line so that
a tenth of the authors are at or above it (FEED_PULL_FOLLOWERS): these are pulled by their readers. Prints rows per
second and the outbox lag, and fails unless `check_feeds` finds every timeline exactly right.
"""

import argparse
import contextlib
import os
import random
import secrets
import time
import uuid
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.bench.serving import fresh_database, manage
from tests.processes import Worker, wait_for

STIRRED = 200  # follows that end, and as many that begin, between two rounds
NO_LINE = 10**9


def line_of(file: str, share: float) -> int:
    """The number of followers that so large a share of the people have, or more: friends follow one another."""
    friends: Counter[str] = Counter()
    for edge in Path(file).read_text(encoding="utf-8").splitlines():
        friends.update(edge.split()[:2])
    degrees = sorted(friends.values(), reverse=True)
    return degrees[max(0, int(share * len(degrees)) - 1)] if share else NO_LINE


def post_rounds(rounds: int) -> tuple[int, float]:
    """Everybody posts, in this process; returns how many posts there are and the seconds it took."""
    from apps.accounts.models import User
    from apps.posts import services
    from apps.posts.models import Audience, Post

    people = list(User.objects.active().order_by("pk"))
    draw = random.Random(1)
    count, last = 0, None
    started = time.perf_counter()
    for number in range(rounds):
        for place, person in enumerate(people):
            if last is not None and place % 20 == 19:
                services.repost(actor=person, post=last, audience=Audience.PUBLIC)
            else:
                body = f"{person.name} was here, {number + 1}."
                last = services.create_post(actor=person, body=body, audience=Audience.PUBLIC, key=uuid.uuid4())
            count += 1
        if number + 1 < rounds:
            stir(people, draw)
    assert Post.objects.count() == count
    return count, time.perf_counter() - started


def stir(people: list[Any], draw: random.Random) -> None:
    """Some stop following somebody, others begin, while workers are still busy with the posts."""
    from apps.graph import services
    from apps.graph.models import Follow

    ended = draw.sample(list(Follow.objects.select_related("follower", "followee").order_by("pk")[:20_000]), STIRRED)
    for edge in ended:
        services.unfollow(actor=edge.follower, target=edge.followee)
    for _ in range(STIRRED):
        one, other = draw.sample(people, 2)
        services.follow(actor=one, target=other)


def drained() -> bool:
    """Nothing is due and nothing is being worked at."""
    from apps.kernel.outbox.models import Delivery

    return not Delivery.objects.filter(state=Delivery.State.DUE).exists()


def report(posts: int, posting: float, started: float, since: datetime) -> None:
    from django.db import connection

    from apps.kernel.outbox import selectors

    seconds = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM feed_item), (SELECT count(*) FROM feed_pulledauthor)")
        rows, pulled = cursor.fetchone()
    heads = ["posts", "posts/s", "authors pulled", "timeline rows", "rows/s", "outbox lag p50", "p95", "all done after"]
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    print(
        f"| {posts:,} | {posts / posting:.0f} | {pulled:,} | {rows:,} | {rows / seconds:,.0f} "
        f"| {selectors.lag(since=since, quantile=0.5):.2f} s | {selectors.lag(since=since):.2f} s | {seconds:.1f} s |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Replays a real graph: posts of everybody, fanned out by workers.")
    parser.add_argument("file", help='edge list, "a b" per line')
    parser.add_argument("--posts", type=int, default=1, help="of each person")
    parser.add_argument("--large", type=float, default=0, help="share of the authors who are at the line or above")
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    env = os.environ | {
        "DATABASE_URL": fresh_database("bench_replay"),
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SECRET_KEY": secrets.token_hex(32),
        "REDIS_PREFIX": f"replay{os.getpid()}",
        "LOG_FORMAT": "silent",
        "FEED_PULL_FOLLOWERS": str(line_of(options.file, options.large)),
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
        posts, posting = post_rounds(options.posts)
        wait_for(drained, 600 * options.posts, "the outbox to drain")
        report(posts, posting, started, since)
    manage("check_feeds", env=env)


if __name__ == "__main__":
    main()
