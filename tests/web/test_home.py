"""`/` for a member."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.graph import services as graph
from apps.posts.models import Audience, Post
from tests import cast
from tests.conftest import client_of

MakePost = Callable[..., Post]
Drain = Callable[[], int]


def test_it_shows_what_people_one_follows_write(
    bob_client: Client, alice: User, make_post: MakePost, drain: Drain
) -> None:
    make_post(alice, "Soup on the roof tonight")
    drain()
    page = bob_client.get("/").content.decode()
    assert "Soup on the roof tonight" in page
    assert 'aria-label="Write a post"' in page or ">Write a post<" in page


def test_a_stranger_is_not_shown_it(charlie_client: Client, alice: User, make_post: MakePost, drain: Drain) -> None:
    make_post(alice, "Soup on the roof tonight")
    drain()
    assert "Soup on the roof" not in charlie_client.get("/").content.decode()


def test_an_empty_feed_says_why_and_what_to_do(charlie_client: Client) -> None:
    page = charlie_client.get("/").content.decode()
    assert "You do not follow anybody who has written" in page
    assert "Find people on Explore" in page


def test_the_order_asked_for_is_shown(alice_client: Client) -> None:
    """For good it is chosen in tests/feed/test_choice.py."""
    assert 'value="ranked" aria-current="true"' in alice_client.get("/").content.decode()
    assert 'value="latest" aria-current="true"' in alice_client.get("/?view=latest").content.decode()
    assert 'value="ranked" aria-current="true"' in alice_client.get("/").content.decode()


def test_an_unknown_order_is_the_usual_one(alice_client: Client) -> None:
    response = alice_client.get("/?view=../etc")
    assert 'value="ranked" aria-current="true"' in response.content.decode()
    assert not response.cookies.keys() - {"csrftoken"}


def test_a_fragment_is_the_list_alone(alice_client: Client, alices_post: Post, drain: Drain) -> None:
    drain()
    response = alice_client.get("/", headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert "<html" not in response.content.decode()
    assert "oranges" in response.content.decode()
    assert "HX-Request" in response["Vary"]


def test_a_part_for_whose_session_has_ended_leads_to_the_log_in(anonymous_client: Client) -> None:
    response = anonymous_client.get("/", headers={"HX-Request": "true"})
    assert response.status_code == 401
    assert response["HX-Redirect"].startswith("/accounts/login/")


def test_a_cursor_that_is_not_ours_is_refused(alice_client: Client) -> None:
    assert alice_client.get("/?cursor=rubbish").status_code == 400


def test_it_rejects_post(alice_client: Client) -> None:
    assert alice_client.post("/").status_code == 405


def test_people_are_suggested_with_a_true_reason(charlie: User, alice: User, bob: User) -> None:
    graph.follow(actor=charlie, target=bob)  # bob follows alice
    page = client_of(charlie).get("/").content.decode()
    assert "Alice Ashdown" in page
    assert "you follow <bdi>Bob Birch</bdi>, who follows them" in page


@pytest.mark.parametrize("act", ["block", "follow"])
def test_somebody_blocked_or_followed_is_suggested_no_longer(
    act: str, charlie: User, alice: User, bob: User, django_capture_on_commit_callbacks: Any
) -> None:
    graph.follow(actor=charlie, target=bob)
    client = client_of(charlie)
    assert "Alice Ashdown" in client.get("/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        if act == "block":
            graph.block(actor=alice, target=charlie)
        else:
            graph.follow(actor=charlie, target=alice)
    assert "Alice Ashdown" not in client.get("/").content.decode()


def test_at_most_four_queries_however_much_there_is(bob: User, alice: User, make_post: MakePost, drain: Drain) -> None:
    client = client_of(bob)
    counts = []
    for rows in (1, 20):
        for number in range(rows):
            writer = cast.make_person(f"writer{rows}x{number}")
            graph.follow(actor=bob, target=writer)
            make_post(writer, f"Post {rows} {number} #tag{number}", Audience.PUBLIC)
        drain()
        client.get("/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/").status_code == 200
        counts.append(len(queries))
    assert max(counts) <= 4
    assert counts[1] <= counts[0]
