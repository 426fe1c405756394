"""The home feed: what stands in it, in which order, page after page."""

import json
import re
import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from math import log

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from redis import Redis

from apps.accounts.models import University, User
from apps.feed import ranking, reading, selectors, services
from apps.graph import services as graph
from apps.kernel.realtime import groups, wire
from apps.posts import services as posts
from apps.posts.models import Audience, Post, Reaction
from tests import cast
from tests.conftest import client_of

Drain = Callable[[], int]
MakePost = Callable[..., Post]


def ids(cards: Sequence[str]) -> list[int]:
    return [int(re.search(r'id="post-(\d+)"', card)[1]) for card in cards]  # type: ignore[index]


def aged(post: Post, **age: float) -> Post:
    """Moves a post back in time, before anything was fanned out."""
    Post.objects.filter(pk=post.pk).update(created_at=timezone.now() - timedelta(**age))
    return post


def every_page(person: User, view: str, between: Callable[[], object] = lambda: None) -> list[list[int]]:
    pages, cursor = [], ""
    while True:
        page = selectors.home_page(person, view=view, cursor=cursor)
        pages.append(ids(page.cards))
        if not page.next:
            return pages
        cursor = page.next
        between()


def test_the_formula(alice: User, bob: User, make_post: MakePost, drain: Drain) -> None:
    """Recency 35, relevance 20, engagement 25, relationship 20 (ranking.py)."""
    fresh, liked, old = make_post(alice, "fresh"), make_post(alice, "liked"), make_post(alice, "old")
    aged(fresh, minutes=1)
    aged(liked, days=3.5)
    aged(old, days=6.9)
    Post.objects.filter(pk=liked.pk).update(reaction_count=100, comment_count=30)
    drain()
    rows = "feed_item i JOIN posts_post p ON p.id = i.post_id LEFT JOIN posts_post o ON o.id = p.repost_of_id"
    sql = f"SELECT p.id, i.score + {ranking.AT_READ} FROM {rows} WHERE i.user_id = %(me)s"
    with connection.cursor() as cursor:
        cursor.execute(sql, {"me": bob.pk, "as_of": timezone.now()})
        scores = dict(cursor.fetchall())
    assert scores[fresh.pk] == pytest.approx(20 + 35, abs=0.1)
    assert scores[liked.pk] == pytest.approx(20 + 17.5 + 25 * log(161) / 8, abs=0.1)
    assert scores[old.pk] == pytest.approx(20 + 0.5, abs=0.1)
    assert ids(selectors.home_page(bob).cards) == [fresh.pk, liked.pk, old.pk]


def test_many_likes_go_above_newer(alice: User, bob: User, make_post: MakePost, drain: Drain) -> None:
    newer, loved = make_post(alice), make_post(alice)
    aged(loved, days=1)
    Post.objects.filter(pk=loved.pk).update(reaction_count=500)
    drain()
    assert ids(selectors.home_page(bob).cards) == [loved.pk, newer.pk]
    assert ids(selectors.home_page(bob, view="latest").cards) == [newer.pk, loved.pk]


def test_own_campus_goes_above_another(
    alice: User, bob: User, southdale: University, make_person: Callable[..., User], make_post: MakePost, drain: Drain
) -> None:
    erik = make_person("erik", university=southdale)
    cast.follow(bob, erik)
    near, far = aged(make_post(alice), minutes=5), aged(make_post(erik), minutes=1)
    drain()
    assert ids(selectors.home_page(bob).cards) == [near.pk, far.pk]


def test_new_posts_stand_above_the_order_that_is_kept(
    alice: User, bob: User, make_post: MakePost, drain: Drain
) -> None:
    first = make_post(alice)
    drain()
    assert ids(selectors.home_page(bob).cards) == [first.pk]
    own, second = make_post(bob), make_post(alice)  # own: seen before any worker ran
    assert ids(selectors.home_page(bob).cards) == [own.pk, first.pk]
    drain()
    assert ids(selectors.home_page(bob).cards) == [second.pk, own.pk, first.pk]


