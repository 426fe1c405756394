"""Ranked or latest is the person's own choice, kept on all their devices."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.feed.models import FeedState
from apps.kernel import limits
from apps.posts.models import Post
from tests.conftest import client_of
from tests.feed.conftest import Send, WritePost, ago, cards

RANKED, LATEST = 'value="ranked" aria-current="true"', 'value="latest" aria-current="true"'
URL = "/feed/settings/"


def test_it_is_kept_on_all_devices(alice: User, send: Send) -> None:
    phone, desk = client_of(alice), client_of(alice)
    assert RANKED in phone.get("/").text
    response = send(phone, URL, {"view": "latest"})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert LATEST in desk.get("/").text
    send(desk, URL, {"view": "ranked"})
    assert RANKED in phone.get("/").text
    assert not phone.get("/").cookies.keys() - {"csrftoken"}


def test_it_decides_what_the_page_and_the_api_show(
    bob: User, alice: User, old_post: WritePost, settle: Callable[[], None], send: Send
) -> None:
    loved, newer = old_post(alice, ago(hours=9), "Loved"), old_post(alice, ago(hours=1), "Newer")
    Post.objects.filter(pk=loved.pk).update(reaction_count=500)
    from apps.feed import services

    services.rebuild_timelines(first=bob.pk, last=bob.pk)
    client = client_of(bob)
    for view, order in (("ranked", [loved.pk, newer.pk]), ("latest", [newer.pk, loved.pk])):
        send(client, URL, {"view": view})
        assert cards(client.get("/").text) == order
        answer = client.get("/api/feed").json()
        assert ([int(item["id"]) for item in answer["items"]], answer["view"]) == (order, view)


def test_looking_at_the_other_order_changes_nothing(alice_client: Client, alice: User) -> None:
    assert LATEST in alice_client.get("/?view=latest").text
    assert RANKED in alice_client.get("/").text
    assert not FeedState.objects.exists()


def test_a_word_that_is_no_order_changes_nothing(alice_client: Client, alice: User, send: Send) -> None:
    send(alice_client, URL, {"view": "latest"})
    for word in ("", "best", "../etc", "x" * 5000):
        assert send(alice_client, URL, {"view": word}).status_code == 302
    assert FeedState.objects.get().view == "latest"


def test_twice_is_once(alice_client: Client, send: Send) -> None:
    for _turn in range(2):
        send(alice_client, URL, {"view": "latest"})
    assert FeedState.objects.count() == 1


def test_guests_and_reading(anonymous_client: Client, alice_client: Client) -> None:
    assert anonymous_client.post(URL, {"view": "latest"}).status_code == 302
    assert not FeedState.objects.exists()
    assert alice_client.get(URL).status_code == 405


def test_it_costs_a_warm_page_no_query(
    alice: User, send: Send, django_assert_max_num_queries: Callable[..., AbstractContextManager[object]]
) -> None:
    client = client_of(alice)
    client.get("/")
    send(client, URL, {"view": "latest"})
    with django_assert_max_num_queries(4):
        assert LATEST in client.get("/").text


def test_there_is_a_limit(alice_client: Client, alice: User, send: Send) -> None:
    for _turn in range(limits.table()["feed.settings"].rate):
        limits.count("feed.settings", person_id=alice.pk)
    assert send(alice_client, URL, {"view": "latest"}).status_code == 429
    assert not FeedState.objects.exists()


@pytest.mark.parametrize("view", ["", "sideways"])
def test_the_database_knows_two_orders(view: str, alice: User) -> None:
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        FeedState.objects.create(person=alice, view=view)
    with pytest.raises(IntegrityError), transaction.atomic():
        FeedState.objects.create(person=alice, place_at=timezone.now())
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        FeedState.objects.create(person=alice, away_since=now, back_at=now - timedelta(days=1))
