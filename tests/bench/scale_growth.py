"""What a day leaves behind: bytes per row, dropping and vacuuming it, and what the clock's jobs cost."""

import datetime as dt
import random
import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.feed import partitions, rows, scores, trending
from apps.feed.models import ScoreRun
from apps.kernel.demo import dated_id
from apps.posts.models import Audience, Post

if TYPE_CHECKING:
    from tests.bench.scale import Run

COPY = "bench_day"
LIKES = 5  # reactions on a day to each post of that day


def measure(run: "Run") -> None:
    sizes(run)
    simulated_day(run)
    jobs(run)


def sizes(run: "Run") -> None:
    """Of the days as they were written, and of the fullest made anew and dropped."""
    lines = []
    fullest = ("", 0)
    for day in sorted(partitions.days()):
        name = f"feed_item_{day:%Y%m%d}"
        held = _value(f"SELECT count(*) FROM {name}")
        heap, index = _value(f"SELECT pg_relation_size('{name}')"), _value(f"SELECT pg_indexes_size('{name}')")
        if held:
            each = f"{heap / held:.0f} | {index / held:.0f} | {(heap + index) / held:.0f}"
            lines.append(f"| {day} | {held:,} | {(heap + index) / 1e6:.0f} | {each} |")
            fullest = max(fullest, (name, held), key=lambda one: one[1])
    run.rows("Growth: days of the timeline", "| day | rows | MB | heap B/row | index B/row | B/row |", lines)
    name = fullest[0]
    if not name:
        return
    _run(f"DROP TABLE IF EXISTS {COPY}", f"CREATE TABLE {COPY} AS SELECT * FROM {name}")
    _run(f"CREATE INDEX ON {COPY} (user_id, created_at DESC, post_id DESC)")
    dropped = _timed(lambda: _run(f"DROP TABLE {COPY}"))
    run.say(f"\nDropping a day of {fullest[1]:,} rows takes {dropped:.0f} ms.")


def simulated_day(run: "Run") -> None:
    """A day of posts is written out to its readers, liked and commented; then VACUUM. Ahead of time, and taken back."""
    day = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=2)
    partition = f"feed_item_{day:%Y%m%d}"
    _settle()
    before = _sizes("posts_post", partition)
    made, seconds = _write_day(day, 50 if run.is_quick else 0)
    lines = [f"| {len(made):,} posts to {_value(f'SELECT count(*) FROM {partition}'):,} timelines | {seconds:.1f} | |"]
    started = time.perf_counter()
    _react(made)
    hot = _row("SELECT n_tup_upd, n_tup_hot_upd, n_dead_tup FROM pg_stat_user_tables WHERE relname = 'posts_post'")
    note = f"{hot[1] / max(1, hot[0]):.0%} of updates stay on their page (HOT), {hot[2]:,} dead rows"
    lines.append(f"| {len(made) * LIKES:,} counters raised on posts | {time.perf_counter() - started:.1f} | {note} |")
    for table in ("posts_post", partition):
        took = _timed(lambda table=table: _run(f"VACUUM (ANALYZE) {table}")) / 1000
        lines.append(f"| VACUUM (ANALYZE) {table.rsplit('_2', 1)[0]} | {took:.1f} | {_grown(table, before)} |")
    run.rows("Growth: a simulated day", "| what | seconds | |", lines)
    Post.objects.filter(pk__in=made).delete()
    _run(f"TRUNCATE {partition}")


def jobs(run: "Run") -> None:
    first = _timed(trending.refresh_trending)
    again = _timed(trending.refresh_trending)
    lines = [f"| refresh of trending posts | {first:.0f}, again {again:.0f} |"]
    ScoreRun.objects.all().delete()
    started = time.perf_counter()
    done = scores.refresh_scores(seconds=1 if run.is_quick else 60)
    seconds = time.perf_counter() - started
    readers = User.objects.filter(pk__lte=done.upto).count()
    each = seconds / max(1, readers) * 100_000 * 1000
    lines.append(
        f"| nightly scores, 100,000 readers (of {readers:,} measured, {done.changed:,} rows changed) | {each:,.0f} |"
    )
    run.rows("Growth: what the clock starts", "| job | ms |", lines)


def _write_day(day: dt.datetime, most: int) -> tuple[list[int], float]:
    """As many posts as yesterday had, by the same authors, through the statement of fan-out; ids and seconds."""
    draw = random.Random(1)
    yesterday = Post.objects.filter(repost_of=None, created_at__range=_day_before(timezone.now()))
    authors = list(yesterday.order_by("pk").values_list("author", "university")[: most or None])
    made = []
    for author, university in authors:
        moment = day + dt.timedelta(seconds=draw.random() * 86_000)
        post = Post(
            id=dated_id(moment, draw), author_id=author, university_id=university, audience=Audience.PUBLIC,
            body="A day.", body_html="<p>A day.</p>", created_at=moment,
        )  # fmt: skip
        made.append(post)
    Post.objects.bulk_create(made, batch_size=1_000)
    pulled = set(
        User.objects.filter(follow_count__followers__gte=settings.FEED_PULL_FOLLOWERS).values_list("pk", flat=True)
    )
    written = [post for post in made if post.author_id not in pulled]
    started = time.perf_counter()
    for post in written:
        with transaction.atomic():
            rows.insert_followed(" AND p.id = %(post)s", post=post.pk, created_at=post.created_at)
    return [post.pk for post in made], time.perf_counter() - started


def _react(made: list[int]) -> None:
    draw = random.Random(2)
    with connection.cursor() as cursor:
        for _ in range(LIKES):
            for post_id in draw.sample(made, len(made)):
                cursor.execute("UPDATE posts_post SET reaction_count = reaction_count + 1 WHERE id = %s", [post_id])
        cursor.execute("SELECT pg_stat_force_next_flush()")


def _settle() -> None:
    """What was dead before is not counted."""
    _run("VACUUM (ANALYZE) posts_post", "SELECT pg_stat_reset_single_table_counters('posts_post'::regclass)")


def _day_before(now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    end = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return end - dt.timedelta(days=1), end


def _sizes(*tables: str) -> dict[str, int]:
    return {table: _value(f"SELECT pg_total_relation_size('{table}')") for table in tables}


def _grown(table: str, before: dict[str, int]) -> str:
    now = _value(f"SELECT pg_total_relation_size('{table}')")
    return f"{before[table] / 1e6:.0f} MB before, {now / 1e6:.0f} MB after"


def _timed(work: Any) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("RESET statement_timeout")


def _row(statement: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found: tuple[Any, ...] = cursor.fetchone()
        return found


def _value(statement: str) -> int:
    return int(_row(statement)[0])
