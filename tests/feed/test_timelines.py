"""What posts, follows and blocks make of timelines, by way of the outbox."""

import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone

from apps.accounts.models import LastSeen, User
from apps.feed import audit, services
from apps.feed.models import FeedItem, PulledAuthor
from apps.graph import services as graph
from apps.graph.models import Follow
from apps.kernel import outbox
from apps.kernel.outbox.models import Delivery
from apps.posts import services as posts
from apps.posts.models import Audience, Post
from tests import cast

Drain = Callable[[], int]
MakePost = Callable[..., Post]
MakePerson = Callable[..., User]


def readers(post: Post) -> list[str]:
    """Names of those whose timeline holds the post, as often as it does."""
    names = dict(User.objects.values_list("pk", "username"))
    return sorted(names[user] for user in FeedItem.objects.filter(post_id=post.pk).values_list("user_id", flat=True))


def check() -> str:
    out = StringIO()
    call_command("check_feeds", stdout=out)
    return out.getvalue()


def test_a_post_goes_to_its_author_and_followers(
    alice: User, bob: User, charlie: User, dora: User, alices_post: Post, drain: Drain
) -> None:
    drain()
    assert readers(alices_post) == ["alice", "bob"]
    row = FeedItem.objects.get(user_id=bob.pk)
    assert (row.created_at, row.score, row.reason) == (alices_post.created_at, 20, FeedItem.Reason.FOLLOW)
    assert "2 rows, 2 expected, 0 missing, 0 double, 0 stray" in check()


def test_following_one_another_counts_more(alice: User, bob: User, make_post: MakePost, drain: Drain) -> None:
    cast.follow(alice, bob)
    make_post(alice)
    drain()
    assert FeedItem.objects.get(user_id=bob.pk).score == 24
    assert FeedItem.objects.get(user_id=bob.pk).reason == FeedItem.Reason.MUTUAL


def test_campus_posts_stay_on_campus(
    alice: User, bob: User, make_person: MakePerson, southdale: object, make_post: MakePost, drain: Drain
) -> None:
    cast.follow(make_person("erik", university=southdale), alice)
    campus, public = make_post(alice, audience=Audience.CAMPUS), make_post(alice)
    drain()
    assert readers(campus) == ["alice", "bob"]
    assert readers(public) == ["alice", "bob", "erik"]
    assert "0 missing" in check()


def test_whoever_is_away_is_left_out_until_they_return(
    alice: User, bob: User, make_post: MakePost, drain: Drain, bob_client: object
) -> None:
    LastSeen.objects.filter(user=bob).update(at=timezone.now() - timedelta(days=15))
    post = make_post(alice, "While you were away")
    drain()
    assert readers(post) == ["alice"]
    assert "0 missing" in check()
    assert "While you were away" in bob_client.get("/").content.decode()  # type: ignore[attr-defined]
    assert readers(post) == ["alice", "bob"]
    assert LastSeen.objects.get(user=bob).at > timezone.now() - timedelta(minutes=1)
    later = make_post(alice, "Now")
    drain()
    assert readers(later) == ["alice", "bob"]
    assert "0 missing, 0 double" in check()


@override_settings(FEED_CHUNK=3)
def test_many_followers_are_written_in_chunks(
    alice: User, make_person: MakePerson, make_post: MakePost, drain: Drain
) -> None:
    for number in range(10):
        cast.follow(make_person(f"p{number}", password=None), alice)
    drain()
    post = make_post(alice)
    drain()
    assert readers(post) == sorted(["alice", *(f"p{number}" for number in range(10))])
    parts = Delivery.objects.filter(handler="feed.fan_out", part__gt=0)
    assert parts.count() == 3
    assert "11 rows, 11 expected, 0 missing, 0 double, 0 stray" in check()


def test_running_twice_changes_nothing(alice: User, bob: User, alices_post: Post, drain: Drain) -> None:
    drain()
    services.fan_out_post(post_id=alices_post.pk)
    services.sync_post(post_id=alices_post.pk)
    services.sync_follow(follower_id=bob.pk, followee_id=alice.pk)
    outbox.services.replay(Delivery.objects.all())
    drain()
    assert readers(alices_post) == ["alice", "bob"]


def test_deleting_takes_it_away_and_undo_brings_it_back(
    alice: User, bob: User, alices_post: Post, drain: Drain
) -> None:
    posts.delete_post(actor=alice, post=alices_post)
    drain()
    assert readers(alices_post) == []
    posts.restore_post(actor=alice, post=alices_post)
    drain()
    assert readers(alices_post) == ["alice", "bob"]
    posts.delete_post(actor=alice, post=alices_post)
    posts.restore_post(actor=alice, post=alices_post)
    drain()
    assert readers(alices_post) == ["alice", "bob"]


def test_a_follow_brings_the_newest_twenty(alice: User, charlie: User, make_post: MakePost, drain: Drain) -> None:
    made = [make_post(alice, f"Number {number}") for number in range(22)]
    secret = make_post(alice, "For followers", audience=Audience.FOLLOWERS)
    posts.delete_post(actor=alice, post=made[-1])
    drain()
    cast.follow(charlie, alice)
    drain()
    his = set(FeedItem.objects.filter(user_id=charlie.pk).values_list("post_id", flat=True))
    assert his == {secret.pk, *(post.pk for post in made[2:21])}
    assert "0 missing, 0 double, 0 stray" in check()


