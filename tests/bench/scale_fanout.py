"""Fan-out at scale: the bare statement, the real outbox with its workers, and the wait from a post to its last
reader.
"""

import contextlib
import statistics
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db import connection, transaction
from django.db.models import Max, Min
from django.utils import timezone

from apps.accounts.models import User
from apps.feed import rows, services
from apps.kernel.errors import RateLimited
from apps.kernel.outbox.models import Delivery, Event
from apps.posts import services as posts
from apps.posts.models import Audience, Post
from tests.bench import serving
from tests.bench.scale_pages import LINES
from tests.bench.serving import forget
from tests.processes import Worker, wait_for

if TYPE_CHECKING:
    from tests.bench.scale import Run

BODY = "Written to measure how soon everybody has it."
QUIET = 600  # seconds in which workers must be done
HANDLER = "feed.fan_out"


def measure(run: "Run") -> None:
    _forget_backlog()
    statement(run)
    sustained(run)
    waits(run)
    _forget_backlog()


def statement(run: "Run") -> None:
    """The INSERT alone, a transaction of its own for each chunk, and the whole handler with its pushes."""
    lines = []
    tries = 2 if run.is_quick else 10
    for followers in run.reach:
        author = User.objects.get(username=f"author{followers}")
        bare = [_timed(lambda post: _insert(post), _post_of(author)) for _ in range(tries)]
        whole = [_timed(_handle, _post_of(author)) for _ in range(tries)]
        ms, handled = statistics.median(bare), statistics.median(whole)
        lines.append(
            f"| {followers:,} | {ms:.1f} | {ms * 1000 / followers:.1f} | {followers / ms * 1000:,.0f} "
            f"| {handled:.1f} | {handled * 1000 / followers:.1f} |"
        )
    heads = "| present followers | INSERT ms | µs a row | rows/s | handler ms, all chunks | µs a row |"
    run.rows("Fan-out: one connection", heads, lines)
    largest = [followers for followers in run.reach if followers <= 5_000][-1]
    author, number = User.objects.get(username=f"author{largest}"), 4 if run.is_quick else 40
    lines = [f"| {many} | {_together(author, many, number, largest):,.0f} |" for many in (1, 2, 4)]
    run.rows(f"Fan-out: posts to {largest:,} followers on several connections", "| connections | rows/s |", lines)


def _post_of(author: User) -> Post:
    """Written behind the outbox's back."""
    post = Post(author=author, university_id=author.university_id, audience=Audience.PUBLIC, body=BODY, body_html=BODY)
    return Post.objects.bulk_create([post])[0]


def _timed(work: Callable[[Post], object], post: Post) -> float:
    """Milliseconds, with the commit."""
    post.refresh_from_db()
    started = time.perf_counter()
    work(post)
    return (time.perf_counter() - started) * 1000


def _insert(post: Post) -> None:
    for span in services._chunks(post.author_id):
        with transaction.atomic():
            services._write(post, span)


def _handle(post: Post) -> None:
    with transaction.atomic():
        rest = services.fan_out_post(post_id=post.pk)
    for chunk in rest:
        with transaction.atomic():
            services.fan_out_post(post_id=post.pk, chunk=chunk)


def _together(author: User, connections: int, number: int, followers: int) -> float:
    """Rows a second."""
    made = [_post_of(author) for _ in range(number)]
    with ThreadPoolExecutor(connections, initializer=lambda: rows.follower_count(author.pk)) as pool:
        started = time.perf_counter()
        list(pool.map(_insert, made))
        seconds = time.perf_counter() - started
        list(pool.map(lambda _number: connection.close(), range(connections)))
    return number * followers / seconds


def sustained(run: "Run") -> None:
    """Posts of authors as they write, kept waiting and then drained by real workers."""
    number = 60 if run.is_quick else 3_000
    lines = []
    for high, bulk in ((1, 1), (2, 1)):
        since = timezone.now()
        written = _backlog(number)
        with _workers(run.env, high=high, bulk=bulk):
            wait_for(_is_drained, QUIET, "the outbox to drain")
        times = Delivery.objects.filter(handler=HANDLER, done_at__gt=since).aggregate(Min("done_at"), Max("done_at"))
        seconds = (times["done_at__max"] - times["done_at__min"]).total_seconds() or 0.001
        landed = _rows_since(since)
        lines.append(
            f"| {high} + {bulk} | {written:,} | {landed:,} | {landed / max(1, written):.0f} "
            f"| {written / seconds:,.0f} | {landed / seconds:,.0f} |"
        )
    heads = "| worker processes, high + bulk | posts | rows | rows a post | posts/s | rows/s |"
    run.rows("Fan-out: sustained, the real mix of authors, through outbox and workers", heads, lines)


