"""What somebody has muted is out of their home feed at once, and the pages stay full."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone
from redis import Redis

from apps.accounts.models import User
from apps.feed import reading, selectors
from apps.graph import services as graph
from apps.kernel.realtime import groups, wire
from apps.posts import services as posts
from apps.posts.models import Audience, Post
from tests import cast
from tests.feed.test_crossing import by_page, by_time

Drain = Callable[[], int]
MakePost = Callable[..., Post]
MakePerson = Callable[..., User]
Commit = Callable[..., AbstractContextManager[object]]


@pytest.mark.django_db
@pytest.mark.parametrize("view", ["ranked", "latest"])
def test_pages_stay_full(
    view: str, alice: User, bob: User, charlie: User, make_post: MakePost, drain: Drain,
    django_capture_on_commit_callbacks: Commit,
) -> None:  # fmt: skip
    """Words, threads and people are left out before the page is cut, and however the order is kept."""
    cast.follow(bob, charlie)
    loud = [make_post(charlie, f"Football {number}") for number in range(12)]
    thread = make_post(alice, "A long talk")
    made = [make_post(alice, f"Number {number}") for number in range(22)]
    drain()
    assert len(by_page(bob, view)) == 35
    with django_capture_on_commit_callbacks(execute=True):
        posts.mute_word(actor=bob, word="football", lasts=None)
        posts.mute_thread(actor=bob, post=thread)
    first = [int(item["id"]) for item in selectors.api_page(bob, view=view)["items"]]
    assert len(first) == 20
    assert sorted(by_page(bob, view)) == sorted(post.pk for post in made)
    assert not {post.pk for post in loud} & {
        item.post_id for item in reading.newer(bob, since=loud[0].created_at, size=99)
    }
    with django_capture_on_commit_callbacks(execute=True):
        posts.unmute_thread(actor=bob, post_id=thread.pk)
    assert thread.pk in by_page(bob, view)


@pytest.mark.django_db
def test_own_posts_are_never_quiet_and_reposts_say_what_they_pass_on(
    alice: User, bob: User, charlie: User, make_post: MakePost, drain: Drain, django_capture_on_commit_callbacks: Commit
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        posts.mute_word(actor=bob, word="football", lasts=None)
    own = make_post(bob, "I play football")
    loud, fine = make_post(charlie, "Football!"), make_post(charlie, "Chess!")
    for original in (loud, fine):
        posts.repost(actor=alice, post=original, audience=Audience.PUBLIC)
    drain()
    assert sorted(by_time(bob)) == sorted([own.pk, fine.pk])
    assert sorted(by_page(bob, "ranked")) == sorted([own.pk, fine.pk])


@pytest.mark.django_db
@pytest.mark.parametrize("is_tagged", [False, True], ids=["of somebody they follow", "of a hashtag they follow"])
@pytest.mark.parametrize("view", ["ranked", "latest"])
def test_what_they_passed_on_themselves_stays_though_the_original_is_quiet(
    view: str, is_tagged: bool, alice: User, bob: User, charlie: User, make_post: MakePost, drain: Drain,
    django_capture_on_commit_callbacks: Commit,
) -> None:  # fmt: skip
    original = make_post(charlie if is_tagged else alice, "Football #quad")
    posts.repost(actor=bob, post=original, audience=Audience.PUBLIC)
    drain()
    with django_capture_on_commit_callbacks(execute=True):
        posts.follow_tag(actor=bob, name="quad")
        posts.mute_word(actor=bob, word="football", lasts=None)
    assert by_page(bob, view) == [original.pk]


@pytest.mark.django_db
def test_a_mute_that_runs_out(
    alice: User, bob: User, make_post: MakePost, drain: Drain, django_capture_on_commit_callbacks: Commit
) -> None:
    made = make_post(alice, "Football")
    drain()
    with django_capture_on_commit_callbacks(execute=True):
        posts.mute_word(actor=bob, word="football", lasts=timedelta(days=1))
    assert by_time(bob) == []
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert by_time(bob) == [made.pk]


@pytest.mark.django_db(transaction=True)
def test_whom_a_new_post_is_told_to(
    alice: User, bob: User, charlie: User, make_person: MakePerson, make_post: MakePost, drain: Drain
) -> None:
    """Nobody who may not see it, who muted its author, a word of it or its thread; of a repost, the original's too."""
    names = ["plain", "muter", "of_the_author", "of_words", "apart"]
    people = {name: make_person(name, password=None) for name in names}
    for person in people.values():
        cast.follow(person, alice)
    graph.mute(actor=people["muter"], target=alice)
    graph.mute(actor=people["of_the_author"], target=charlie)
    graph.block(actor=charlie, target=people["apart"])
    posts.mute_word(actor=people["of_words"], word="football", lasts=None)
    original = make_post(charlie, "Football tonight")
    drain()
    with Redis.from_url(settings.REDIS_URL).pubsub() as listener:  # type: ignore[no-untyped-call]
        listener.subscribe(wire.channel())
        listener.get_message(timeout=2)  # that we listen
        posts.repost(actor=alice, post=original, audience=Audience.PUBLIC)
        drain()
        message = listener.get_message(timeout=5)
    assert message
    to, _payload = wire.unpack(message["data"])
    assert to == [groups.user(person.pk) for person in (bob, people["plain"])]