def test_unfollowing_takes_them_away(
    alice: User, bob: User, alices_post: Post, make_post: MakePost, drain: Drain
) -> None:
    own = make_post(bob)
    drain()
    graph.unfollow(actor=bob, target=alice)
    drain()
    assert readers(alices_post) == ["alice"]
    assert readers(own) == ["bob"]
    graph.follow(actor=bob, target=alice)
    graph.unfollow(actor=bob, target=alice)
    graph.follow(actor=bob, target=alice)
    drain()
    assert readers(alices_post) == ["alice", "bob"]


def test_a_block_parts_both(alice: User, bob: User, alices_post: Post, make_post: MakePost, drain: Drain) -> None:
    cast.follow(alice, bob)
    his = make_post(bob)
    drain()
    assert readers(his) == ["alice", "bob"]
    graph.block(actor=bob, target=alice)
    drain()
    assert (readers(alices_post), readers(his)) == (["alice"], ["bob"])
    graph.unblock(actor=bob, target=alice)
    drain()
    assert (readers(alices_post), readers(his)) == (["alice"], ["bob"])


def test_a_post_older_than_the_horizon_is_not_written(alice: User, alices_post: Post, drain: Drain) -> None:
    Post.objects.update(created_at=timezone.now() - timedelta(days=20))
    drain()
    assert not FeedItem.objects.exists()
    assert "0 rows, 0 expected" in check()


@pytest.mark.django_db(transaction=True)
def test_follows_and_posts_at_once_neither_lose_nor_double(alice: User, make_person: MakePerson, drain: Drain) -> None:
    people = [make_person(f"p{number}", password=None) for number in range(16)]

    def act(number: int) -> None:
        try:
            person = people[number]
            for turn in range(3):
                if number % 2:
                    graph.follow(actor=person, target=alice)
                    if turn < 2:
                        graph.unfollow(actor=person, target=alice)
                elif number < 8:
                    posts.create_post(actor=alice, body=f"{number} {turn}", audience=0, key=uuid.uuid4())
                outbox.drain()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(16)))
    drain()
    assert not Delivery.objects.exclude(state=Delivery.State.DONE).exists()
    found = audit.figures()
    assert (found.missing, found.double, found.stray) == (0, 0, 0)
    expected = Post.objects.count() * (Follow.objects.filter(followee=alice).count() + 1)
    assert FeedItem.objects.count() == expected == 12 * 9


@pytest.mark.django_db(transaction=True)
def test_a_back_fill_waits_for_a_fan_out_of_the_same_author(
    alice: User, bob: User, make_post: MakePost, drain: Drain
) -> None:
    """Else neither would see the row of the other, and both would write it."""
    drain()
    post = make_post(alice)

    def back_fill() -> None:
        try:
            services.sync_follow(follower_id=bob.pk, followee_id=alice.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            services.fan_out_post(post_id=post.pk)
            waiting = pool.submit(back_fill)
            time.sleep(0.3)
            assert not waiting.done()
        waiting.result(timeout=60)
    assert readers(post) == ["alice", "bob"]


@override_settings(FEED_PULL_FOLLOWERS=2)
def test_crossing_the_line_loses_and_doubles_nothing(
    alice: User, bob: User, charlie: User, make_post: MakePost, drain: Drain, bob_client: object
) -> None:
    def home() -> list[str]:
        page = bob_client.get("/?view=latest").content.decode()  # type: ignore[attr-defined]
        return [
            name for name in ("below", "above", "again", "after") for _hit in range(page.count(f'<p dir="auto">{name}'))
        ]

    make_post(alice, "below the line")
    drain()
    assert home() == ["below"]
    cast.follow(charlie, alice)
    make_post(alice, "above the line")
    drain()
    assert PulledAuthor.objects.get().author_id == alice.pk
    assert home() == ["below", "above"]
    graph.unfollow(actor=charlie, target=alice)
    make_post(alice, "again below")
    drain()
    assert home() == ["below", "above", "again"]
    ranked = bob_client.get("/?view=ranked").content.decode()  # type: ignore[attr-defined]
    assert ranked.count("data-entry") == 3
    PulledAuthor.objects.update(last_post_at=timezone.now() - timedelta(days=9))
    services.ensure_partitions()
    assert not PulledAuthor.objects.exists()


def test_check_feeds_finds_what_is_wrong_and_rebuild_mends_it(
    alice: User, bob: User, charlie: User, alices_post: Post, make_post: MakePost, drain: Drain
) -> None:
    other = make_post(alice, "another")
    drain()
    FeedItem.objects.filter(user_id=bob.pk, post_id=other.pk).delete()
    row = {"post_id": alices_post.pk, "created_at": alices_post.created_at}
    FeedItem.objects.bulk_create([FeedItem(user_id=bob.pk, **row), FeedItem(user_id=charlie.pk, **row)])
    with pytest.raises(CommandError, match="1 missing, 1 double, 1 stray"):
        check()
    call_command("rebuild_feeds", stdout=StringIO())
    assert "4 rows, 4 expected, 0 missing, 0 double, 0 stray" in check()


def test_rebuilding_one_timeline(bob: User, alices_post: Post) -> None:
    out = StringIO()
    call_command("rebuild_feeds", "--person", "bob", stdout=out)
    assert out.getvalue() == "1 rows written\n"
    assert readers(alices_post) == ["bob"]
    with pytest.raises(CommandError, match="nobody called zoe"):
        call_command("rebuild_feeds", "--person", "zoe")
