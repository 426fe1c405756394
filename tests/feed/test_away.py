"""Since you were away: the best of what was missed, once, for who was away for more than a day."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.feed import services
from apps.feed.models import FeedState
from apps.graph import services as graph
from apps.posts import services as posts
from apps.posts.models import Audience, Post
from tests import cast
from tests.conftest import client_of
from tests.feed.conftest import Send, WritePost, ago, cards, seen_at

TITLE = "Since you were away"
URL = "/feed/away/close/"


def missed(html: str) -> list[int]:
    return cards(html.partition("data-away")[2].partition("</details>")[0])


def listed(html: str) -> list[int]:
    return cards(html.partition('class="feed" data-feed>')[2])


@pytest.fixture
def fourteen(alice: User, bob: User, old_post: WritePost) -> list[Post]:
    """alice's of the last two days, newest first, and two from before bob was last seen, two days ago."""
    made = [old_post(alice, ago(hours=3 * number + 1), f"Number {number}") for number in range(14)]
    made += [old_post(alice, ago(days=3), "Before"), old_post(alice, ago(days=4), "Long before")]
    services.rebuild_timelines(first=bob.pk, last=bob.pk)
    seen_at(bob, ago(days=2))
    return made


@pytest.mark.parametrize("view", ["ranked", "latest"])
def test_the_ten_best_of_the_absence_stand_above(view: str, bob: User, fourteen: list[Post]) -> None:
    loved = fourteen[12]
    Post.objects.filter(pk=loved.pk).update(reaction_count=400)
    client = client_of(bob)
    for _visit in range(2):  # it stays through the visit
        page = client.get(f"/?view={view}").text
        assert TITLE in page
        assert missed(page) == [loved.pk, *(post.pk for post in fourteen[:9])]
        assert listed(page) == [post.pk for post in fourteen[9:] if post != loved]  # nothing stands twice
    assert "it came while you were away" in page


def test_it_goes_for_good_when_it_is_closed(bob: User, fourteen: list[Post], send: Send) -> None:
    phone, desk = client_of(bob), client_of(bob)
    assert TITLE in phone.get("/").text
    response = send(phone, URL)
    assert (response.status_code, response["Location"]) == (302, "/")
    for client in (phone, desk):
        page = client.get("/").text
        assert TITLE not in page
        assert set(listed(page)) == {post.pk for post in fourteen}
    assert send(phone, URL, HX_Request="true").status_code == 200  # twice is once


def test_it_goes_by_itself_within_the_day(bob: User, fourteen: list[Post], send: Send) -> None:
    client = client_of(bob)
    client.get("/")
    FeedState.objects.update(back_at=ago(hours=13))
    send(client, "/feed/settings/", {"view": "ranked"})  # forgets what is kept
    assert TITLE not in client.get("/").text


def test_a_day_is_no_absence(bob: User, fourteen: list[Post]) -> None:
    seen_at(bob, ago(hours=23))
    assert TITLE not in client_of(bob).get("/").text
    assert not FeedState.objects.exists()


def test_nothing_missed_nothing_said(charlie: User) -> None:
    seen_at(charlie, ago(days=5))
    page = client_of(charlie).get("/").text
    assert TITLE not in page
    assert "Nothing here yet" in page


def test_it_is_live(bob: User, alice: User, fourteen: list[Post]) -> None:
    """The order is kept; what is in it is asked of the posts at every look."""
    client = client_of(bob)
    assert missed(client.get("/").text)[:3] == [post.pk for post in fourteen[:3]]
    posts.delete_post(actor=alice, post=fourteen[0])
    Post.objects.filter(pk=fourteen[1].pk).update(audience=Audience.ONLY_ME)
    assert missed(client.get("/").text)[0] == fourteen[2].pk
    graph.block(actor=alice, target=bob)
    page = client.get("/").text
    assert TITLE not in page
    assert "Number" not in page


def test_own_posts_are_not_missed(bob: User, fourteen: list[Post], old_post: WritePost) -> None:
    own = old_post(bob, ago(hours=2), "Mine, from elsewhere")
    page = client_of(bob).get("/").text
    assert own.pk not in missed(page)
    assert own.pk in listed(page)


def test_a_filter_has_no_room_for_it(bob: User, fourteen: list[Post], send: Send) -> None:
    client = client_of(bob)
    send(client, "/feed/settings/", {"filters": "1", "kind": "originals"})
    page = client.get("/").text
    assert TITLE not in page
    assert set(listed(page)) == {post.pk for post in fourteen}


def test_the_next_absence_is_told_anew(
    bob: User, fourteen: list[Post], send: Send,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:  # fmt: skip
    client = client_of(bob)
    client.get("/")
    send(client, URL)
    seen_at(bob, ago(days=2))
    with django_capture_on_commit_callbacks(execute=True):
        client.get("/")
    assert TITLE in client.get("/").text


def test_a_later_page_and_the_list_after_it_have_everything_once(bob: User, alice: User, fourteen: list[Post]) -> None:
    client = client_of(bob)
    first = client.get("/?view=latest")
    assert first.context["next"] == ""
    assert len(missed(first.text)) + len(listed(first.text)) == len(fourteen)


def test_guests_and_reading(anonymous_client: Client, alice_client: Client) -> None:
    assert anonymous_client.post(URL).status_code == 302
    assert alice_client.get(URL).status_code == 405


def test_data_says_it_too(bob: User, fourteen: list[Post]) -> None:
    client = client_of(bob)
    page = client.get("/").text
    answer = client.get("/api/feed").json()
    assert [int(item["id"]) for item in answer["items"]] == missed(page) + listed(page)


def test_a_stranger_is_told_of_nobody(fourteen: list[Post]) -> None:
    erik = cast.make_person("erik")
    seen_at(erik, ago(days=2))
    assert "Number" not in client_of(erik).get("/").text