def test_everything_else_is_live_though_the_order_is_kept(
    alice: User, bob: User, charlie: User, make_post: MakePost, drain: Drain,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:  # fmt: skip
    cast.follow(bob, charlie)
    deleted, secret, _blocked, kept = (
        make_post(alice), make_post(alice, audience=Audience.FOLLOWERS), make_post(charlie), make_post(alice),
    )  # fmt: skip
    drain()
    assert len(selectors.home_page(bob).cards) == 4
    posts.delete_post(actor=alice, post=deleted)
    graph.block(actor=charlie, target=bob)
    Reaction.objects.create(person=bob, post=kept)
    Post.objects.filter(pk=kept.pk).update(reaction_count=9)
    page = selectors.home_page(bob)
    assert set(ids(page.cards)) == {secret.pk, kept.pk}
    assert any('aria-pressed="true"' in card and ">9</span>" in card for card in page.cards)
    graph.unfollow(actor=bob, target=alice)
    assert ids(selectors.home_page(bob).cards) == [kept.pk]
    with django_capture_on_commit_callbacks(execute=True):
        drain()
    assert ids(selectors.home_page(bob).cards) == []


def test_an_empty_feed_says_what_to_do(charlie_client: Client) -> None:
    page = charlie_client.get("/").content.decode()
    assert "Nothing here yet" in page


@pytest.mark.parametrize("view", ["ranked", "latest"])
def test_every_post_is_on_one_page(
    view: str, alice: User, bob: User, charlie: User, make_post: MakePost, drain: Drain
) -> None:
    """Whatever is liked, written or deleted between two pages, and past the end of the timeline."""
    cast.follow(bob, charlie)
    made = [make_post((alice, charlie)[number % 2], f"Number {number}") for number in range(44)]
    for number, post in enumerate(made):
        aged(post, days=number / 3)  # up to 14 days: the timeline ends at 8, the ranking at 7
    drain()
    gone: list[int] = []

    def between() -> None:
        for post in made[:: 3 + len(gone)]:
            Post.objects.filter(pk=post.pk).update(reaction_count=post.pk % 997)
        make_post(alice, "Meanwhile")
        drain()
        cache.clear()
        posts.delete_post(actor=made[-1 - len(gone)].author, post=made[-1 - len(gone)])
        gone.append(made[-1 - len(gone)].pk)

    pages = every_page(bob, view, between)
    shown = [post_id for page in pages for post_id in page]
    assert len(shown) == len(set(shown))
    assert set(shown) == {post.pk for post in made} - set(gone)
    assert [len(page) for page in pages[:2]] == [20, 20]


def test_more_candidates_than_are_ranked(
    alice: User, bob: User, make_post: MakePost, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_RANKED", reading._RANKED.replace("300", "25"))
    made = [Post(author=alice, audience=0, body=f"N{number}", body_html=f"<p>N{number}</p>") for number in range(60)]
    Post.objects.bulk_create(made)
    for number, post in enumerate(made):
        aged(post, hours=number)
    own = aged(make_post(bob), hours=50)  # ranked though it is older than what is cut off
    services.rebuild_timelines(first=bob.pk, last=bob.pk)
    shown = [post_id for page in every_page(bob, "ranked") for post_id in page]
    assert len(shown) == len(set(shown)) == 61
    assert own.pk in shown[:40]


def test_the_way_on_without_javascript(alice: User, bob_client: Client, make_post: MakePost, drain: Drain) -> None:
    made = [make_post(alice, f"Number {number}").pk for number in range(25)]
    drain()
    first = bob_client.get("/?view=latest").content.decode()
    link = re.search(r'href="/(\?cursor=[^"]+)"', first)
    assert link
    second = bob_client.get("/" + link[1]).content.decode()
    fragment = bob_client.get("/feed/page/" + link[1], headers={"HX-Request": "true"}).content.decode()
    for page in (second, fragment):
        assert [pk for pk in made if f'id="post-{pk}"' in page] == made[:5]
    assert "<html" not in fragment
    response = bob_client.get("/feed/page/" + link[1])
    assert (response.status_code, response["Location"]) == (302, "/" + link[1])


@pytest.mark.parametrize("cursor", ["x", "a:b", "é", "A" * 5000, "%00"])
@pytest.mark.parametrize("path", ["/", "/feed/page/", "/api/feed", "/explore/"])
def test_a_bad_cursor_is_told(path: str, cursor: str, bob_client: Client) -> None:
    response = bob_client.get(path, {"cursor": cursor}, headers={"HX-Request": "true"})
    assert response.status_code == 400


def test_a_cursor_of_another_list_is_told(alice: User, bob_client: Client, make_post: MakePost) -> None:
    for number in range(21):
        make_post(alice, f"Number {number}")
    link = re.search(r"cursor=([^\"&]+)", bob_client.get("/explore/").content.decode())
    assert link
    assert bob_client.get(f"/?cursor={link[1]}").status_code == 400


@pytest.mark.parametrize("view", ["ranked", "latest"])
def test_query_count_is_flat(
    view: str, alice: User, bob: User, bob_client: Client, make_post: MakePost, drain: Drain,
    django_assert_max_num_queries: Callable[..., AbstractContextManager[object]],
) -> None:  # fmt: skip
    for count in (1, 25):
        while Post.objects.count() < count:
            make_post(alice, f"Number {Post.objects.count()}")
        drain()
        for queries in (4, 9):  # warm; and with nothing kept at all, what is muted, the state, the order and the texts
            selectors.home_page(bob, view=view)
            if queries > 4:
                cache.clear()
            with django_assert_max_num_queries(queries):
                selectors.home_page(bob, view=view)
    bob_client.get(f"/?view={view}")  # the right column is kept for a minute
    with django_assert_max_num_queries(4):
        assert bob_client.get(f"/?view={view}").status_code == 200


def test_as_data(alice: User, bob: User, bob_client: Client, make_post: MakePost, drain: Drain) -> None:
    made = [make_post(alice, f"Number {number}") for number in range(22)]
    drain()
    first = bob_client.get("/api/feed?view=latest").json()
    second = bob_client.get("/api/feed", {"view": "latest", "cursor": first["next"]}).json()
    assert [item["id"] for item in first["items"] + second["items"]] == [str(post.pk) for post in reversed(made)]
    assert second["next"] is None
    assert first["items"][0] == {
        "id": str(made[-1].pk),
        "author": {"username": "alice", "name": "Alice Ashdown"},
        "body": "Number 21",
        "created_at": made[-1].created_at.isoformat(),
        "edited_at": None,
        "warning": "",
        "reactions": {},
        "comments": 0,
        "reposts": 0,
        "why": "You follow Alice Ashdown.",
    }


@pytest.mark.parametrize("path", ["/api/feed", "/feed/page/", "/feed/new/?since=2026-01-01T00:00:00Z"])
def test_members_only_and_only_read(path: str, alice_client: Client) -> None:
    guest = client_of(None).get(path)
    assert guest.status_code == (401 if path == "/api/feed" else 302)
    if path == "/api/feed":
        assert set(guest.json()) == {"code", "detail"}
    assert alice_client.post(path).status_code == 405
    assert client_of(None).get(path, headers={"HX-Request": "true"}).status_code == 401


def test_news(alice: User, bob: User, bob_client: Client, make_post: MakePost, drain: Drain) -> None:
    old = make_post(alice, "old")
    drain()
    since = timezone.now()
    make_post(bob, "own")
    new = make_post(alice, "new")
    campus = make_post(alice, "newer", audience=Audience.CAMPUS)
    drain()
    url = f"/feed/new/?since={since.isoformat()}"  # its plus sign is a space here, as from a careless client
    response = bob_client.get(url, headers={"HX-Request": "true"})
    page = response.content.decode()
    assert [f'id="post-{post.pk}"' in page for post in (campus, new, old)] == [True, True, False]
    assert page.count("<article") == 2
    assert since - timedelta(seconds=90) < datetime.fromisoformat(response["X-Since"]) < timezone.now()
    assert bob_client.get(url).status_code == 302


@pytest.mark.parametrize(
    "since", ["", "x", "2026-13-01", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2026-01-01", "12"]
)
def test_news_since_no_time(since: str, bob_client: Client) -> None:
    assert bob_client.get("/feed/new/", {"since": since}, headers={"HX-Request": "true"}).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_followers_are_told_who_but_not_what(
    alice: User, bob: User, southdale: University, make_person: Callable[..., User], make_post: MakePost, drain: Drain
) -> None:
    """The frame goes to those who may see the post, its author not among them, and carries no text."""
    cast.follow(make_person("erik", university=southdale), alice)
    drain()
    with Redis.from_url(settings.REDIS_URL).pubsub() as listener:  # type: ignore[no-untyped-call]
        listener.subscribe(wire.channel())
        listener.get_message(timeout=2)  # that we listen
        make_post(alice, "A secret word", audience=Audience.CAMPUS)
        drain()
        message = listener.get_message(timeout=5)
    assert message
    to, payload = wire.unpack(message["data"])
    assert to == [groups.user(bob.pk)]
    face = {"initials": "AA", "hue": alice.hue, "land": alice.land}
    assert json.loads(payload) == {"type": "feed.new", "author": face, "count": 1}


@pytest.mark.django_db(transaction=True)
def test_a_circle_s_post_is_told_to_its_members_and_to_nobody_who_muted_its_author(
    alice: User, bob: User, make_person: Callable[..., User], make_post: MakePost, drain: Drain
) -> None:
    eve, fay = make_person("eve"), make_person("fay")
    for follower in (eve, fay):
        cast.follow(follower, alice)
    circle = graph.create_circle(actor=alice, name="Choir")
    graph.set_circle_members(actor=alice, circle=circle, people=[bob.pk, eve.pk])
    graph.mute(actor=eve, target=alice)
    drain()
    with Redis.from_url(settings.REDIS_URL).pubsub() as listener:  # type: ignore[no-untyped-call]
        listener.subscribe(wire.channel())
        listener.get_message(timeout=2)  # that we listen
        posts.create_post(
            actor=alice, body="A secret word", audience=Audience.CIRCLE, key=uuid.uuid4(), circle_id=circle.pk
        )
        drain()
        message = listener.get_message(timeout=5)
    assert message
    to, _payload = wire.unpack(message["data"])
    assert to == [groups.user(bob.pk)]
