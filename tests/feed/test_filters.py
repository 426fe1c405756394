"""Filters of the home feed: by kind, whose, hashtag and age; remembered, seen while they hold, and easily left."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.feed.filters import NONE, Filters, filters_of
from apps.feed.models import FeedState
from apps.graph import services as graph
from apps.posts import services as posts
from apps.posts.content import Extras, PollPlan
from apps.posts.models import Hashtag, Post, TagFollow
from tests import cast
from tests.conftest import client_of
from tests.feed.conftest import Send, WritePost, ago, cards

URL = "/feed/settings/"
MakePost = Callable[..., Post]


@pytest.fixture
def choose(send: Send) -> Callable[..., str]:
    """Sets filters as the form does, and returns the home page."""

    def run(client: Client, **filters: str) -> str:
        send(client, URL, {"filters": "1", "kind": "", "whose": "", "tag": "", "since": ""} | filters)
        return client.get("/").text

    return run


def poll(author: User) -> Post:
    plan = PollPlan(options=("Yes", "No"))
    extras = Extras(poll=plan)
    return posts.create_post(actor=author, body="What do you say?", audience=0, key=uuid.uuid4(), extras=extras)


def follow_tag(person: User, name: str) -> None:
    tag, _made = Hashtag.objects.get_or_create(name=name)
    TagFollow.objects.create(person=person, tag=tag)


def test_by_kind(
    alice: User, bob: User, charlie: User, make_post: MakePost, old_post: WritePost, choose: Callable[..., str]
) -> None:
    cast.follow(bob, charlie)
    plain, asked = make_post(alice, "Plain"), poll(alice)
    foreign = make_post(cast.make_person("erik"), "Passed on")
    shared = old_post(charlie, ago(minutes=1), "", body_html="", repost_of=foreign)
    quote = old_post(charlie, ago(minutes=2), "Look", quoted=foreign, is_quote=True)
    client = client_of(bob)
    assert set(cards(choose(client, since="month"))) == {plain.pk, asked.pk, foreign.pk, quote.pk}
    assert set(cards(choose(client, kind="originals"))) == {plain.pk, asked.pk, quote.pk}
    assert cards(choose(client, kind="polls")) == [asked.pk]
    assert cards(choose(client, kind="quotes")) == [quote.pk]
    assert cards(choose(client, kind="links")) == []
    assert shared.repost_of_id == foreign.pk


def test_by_whose(alice: User, bob: User, make_post: MakePost, choose: Callable[..., str]) -> None:
    erik, fay = cast.make_person("erik"), cast.make_person("fay")
    cast.follow(bob, erik)
    graph.follow(actor=erik, target=bob)
    follow_tag(bob, "choir")
    by_alice, by_friend, tagged = make_post(alice), make_post(erik), make_post(fay, "Singing #Choir tonight")
    client = client_of(bob)
    assert set(cards(choose(client, since="month"))) == {by_alice.pk, by_friend.pk, tagged.pk}
    assert cards(choose(client, whose="friends")) == [by_friend.pk]
    assert cards(choose(client, whose="tags")) == [tagged.pk]
    assert "<bdi>#choir</bdi>" in client.get("/").text  # says because of which


def test_by_hashtag_in_any_spelling(
    alice: User, bob_client: Client, make_post: MakePost, choose: Callable[..., str]
) -> None:
    tagged, _other = make_post(alice, "About #Soup"), make_post(alice, "About nothing")
    assert cards(choose(bob_client, tag="#SOUP")) == [tagged.pk]
    assert FeedState.objects.get().filters == {"tag": "soup"}


def test_by_age(alice: User, bob_client: Client, old_post: WritePost, choose: Callable[..., str]) -> None:
    made = [old_post(alice, ago(days=days), f"{days} days") for days in (0.5, 3, 20, 60)]
    for since, count in (("day", 1), ("week", 2), ("month", 3), ("", 4)):
        # without any filter the home page is another list, so one more is set
        assert cards(choose(bob_client, since=since, kind="originals")) == [post.pk for post in made[:count]]


def test_they_are_remembered_and_seen_and_left_again(
    alice: User, bob: User, make_post: MakePost, choose: Callable[..., str], send: Send
) -> None:
    make_post(alice, "Plain")
    page = choose(client_of(bob), kind="polls", whose="friends")
    elsewhere = client_of(bob)
    for html in (page, elsewhere.get("/").text):
        assert 'id="filtered"' in html
        assert "Polls, Friends" in html
        assert "Show everything" in html
    for headers in ({}, {"HX-Request": "true"}):
        form = elsewhere.get("/feed/filters/", headers=headers).text
        assert ("<html" in form) == (headers == {})
        assert 'value="polls" selected' in form
        assert 'value="friends" selected' in form
    send(elsewhere, URL, {"filters": "none"})
    assert 'id="filtered"' not in elsewhere.get("/").text
    assert FeedState.objects.get().filters == {}


def test_nothing_left_says_so(bob_client: Client, alice: User, make_post: MakePost, choose: Callable[..., str]) -> None:
    make_post(alice, "Plain")
    page = choose(bob_client, kind="polls")
    assert "Nothing fits" in page
    assert "Show everything" in page


def test_page_after_page_each_once(alice: User, bob: User, old_post: WritePost, choose: Callable[..., str]) -> None:
    """And what is passed on stands once, where the newest of those who did has put it."""
    erik = cast.make_person("erik")
    cast.follow(bob, erik)
    made = [old_post(alice, ago(hours=hours + 10), f"Number {hours}") for hours in range(45)]
    foreign = old_post(cast.make_person("fay"), ago(hours=99), "Passed on by both")
    old_post(alice, ago(hours=30, minutes=30), "", body_html="", repost_of=foreign)
    old_post(erik, ago(hours=12, minutes=30), "", body_html="", repost_of=foreign)
    client = client_of(bob)
    choose(client, since="month")
    shown, cursor = [], ""
    for _page in range(3):
        page = client.get("/", {"cursor": cursor} if cursor else {}, headers={"HX-Request": "true"})
        shown += cards(page.text)
        cursor = page.context["next"]
    assert cursor == ""
    in_order = [post.pk for post in made]
    assert shown == [*in_order[:3], foreign.pk, *in_order[3:]]


def test_a_cursor_keeps_its_filters(alice: User, bob: User, make_post: MakePost, choose: Callable[..., str]) -> None:
    """What is chosen on another device meanwhile does not mix two lists."""
    asked = [poll(alice).pk for _number in range(22)]
    make_post(alice, "Plain")
    client = client_of(bob)
    choose(client, kind="polls")
    first = client.get("/")
    choose(client_of(bob), kind="")
    second = client.get("/", {"cursor": first.context["next"]})
    assert cards(first.text) + cards(second.text) == asked[::-1]


@pytest.mark.parametrize("kind", ["", "originals", "polls"])
@pytest.mark.parametrize("whose", ["", "friends", "tags"])
def test_no_filter_shows_what_is_not_for_one(
    kind: str, whose: str, alice: User, bob: User, charlie: User, choose: Callable[..., str]
) -> None:
    """Deleted, hidden, of somebody blocked or muted, for another campus, for a circle one is not in."""
    hidden_from = []
    for number, how in enumerate(("deleted", "hidden", "blocked", "muted", "campus", "circle", "only me")):
        author = cast.make_person(f"author{number}")
        cast.follow(bob, author)
        graph.follow(actor=author, target=bob)
        plan = Extras(poll=PollPlan(options=("Yes", "No")))
        body = f"Canary #quad {how}"
        post = posts.create_post(actor=author, body=body, audience=0, key=uuid.uuid4(), extras=plan)
        hidden_from.append(post.pk)
        changes: dict[str, dict[str, Any]] = {
            "deleted": {"deleted_at": ago()},
            "hidden": {"hidden_at": ago()},
            "campus": {"audience": 1, "university": cast.make_university("southdale", "Southdale", 215)},
            "circle": {"audience": 3},
            "only me": {"audience": 4},
        }
        if how in changes:
            Post.objects.filter(pk=post.pk).update(**changes[how])
        if how == "blocked":
            graph.block(actor=author, target=bob)
        if how == "muted":
            graph.mute(actor=bob, target=author)
    follow_tag(bob, "quad")
    page = choose(client_of(bob), kind=kind, whose=whose, since="month")
    assert "Canary" not in page
    assert not set(cards(page)) & set(hidden_from)
    answer = client_of(bob).get("/api/feed").json()
    assert (answer["items"], answer["filters"].get("kind", "")) == ([], kind)


def test_the_number_of_queries_is_flat(alice: User, bob: User, make_post: MakePost, choose: Callable[..., str]) -> None:
    client, counts = client_of(bob), []
    for rows in (1, 19):
        for number in range(rows):
            make_post(alice, f"Post {rows} {number}")
        choose(client, kind="originals")
        client.get("/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4


def test_what_nobody_offers_keeps_everything() -> None:
    assert filters_of({"kind": "x", "whose": "1", "since": "2026", "tag": ""}) == NONE
    assert filters_of({"kind": ["polls"], "tag": None, "since": 3}) == NONE
    assert filters_of({"kind": "polls", "tag": "#Ää "}) == Filters(kind="polls", tag="ää")
    assert filters_of(Filters(whose="tags", since="day").kept()) == Filters(whose="tags", since="day")