def _backlog(number: int) -> int:
    """So many posts by the authors of the last week's, each as likely as they write; how many were taken."""
    forget()
    recent = Post.objects.filter(repost_of=None).order_by("-pk").values_list("author", flat=True)[: 20 * number]
    authors = list(recent)[:: max(1, len(recent) // number)][:number]
    people = User.objects.in_bulk(authors)
    written = 0
    for author in authors:
        with contextlib.suppress(RateLimited):
            posts.create_post(actor=people[author], body=BODY, audience=Audience.PUBLIC, key=uuid.uuid4())
            written += 1
    return written


def waits(run: "Run") -> None:
    """From the POST to the commit of the last chunk, under each line."""
    lines = []
    tries = 1 if run.is_quick else 7
    members = {
        followers: serving.log_in([User.objects.get(username=f"author{followers}")])[0] for followers in run.reach
    }
    for name, line in LINES.items():
        env = run.env | {"FEED_PULL_FOLLOWERS": str(line)}
        with serving.gunicorn("config.wsgi:application", env) as (base, _pid), _workers(env, high=1, bulk=1):
            _posted(base, members[run.reach[0]])  # workers and statements are warm
            for followers, member in members.items():
                found = sorted(_posted(base, member) for _ in range(tries))
                how = "fetched by readers" if followers >= line else "written"
                lines.append(
                    f"| {name} | {followers:,} | {how} | {statistics.median(one.answer for one in found):.0f} "
                    f"| {statistics.median(one.last for one in found):.0f} | {found[-1].last:.0f} |"
                )
    heads = "| line | followers | how | answer ms, median | last follower ms, median | worst |"
    run.rows("Fan-out: from the POST to the last follower", heads, lines)


class _Times(tuple[float, float]):
    """Milliseconds from the request to the last follower, and to the answer; in this order."""

    @property
    def last(self) -> float:
        return self[0]

    @property
    def answer(self) -> float:
        return self[1]


def _posted(base: str, member: serving.Member) -> _Times:
    forget()  # nobody may post so often
    key = str(uuid.uuid4())
    body = urlencode({"key": key, "body": BODY, "audience": Audience.PUBLIC.value}).encode()
    headers = {"Cookie": f"sessionid={member.session}; csrftoken={serving.CSRF}", "X-CSRFToken": serving.CSRF}
    request = urllib.request.Request(f"{base}/posts/", data=body, headers=headers)
    started = time.perf_counter()
    try:
        with urllib.request.build_opener(serving.Stay).open(request):
            pass
    except urllib.error.HTTPError as error:
        if error.code not in (302, 303):
            raise
    answered = time.perf_counter()
    event = Event.objects.filter(type="post.created", user_id=member.person_id).order_by("-id").values("pk")[:1]
    wait_for(lambda: _is_done(event), QUIET, "the last follower")
    return _Times(((time.perf_counter() - started) * 1000, (answered - started) * 1000))


def _is_done(event: Any) -> bool:
    states = list(Delivery.objects.filter(event__in=event, handler=HANDLER).values_list("state", flat=True))
    return bool(states) and set(states) == {Delivery.State.DONE}


@contextlib.contextmanager
def _workers(env: dict[str, str], *, high: int, bulk: int) -> Iterator[None]:
    with Worker("high,default", env=env, processes=high), Worker("bulk", env=env, processes=bulk):
        time.sleep(0.5)
        yield


def _is_drained() -> bool:
    return not Delivery.objects.filter(state=Delivery.State.DUE, queue__in=["high", "default", "bulk"]).exists()


def _rows_since(since: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM feed_item WHERE created_at >= %s", [since])
        return int(cursor.fetchone()[0])


def _forget_backlog() -> None:
    """What pages wrote while no worker was there."""
    Delivery.objects.filter(state=Delivery.State.DUE).update(state=Delivery.State.DONE, done_at=timezone.now())
