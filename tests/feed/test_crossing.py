"""The line between authors who are written to their followers and authors who are pulled (FE1): wherever it lies, and
however it moves while people post, follow, leave and return, nothing is lost and nothing stands twice.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
import time_machine
from django.conf import UserSettingsHolder, settings
from django.db import connection, transaction
from django.db.models import F
from django.test import override_settings
from django.utils import timezone

from apps.accounts.models import LastSeen, User
from apps.feed import audit, partitions, reading, rows, selectors, services
from apps.feed.models import FeedItem, PulledAuthor
from apps.graph import services as graph
from apps.graph.models import Circle, Follow
from apps.kernel import outbox
from apps.kernel.errors import AppError
from apps.kernel.ids import snowflake
from apps.kernel.outbox import claims, relay
from apps.kernel.outbox.models import Delivery
from apps.posts import services as posts
from apps.posts.events import PostCreated, PostUpdated
from apps.posts.models import Audience, Post
from tests import cast

Drain = Callable[[], int]
MakePerson = Callable[..., User]
NEVER = 10**9


@pytest.fixture(autouse=True)
def line_put_back() -> Iterator[None]:
    """Where it was, wherever a test has moved it."""
    with override_settings(FEED_PULL_FOLLOWERS=NEVER):
        yield


def move_line(followers: int) -> None:
    held = vars(settings)["_wrapped"]
    assert isinstance(held, UserSettingsHolder), "it would stay moved for all other tests"
    settings.FEED_PULL_FOLLOWERS = followers


def write(author: User, at: datetime, audience: int = Audience.PUBLIC, **fields: object) -> Post:
    """A post of that time, announced like any other."""
    with transaction.atomic():
        post = Post(
            pk=snowflake(int(at.timestamp() * 1000)), author=author, university_id=author.university_id,
            audience=audience, body="" if "repost_of" in fields else "Hello", created_at=at, **fields,
        )  # fmt: skip
        Post.objects.bulk_create([post])
        Post.objects.filter(pk=post.repost_of_id or 0).update(repost_count=F("repost_count") + 1)
        outbox.publish(PostCreated(post_id=post.pk, author_id=author.pk), actor_id=author.pk)
    return post


def narrow(post: Post, audience: int) -> None:
    with transaction.atomic():
        Post.objects.filter(pk=post.pk).update(audience=audience, circle=None)
        event = PostUpdated(post_id=post.pk, author_id=post.author_id, is_text=False, is_audience=True)
        outbox.publish(event, actor_id=post.author_id)


def expected(reader: User) -> set[int]:
    """What stands in a list of everything: visible posts of themselves and whom they follow, and what those pass on."""
    authors = {reader.pk, *Follow.objects.filter(follower=reader).values_list("followee_id", flat=True)}
    shown = Post.objects.visible_to(reader).filter(author__in=authors).values_list("pk", "repost_of")
    return {original or pk for pk, original in shown}


def by_time(reader: User, size: int = 4) -> list[int]:
    """What each page of the latest view holds, as originals."""
    roots: list[int] = []
    before, before_id, seen = timezone.now(), 2**63 - 1, set[int]()
    while True:
        page = reading.latest(reader, before=before, before_id=before_id, size=size, seen=seen)
        roots += [item.root for item in page]
        seen |= reading.marks_of(item for item in page if item.root != item.post_id)
        if len(page) < size:
            return roots
        before, before_id = page[-1].at, page[-1].post_id


def by_page(reader: User, view: str) -> list[int]:
    """What each page of the home feed holds, as originals."""
    found: list[int] = []
    cursor = ""
    while True:
        page = selectors.api_page(reader, view=view, cursor=cursor)
        found += [int(item["id"]) for item in page["items"]]
        if not page["next"]:
            break
        cursor = page["next"]
    originals = dict(Post.objects.filter(pk__in=found).values_list("pk", "repost_of"))
    return [originals[pk] or pk for pk in found]


def require_right(people: Iterable[User]) -> None:
    """No row missing, double or stray, though every post were younger than the follow; and the lists are complete."""
    Follow.objects.update(created_at=timezone.now() - timedelta(days=60))
    found = audit.figures()
    assert (found.missing, found.double, found.stray) == (0, 0, 0)
    for reader in people:
        wanted = expected(reader)
        for shown in (by_time(reader), by_page(reader, "latest"), by_page(reader, "ranked")):
            assert len(shown) == len(set(shown)), reader
            assert set(shown) == wanted, reader


def slowly(draw: random.Random) -> None:
    """One delivery as a worker runs it, committed a little late: others act while its rows cannot be seen yet."""
    claimed = claims.claim(draw.choice(["high", "high", "high", "bulk", "default"]))
    claims.release(claimed[1:])
    for delivery in claimed[:1]:
        with transaction.atomic():
            relay.run(delivery)
            time.sleep(draw.random() * 0.05)


class Campus:
    """Everybody does something, all at once. At most 18 posts an author, so that a back-fill brings all of them."""

    def __init__(self, authors: list[User], readers: list[User], circle: Circle, seed: int) -> None:
        self.authors, self.readers, self.circle, self.seed = authors, readers, circle, seed
        self.now = timezone.now()

    def run(self, turns: int) -> None:
        roles = [self.post, self.post, self.follow, self.follow, self.change, self.move, self.leave]

        def act(number: int) -> None:
            draw = random.Random(self.seed * 100 + number)
            try:
                for _turn in range(turns):
                    with suppress(AppError):  # what somebody else has made impossible just now
                        roles[number](draw)
                    for _delivery in range(draw.randrange(6)):
                        slowly(draw)
            finally:
                connection.close()

        with ThreadPoolExecutor(len(roles)) as pool:
            list(pool.map(act, range(len(roles))))

    def post(self, draw: random.Random) -> None:
        author, at = draw.choice(self.authors), self.now - timedelta(days=draw.random() * 7)
        if author.posts.count() > 17:
            return
        kind = draw.random()
        if kind < 0.25:
            original = draw.choice([*Post.objects.filter(audience=0, repost_of=None).exclude(author=author), None])
            if original and not author.posts.filter(repost_of=original).exists():
                write(author, at, repost_of=original)
        elif kind < 0.4:
            write(author, at, Audience.CIRCLE, circle=self.circle if author == self.circle.owner else None)
        else:
            write(author, at, draw.choice([Audience.PUBLIC, Audience.CAMPUS, Audience.FOLLOWERS]))

    def follow(self, draw: random.Random) -> None:
        reader, author = draw.choice(self.readers), draw.choice(self.authors)
        if draw.random() < 0.35:
            graph.unfollow(actor=reader, target=author)
        elif draw.random() < 0.9:
            graph.follow(actor=reader, target=author)
        else:
            graph.block(actor=reader, target=author)
            graph.unblock(actor=reader, target=author)

    def change(self, draw: random.Random) -> None:
        post = draw.choice([*Post.objects.filter(deleted_at=None), None])
        kind = draw.random()
        if kind < 0.3 and post is not None:
            posts.delete_post(actor=post.author, post=post)
            if draw.random() < 0.6:
                outbox.drain() if draw.random() < 0.5 else None
                posts.restore_post(actor=post.author, post=post)
        elif kind < 0.6 and post is not None and not post.repost_of_id:
            narrow(post, draw.choice([Audience.FOLLOWERS, Audience.ONLY_ME]))
        else:
            some = draw.sample([person.pk for person in self.readers], 3)
            graph.set_circle_members(actor=self.circle.owner, circle=self.circle, people=some)

    def move(self, draw: random.Random) -> None:
        move_line(draw.choice([1, 3, 5, 7, NEVER]))

    def leave(self, draw: random.Random) -> None:
        """Away for a fortnight, posts come, and back again."""
        reader = draw.choice(self.readers)
        LastSeen.objects.filter(user=reader).update(at=self.now - timedelta(days=20))
        outbox.drain() if draw.random() < 0.5 else time.sleep(0.01)
        services.arrive(actor=User.objects.select_related("last_seen").get(pk=reader.pk))


@pytest.fixture
def days_are_kept() -> Iterator[None]:
    """For the tests that come after one in which days went by."""
    yield
    partitions._known.clear()
    partitions.ensure()
    last = timezone.now().date() + timedelta(days=partitions.AHEAD)
    for day in partitions.days():
        if day > last:
            partitions._drop(day)


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch, settings: object) -> None:
    """Nobody is told to slow down."""
    settings.RATELIMIT_ENABLE = False  # type: ignore[attr-defined]


@pytest.mark.usefixtures("unlimited", "transactional_db", "days_are_kept")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_happens_at_once(seed: int, make_person: MakePerson, southdale: object, drain: Drain) -> None:
    authors = [make_person(f"author{number}", password=None) for number in range(3)]
    readers = [make_person(f"reader{number}", password=None) for number in range(7)]
    readers.append(make_person("far", password=None, university=southdale))
    for reader in readers:
        cast.follow(reader, authors[0])
    circle = graph.create_circle(actor=authors[0], name="Choir")
    drain()
    Campus(authors, readers, circle, seed).run(20)
    while Delivery.objects.filter(state=Delivery.State.DUE).exists():  # what met a lock is tried again after a while
        Delivery.objects.filter(state=Delivery.State.DUE).update(next_at=timezone.now())
        drain()
    assert not Delivery.objects.exclude(state=Delivery.State.DONE).exists()
    for reader in readers:
        services.arrive(actor=User.objects.select_related("last_seen").get(pk=reader.pk))
    require_right([*authors, *readers])
    # Time passes, notes are forgotten: what was written while an author was below the line is there all the same.
    now = timezone.now()
    for days in (1, 3, 6):
        with time_machine.travel(now + timedelta(days=days)):
            LastSeen.objects.update(at=timezone.now())
            services.ensure_partitions()
            require_right([*authors, *readers])


@pytest.mark.django_db
def test_a_follow_brings_what_was_written_below_the_line(
    alice: User, bob: User, charlie: User, make_person: MakePerson, drain: Drain
) -> None:
    """Alice was large and is not any more: whoever follows her now keeps her later posts when the note is gone."""
    now = timezone.now()
    move_line(1)
    write(alice, now - timedelta(days=6))
    drain()
    move_line(NEVER)
    later = write(alice, now - timedelta(days=2))
    drain()
    cast.follow(charlie, alice)
    drain()
    assert PulledAuthor.objects.get().author_id == alice.pk
    assert FeedItem.objects.filter(user_id=charlie.pk).values_list("post_id", flat=True).get() == later.pk
    require_right([alice, bob, charlie])
    with time_machine.travel(now + timedelta(days=4)):
        LastSeen.objects.update(at=timezone.now())
        services.ensure_partitions()
        assert not PulledAuthor.objects.exists()
        require_right([alice, bob, charlie])


@pytest.mark.django_db
def test_a_late_fan_out_does_not_take_the_note_back(alice: User, bob: User, drain: Drain) -> None:
    drain()
    now = timezone.now()
    move_line(1)
    write(alice, now - timedelta(days=1))
    drain()
    write(alice, now - timedelta(days=3))  # its event comes late
    drain()
    assert PulledAuthor.objects.get().last_post_at == now - timedelta(days=1)
    assert not FeedItem.objects.exclude(user_id=alice.pk).exists()
    rows.note_pulled(author_id=alice.pk, created_at=now - timedelta(days=3))  # as of two workers at once
    assert PulledAuthor.objects.get().last_post_at == now - timedelta(days=1)
    require_right([bob])


@pytest.mark.django_db
@pytest.mark.parametrize("line", [1, NEVER])
def test_the_line_does_not_change_what_is_shown_or_why(
    line: int, alice: User, bob: User, charlie: User, drain: Drain
) -> None:
    move_line(line)
    cast.follow(alice, bob)
    now = timezone.now()
    original = write(charlie, now - timedelta(hours=3))
    made = [write(alice, now - timedelta(hours=2)), write(alice, now - timedelta(hours=1), repost_of=original)]
    drain()
    found = {item.post_id: (item.reason, item.root) for item in reading.rank(bob, timezone.now()).posts}
    assert found == {
        made[0].pk: (FeedItem.Reason.MUTUAL, made[0].pk),
        made[1].pk: (FeedItem.Reason.REPOST, original.pk),
    }
    fresh = reading.newer(bob, since=now - timedelta(days=1), size=20)
    assert {item.post_id: (item.reason, item.root) for item in fresh} == found


@pytest.mark.django_db
@pytest.mark.parametrize("view", ["ranked", "latest"])
def test_a_large_author_may_post_a_lot(view: str, alice: User, bob: User, charlie: User, drain: Drain) -> None:
    """The ranking takes the newest of each; the others follow by time."""
    move_line(1)
    cast.follow(bob, charlie)
    now = timezone.now()
    for number in range(60):
        write(alice, now - timedelta(hours=number))
        write(charlie, now - timedelta(hours=2 * number))
    drain()
    shown = by_page(bob, view)
    assert len(shown) == len(set(shown)) == 120


@pytest.mark.django_db(transaction=True)
def test_a_return_waits_for_a_fan_out_and_is_waited_for(alice: User, bob: User, drain: Drain) -> None:
    drain()
    LastSeen.objects.filter(user=bob).update(at=timezone.now() - timedelta(days=20))
    bob = User.objects.select_related("last_seen").get(pk=bob.pk)
    post = write(alice, timezone.now())

    def come_back() -> None:
        try:
            services.arrive(actor=bob)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            services.fan_out_post(post_id=post.pk)
            waiting = pool.submit(come_back)
            time.sleep(0.3)
            assert not waiting.done()
        waiting.result(timeout=60)
    assert FeedItem.objects.filter(user_id=bob.pk, post_id=post.pk).count() == 1
    require_right([bob])


@pytest.mark.django_db(transaction=True)
def test_whoever_cannot_be_given_their_timeline_is_given_it_next_time(alice: User, bob: User, drain: Drain) -> None:
    """A lock that is held for too long turns no page into an error, and leaves nobody present with holes."""
    drain()
    write(alice, timezone.now())
    LastSeen.objects.filter(user=bob).update(at=timezone.now() - timedelta(days=20))
    drain()
    bob = User.objects.select_related("last_seen").get(pk=bob.pk)

    def come_back() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '300ms'")
            services.arrive(actor=bob)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        services.sync_follow(follower_id=bob.pk, followee_id=alice.pk)  # holds alice for as long as we like
        pool.submit(come_back).result(timeout=60)
    assert not FeedItem.objects.filter(user_id=bob.pk).exists()
    services.arrive(actor=bob)
    assert FeedItem.objects.filter(user_id=bob.pk).count() == 1
