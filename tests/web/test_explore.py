"""`/explore/`, for everybody."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts import services as accounts
from apps.accounts.models import Reach, User
from apps.posts.models import Audience, Post
from tests.conftest import client_of
from tests.graph.test_directory import OPEN

MakePost = Callable[..., Post]


def test_it_works_for_a_guest(anonymous_client: Client, alices_post: Post) -> None:
    assert "oranges" in anonymous_client.get("/explore/").content.decode()


def test_it_shows_nothing_but_what_is_public(
    anonymous_client: Client, charlie_client: Client, alice: User, make_post: MakePost
) -> None:
    make_post(alice, "For the campus", Audience.CAMPUS)
    make_post(alice, "For followers", Audience.FOLLOWERS)
    for client in (anonymous_client, charlie_client):
        page = client.get("/explore/").content.decode()
        assert "For the campus" not in page
        assert "For followers" not in page


def test_a_block_hides_it_both_ways(dora_client: Client, alice: User, dora: User, make_post: MakePost) -> None:
    make_post(alice, "By alice")
    make_post(dora, "By dora")
    assert "By alice" not in dora_client.get("/explore/").content.decode()
    assert "By dora" not in client_of(alice).get("/explore/").content.decode()


def test_nothing_there_says_why(anonymous_client: Client) -> None:
    assert "Nothing is addressed to everyone yet" in anonymous_client.get("/explore/").content.decode()


def test_a_fragment_is_the_list_alone(anonymous_client: Client, alices_post: Post) -> None:
    page = anonymous_client.get("/explore/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert "oranges" in page


def test_pages_go_on_without_a_gap(alice_client: Client, alice: User, make_post: MakePost) -> None:
    for number in range(25):
        make_post(alice, f"Post number {number:02d}.")
    first = alice_client.get("/explore/")
    second = alice_client.get("/explore/", {"cursor": first.context["next"]})
    both = first.content.decode() + second.content.decode()
    assert all(both.count(f"Post number {number:02d}.") == 1 for number in range(25))


def test_a_cursor_that_is_not_ours_is_refused(anonymous_client: Client) -> None:
    assert anonymous_client.get("/explore/?cursor=%00").status_code == 400


def test_the_number_of_queries_is_flat(alice: User, make_post: MakePost) -> None:
    client, counts = client_of(alice), []
    for rows in (1, 19):
        for number in range(rows):
            make_post(alice, f"Post {rows} {number}")
        client.get("/explore/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/explore/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4


def test_it_rejects_post(anonymous_client: Client) -> None:
    assert anonymous_client.post("/explore/").status_code == 405


def test_a_tag_goes_with_the_posts_that_nobody_else_may_see_any_more(
    anonymous_client: Client,
    alice: User,
    make_post: MakePost,
    drain: Callable[[], int],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    """The hashtags of the week are kept, but not longer than their authors let posts be seen."""
    make_post(alice, "All of it about #zebrafinches")
    assert 'href="/tags/zebrafinches/"' in anonymous_client.get("/explore/").text
    with django_capture_on_commit_callbacks(execute=True):
        accounts.update_privacy(actor=alice, **{**OPEN, "posts_for": Reach.FOLLOWERS})
        drain()
    assert "zebrafinches" not in anonymous_client.get("/explore/").text


def test_newest_and_trending_stand_beside_one_another(anonymous_client: Client, charlie_client: Client) -> None:
    for client in (anonymous_client, charlie_client):
        newest, trending = client.get("/explore/").text, client.get("/explore/trending/").text
        assert '<a href="/explore/" aria-current="page">Newest</a>' in newest
        assert '<a href="/explore/trending/" aria-current="page">Trending</a>' in trending
        assert '<a href="/explore/trending/">Trending</a>' in newest
    assert "Everywhere instead" in charlie_client.get("/explore/trending/").text
    assert "Only <bdi>Northmere University</bdi>" in charlie_client.get("/explore/trending/?of=everywhere").text
    assert "Everywhere" not in anonymous_client.get("/explore/trending/").text
