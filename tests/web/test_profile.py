"""`/@username/`."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.graph import services as graph
from apps.posts.models import Audience, Post
from tests import cast
from tests.conftest import client_of

MakePost = Callable[..., Post]


def test_it_works_for_a_guest(anonymous_client: Client, alice: User, alices_post: Post) -> None:
    page = anonymous_client.get("/@alice/").content.decode()
    assert "Alice Ashdown" in page
    assert "oranges" in page
    assert ">Block" not in page


def test_a_member_may_follow_block_and_report(charlie_client: Client, alice: User) -> None:
    page = charlie_client.get("/@alice/").content.decode()
    assert "/@alice/follow/" in page
    assert "/@alice/block/" in page
    assert f"/report/person/{alice.pk}/" in page


def test_one_s_own_page_offers_to_edit_it(alice_client: Client) -> None:
    page = alice_client.get("/@alice/").content.decode()
    assert "Edit profile" in page
    assert "/@alice/follow/" not in page


def test_a_name_in_capitals_is_the_same_person(anonymous_client: Client, alice: User) -> None:
    assert anonymous_client.get("/@Alice/").status_code == 200


@pytest.mark.parametrize("case", ["blocked", "blocker", "inactive"])
def test_whoever_may_not_see_the_person_gets_the_404_of_a_name_that_nobody_has(
    case: str, alice: User, dora: User, charlie: User
) -> None:
    client, path = client_of(dora), "/@alice/"
    if case == "blocker":
        client, path = client_of(alice), "/@dora/"
    elif case == "inactive":
        accounts.set_active(actor=alice, person=charlie, active=False)
        path = "/@charlie/"
    real, unknown = client.get(path), client.get("/@nobody.at.all/")
    assert real.status_code == unknown.status_code == 404
    assert _plain(real.content) == _plain(unknown.content)
    assert set(real.headers) == set(unknown.headers)


def _plain(content: bytes) -> str:
    """The page without what differs on every request: the form's masked token and the request's id."""
    page = re.sub(r'(value="|X-CSRFToken": ")[A-Za-z0-9]{64}"', "", content.decode())
    return re.sub(r"\b[0-9a-f]{32}\b", "", page)


@pytest.mark.parametrize("username", ["a" * 500, "..", "%00", "<script>", "alice%20", "أليس"])
def test_rubbish_is_a_404(username: str, alice_client: Client) -> None:
    assert alice_client.get(f"/@{username}/").status_code in (400, 404)


def test_only_what_the_viewer_may_see_is_listed(alice: User, bob: User, charlie: User, make_post: MakePost) -> None:
    make_post(alice, "For followers", Audience.FOLLOWERS)
    assert "For followers" in client_of(bob).get("/@alice/").content.decode()
    assert "For followers" not in client_of(charlie).get("/@alice/").content.decode()


def test_it_says_who_of_the_people_one_follows_follows_them(alice: User, bob: User, charlie: User) -> None:
    graph.follow(actor=charlie, target=bob)
    page = client_of(charlie).get("/@alice/").content.decode()
    assert "Bob Birch" in page
    assert "whom you follow" in page


def test_a_profile_without_rows_beside_it_still_renders(anonymous_client: Client, alice: User) -> None:
    alice.profile.delete()
    assert anonymous_client.get("/@alice/").status_code == 200


def test_a_fragment_is_the_list_alone(alice_client: Client, alices_post: Post) -> None:
    page = alice_client.get("/@alice/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert "oranges" in page


def test_the_number_of_queries_is_flat(alice: User, bob: User, charlie: User, make_post: MakePost) -> None:
    client, counts = client_of(charlie), []
    for rows in (1, 19):
        for number in range(rows):
            friend = cast.make_person(f"friend{rows}x{number}")
            graph.follow(actor=charlie, target=friend)
            graph.follow(actor=friend, target=alice)
            make_post(alice, f"Post {rows} {number}")
        client.get("/@alice/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/@alice/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_it_rejects_post(alice_client: Client) -> None:
    assert alice_client.post("/@alice/").status_code == 405
