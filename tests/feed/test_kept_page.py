"""A first page is kept for a minute (FE8), and is never another than the one that would be made now."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.feed import services as feed
from apps.feed import state
from apps.graph import services as graph
from apps.kernel import cache as kept_answers
from apps.kernel import outbox
from apps.posts import services as posts
from apps.posts.content import Extras, PollPlan
from apps.posts.drafts import Content
from apps.posts.models import Audience, Feeling, Post
from tests import cast
from tests.conftest import client_of
from tests.feed.conftest import cards

pytestmark = pytest.mark.django_db(transaction=True)

# Tokens of forms, the key of the composer, moments that go on, and the mark of the first card.
OWN_EACH_TIME = re.compile(
    r"[A-Za-z0-9]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|data-since=\"[^\"]*\"|cursor=[^\"&]*"
    r"|<span data-here=\"[^\"]*\" hidden></span>"
)
CARD = re.compile(r"<article.*?</article>", re.DOTALL)


def same(html: str) -> list[str]:
    """The frame, and the cards in any order: that of the ranking may be as old as a minute, and always was."""
    html = OWN_EACH_TIME.sub("", html)
    cards_in_order = sorted(CARD.findall(html))
    return [*CARD.sub("", html).splitlines(), *"\n".join(cards_in_order).splitlines()]


class World:
    """bob follows alice and erik; erik passed on what hana wrote; each has written something."""

    def __init__(self, alice: User, bob: User, make_post: Callable[..., Post]) -> None:
        self.alice, self.bob, self.write = alice, bob, make_post
        self.erik, self.hana = cast.make_person("erik", name="Erik Eide"), cast.make_person("hana")
        self.root = cast.make_person("ruth", is_staff=True, is_superuser=True)
        graph.follow(actor=bob, target=self.erik)
        self.post, self.other = make_post(alice, "About #seminars"), make_post(alice, "About tea")
        self.hanas, self.boosted = make_post(self.hana, "Rowing"), make_post(self.hana, "Everybody should know")
        self.repost = posts.repost(actor=self.erik, post=self.hanas, audience=Audience.PUBLIC)
        outbox.drain()
        self.client = client_of(bob)

    def look(self) -> str:
        return str(self.client.get("/").text)


@pytest.fixture
def world(alice: User, bob: User, make_post: Callable[..., Post]) -> World:
    made = World(alice, bob, make_post)
    for _look in range(3):  # until everything around the posts is kept as well
        made.look()
    return made


def test_it_costs_two_queries_and_the_session(world: World, django_assert_num_queries: Callable[..., Any]) -> None:
    first = world.look()
    with django_assert_num_queries(3):  # who it is; the rows of the posts; what has come since
        second = world.look()
    assert same(second) == same(first)
    assert cards(second) == [world.hanas.pk, world.other.pk, world.post.pk]


def test_each_copy_has_a_token_and_a_key_of_its_own(world: World) -> None:
    """The form of a copy is taken, once for each copy."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.bob)
    seen = []
    for turn in range(3):
        html = client.get("/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w{64})"', html)[1]  # type: ignore[index]
        key = re.search(r'name="key" value="([0-9a-f-]{36})"', html)[1]  # type: ignore[index]
        seen.append((token, key))
        if turn:
            sent = {"csrfmiddlewaretoken": token, "key": key, "body": f"Turn {turn}", "audience": "0"}
            assert client.post("/posts/", sent).status_code == 302
    assert len({token for token, _key in seen}) == len({key for _token, key in seen}) == 3
    assert Post.objects.filter(author=world.bob).count() == 2


ACTS: dict[str, Callable[[World], object]] = {
    "a reaction of somebody": lambda w: posts.react(actor=w.erik, post=w.post, feeling=Feeling.LIKE),
    "their own reaction": lambda w: posts.react(actor=w.bob, post=w.post, feeling=Feeling.LIKE),
    "a comment": lambda w: posts.add_comment(actor=w.erik, post=w.post, body="Yes", parent=None, key=uuid.uuid4()),
    "saved": lambda w: posts.save_post(actor=w.bob, post=w.post),
    "deleted": lambda w: posts.delete_post(actor=w.alice, post=w.post),
    "narrowed": lambda w: Post.objects.filter(pk=w.post.pk).update(audience=Audience.ONLY_ME),
    "hidden": lambda w: Post.objects.filter(pk=w.post.pk).update(hidden_at=timezone.now()),
    "what is passed on is hidden": lambda w: Post.objects.filter(pk=w.hanas.pk).update(hidden_at=timezone.now()),
    "passed on no more": lambda w: posts.unrepost(actor=w.erik, post=w.hanas),
    "the author's name": lambda w: User.objects.filter(pk=w.alice.pk).update(name="Alice Anders"),
    "the author is gone": lambda w: accounts.set_active(actor=None, person=w.alice, active=False),
    "their own name": lambda w: User.objects.filter(pk=w.bob.pk).update(name="Robert"),
    "blocked by": lambda w: graph.block(actor=w.alice, target=w.bob),
    "blocking": lambda w: graph.block(actor=w.bob, target=w.erik),
    "unfollowed": lambda w: graph.unfollow(actor=w.bob, target=w.alice),
    "muted": lambda w: graph.mute(actor=w.bob, target=w.alice),
    "a word muted": lambda w: posts.mute_word(actor=w.bob, word="tea", lasts=None),
    "a thread muted": lambda w: posts.mute_thread(actor=w.bob, post=w.post),
    "less of it": lambda w: feed.less_like(actor=w.bob, post=w.post),
    "a newer post": lambda w: w.write(w.alice, "Just now"),
    "their own post": lambda w: w.write(w.bob, "Mine"),
    "another order": lambda w: state.keep_view(actor=w.bob, view="latest"),
    "another clock": lambda w: accounts.set_time_zone(actor=w.bob, name="Asia/Tokyo"),
    "a draft": lambda w: posts.save_draft(
        actor=w.bob, draft_id=uuid.uuid4(), content=Content(body="Later"), revision=0
    ),
    "a boost": lambda w: posts.start_boost(actor=w.root, post=w.boosted, reason="Read this", days=1),
}


COMES_LATER = {"a newer post", "unfollowed"}  # a worker brings it, within seconds


@pytest.mark.parametrize("act", ACTS)
def test_it_is_as_if_made_anew(act: str, world: World) -> None:
    """What changes anything on it is on the very next page: kept or not, it is the page that is made from nothing."""
    before = same(world.look())
    ACTS[act](world)
    at_once = same(world.look())
    outbox.drain()
    settled = same(world.look())
    cache.clear()
    kept_answers._local.clear()
    assert settled == same(world.look())
    assert settled != before
    assert at_once == settled or act in COMES_LATER


def test_a_poll_closes_on_time(world: World) -> None:
    plan = PollPlan(options=("Yes", "No"), hours=1)
    world.write(world.alice, "Ask", extras=Extras(poll=plan))
    outbox.drain()
    with time_machine.travel(timezone.now() + timedelta(minutes=59, seconds=50)) as clock:
        for _look in range(3):
            assert "is-closed" not in world.look()
        clock.shift(timedelta(seconds=12))
        assert "is-closed" in world.look()


def test_another_look_is_another_page(world: World) -> None:
    assert 'data-theme="dark"' not in world.look()
    world.client.cookies["theme"] = "dark"
    assert 'data-theme="dark"' in world.look()


def test_what_is_said_once_is_said_once(world: World) -> None:
    """The message after a write without scripts stands on the next page, and on no later one."""
    mine = world.write(world.bob, "Mine")
    world.look()
    said = world.client.post(f"/posts/{mine.pk}/delete/", {}, follow=True, headers={"Referer": "http://testserver/"})
    assert "sheet-notes" in said.text
    assert "sheet-notes" not in world.look()
    assert "sheet-notes" not in world.look()


def test_a_page_further_on_is_none_of_what_is_kept(world: World) -> None:
    for number in range(25):
        world.write(world.alice, f"Number {number}")
    outbox.drain()
    first = world.look()
    onward = re.search(r'cursor=([^"&]+)', first)[1]  # type: ignore[index]
    for _look in range(2):
        assert not set(cards(world.client.get(f"/?cursor={onward}").text)) & set(cards(world.look()))


def test_nobody_gets_anothers(world: World) -> None:
    """The name of the page has the person in it, whatever else is the same."""
    assert 'data-member="bob"' in world.look()
    for _look in range(2):
        assert 'data-member="erik"' in client_of(world.erik).get("/").text


def test_a_second_who_passes_it_on_is_named(world: World) -> None:
    posts.repost(actor=world.alice, post=world.hanas, audience=Audience.PUBLIC)
    outbox.drain()
    assert "passed it on" in world.look()
    posts.unrepost(actor=world.alice, post=world.hanas)
    assert "passed it on" not in world.look()


def test_it_is_made_anew_after_a_minute(world: World, django_assert_max_num_queries: Callable[..., Any]) -> None:
    with django_assert_max_num_queries(3):
        world.look()
    with time_machine.travel(timezone.now() + timedelta(seconds=61)), CaptureQueriesContext(connection) as asked:
        world.look()
    assert len(asked) > 3
