"""Where one stopped reading, on whatever device, and where news ends."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.feed import services
from apps.feed.models import FeedState
from apps.posts.models import Post
from tests.conftest import client_of
from tests.feed.conftest import Send, WritePost, ago, cards

URL = "/feed/place/"
LINE = "data-caught-up"
GO_ON = "Go on where you left off"


def here(html: str) -> str:
    """The cursor that the first card of a page carries."""
    return html.partition('data-here="')[2].partition('"')[0]


@pytest.fixture
def thirty(alice: User, bob: User, old_post: WritePost) -> list[Post]:
    """alice's, an hour apart, newest first, in bob's timeline."""
    made = [old_post(alice, ago(hours=hours + 1), f"Number {hours}") for hours in range(30)]
    services.rebuild_timelines(first=bob.pk, last=bob.pk)
    return made


@pytest.mark.parametrize("view", ["ranked", "latest"])
def test_the_next_device_offers_to_go_on_there(view: str, bob: User, thirty: list[Post], send: Send) -> None:
    phone, desk = client_of(bob), client_of(bob)
    first = phone.get(f"/?view={view}")
    second = phone.get("/", {"cursor": first.context["next"]})
    assert GO_ON not in first.text
    stopped = cards(second.text)[4]
    sent = {"post": stopped, "cursor": here(second.text), "since": first.context["shown"].since, "reached": "0"}
    assert send(phone, URL, sent, HX_Request="true").status_code == 204
    page = desk.get(f"/?view={view}")
    assert GO_ON in page.text
    assert cards(page.text) == cards(first.text)  # nothing is moved
    there = page.context["shown"].go_on
    assert there.endswith(f"#post-{stopped}")
    assert cards(desk.get("/" + there.partition("#")[0]).text) == cards(second.text)
    assert "Back to the newest" in desk.get("/" + there.partition("#")[0]).text


def test_who_stopped_at_the_top_needs_no_way_there(bob: User, thirty: list[Post], send: Send) -> None:
    client = client_of(bob)
    page = client.get("/?view=latest")
    sent = {"post": thirty[2].pk, "cursor": here(page.text), "since": page.context["shown"].since}
    send(client, URL, sent, HX_Request="true")
    assert GO_ON not in client.get("/?view=latest").text


def test_it_is_forgotten_on_request_and_after_a_week(bob: User, thirty: list[Post], send: Send) -> None:
    client = client_of(bob)
    page = client.get("/?view=latest")
    sent = {"post": thirty[15].pk, "cursor": here(page.text), "since": page.context["shown"].since}
    send(client, URL, sent, HX_Request="true")
    assert GO_ON in client.get("/?view=latest").text
    response = send(client, URL, {"forget": "1"})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert GO_ON not in client.get("/?view=latest").text
    send(client, URL, sent, HX_Request="true")
    FeedState.objects.update(place_at=ago(days=8))
    send(client, "/feed/settings/", {"view": "latest"})  # forgets what is kept
    assert GO_ON not in client.get("/?view=latest").text


def test_a_place_whose_post_is_gone_is_still_a_place(bob: User, thirty: list[Post], send: Send) -> None:
    client = client_of(bob)
    page = client.get("/?view=latest")
    sent = {"post": thirty[15].pk, "cursor": here(page.text), "since": page.context["shown"].since}
    send(client, URL, sent, HX_Request="true")
    Post.objects.filter(pk=thirty[15].pk).update(deleted_at=timezone.now())
    there = client.get("/?view=latest").context["shown"].go_on
    assert client.get("/" + there.partition("#")[0]).status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"post": "x"},
        {"post": "0"},
        {"post": "9" * 30},
        {"cursor": "rubbish"},
        {"cursor": "A" * 5000},
        {"since": "yesterday"},
        {"seen": "x"},
        {"seen": "2026-01-01"},
    ],
)
def test_what_makes_no_sense_is_refused(sent: dict[str, str], bob: User, thirty: list[Post], send: Send) -> None:
    client = client_of(bob)
    page = client.get("/?view=latest")
    good = {"post": str(thirty[9].pk), "cursor": here(page.text), "since": page.context["shown"].since}
    data = good | sent if sent else {}
    assert send(client, URL, data, HX_Request="true").status_code == 400
    assert not FeedState.objects.filter(place_post__isnull=False).exists()


def test_members_and_posts_only(anonymous_client: Client, alice_client: Client) -> None:
    assert anonymous_client.post(URL, {"seen": "2026-01-01T00:00:00Z"}).status_code == 302
    assert alice_client.get(URL).status_code == 405
    assert not FeedState.objects.exists()


def seen_until(person: User, at: datetime | None) -> None:
    FeedState.objects.update_or_create(person=person, defaults={"seen_until": at})


def above_line(html: str) -> list[int]:
    return cards(html.partition(LINE)[0])


@pytest.mark.parametrize("view", ["ranked", "latest"])
@pytest.mark.parametrize("news", [0, 1, 7, 19, 20, 21, 25, 30])
def test_the_line_stands_where_news_ends(view: str, news: int, bob: User, thirty: list[Post]) -> None:
    """On the page where the last piece of news is, once, however the pages fall."""
    seen_until(bob, ago(hours=news, minutes=30))
    client, pages, cursor = client_of(bob), [], ""
    while True:
        page = client.get("/", {"view": view} | ({"cursor": cursor} if cursor else {}))
        pages.append(page.text)
        cursor = page.context["next"]
        if not cursor:
            break
    assert "".join(pages).count(LINE) == 1
    shown = [pk for page in pages for pk in cards(page)]
    assert set(shown) == {post.pk for post in thirty}
    place = next(number for number, page in enumerate(pages) if LINE in page)
    above = [pk for page in pages[:place] for pk in cards(page)] + above_line(pages[place])
    assert above == [post.pk for post in thirty[:news]]


def test_nobody_is_caught_up_the_first_time(bob: User, thirty: list[Post]) -> None:
    assert LINE not in client_of(bob).get("/?view=latest").text


def test_own_posts_are_no_news(bob: User, thirty: list[Post], old_post: WritePost) -> None:
    seen_until(bob, ago(minutes=30))
    own = old_post(bob, ago(minutes=1), "Mine")
    page = client_of(bob).get("/?view=latest").text
    assert cards(page)[0] == own.pk
    assert above_line(page) == []
    assert "nothing new since" in page


def test_who_scrolls_past_the_line_has_seen_what_was_above_it(bob: User, thirty: list[Post], send: Send) -> None:
    seen_until(bob, ago(hours=7, minutes=30))
    client = client_of(bob)
    page = client.get("/?view=latest")
    since = page.context["shown"].since
    sent = {"post": thirty[4].pk, "cursor": here(page.text), "since": since, "reached": "0"}
    send(client, URL, sent, HX_Request="true")
    assert len(above_line(client.get("/?view=latest").text)) == 7
    send(client, URL, sent | {"post": thirty[9].pk, "reached": "1"}, HX_Request="true")
    assert above_line(client.get("/?view=latest").text) == []


def test_who_scrolls_for_the_first_time_has_seen_what_was_there(bob: User, thirty: list[Post], send: Send) -> None:
    client = client_of(bob)
    page = client.get("/?view=latest")
    sent = {"post": thirty[4].pk, "cursor": here(page.text), "since": page.context["shown"].since}
    send(client, URL, sent, HX_Request="true")
    assert above_line(client.get("/?view=latest").text) == []
    assert LINE in client.get("/?view=latest").text


def test_all_is_read_at_the_press_of_a_button(bob: User, thirty: list[Post], send: Send) -> None:
    """Without JavaScript; and it never goes back, nor beyond now."""
    seen_until(bob, ago(hours=7, minutes=30))
    client = client_of(bob)
    page = client.get("/?view=latest").text
    since = page.partition('name="seen" value="')[2].partition('"')[0]
    assert send(client, URL, {"seen": since}).status_code == 302
    assert above_line(client.get("/?view=latest").text) == []
    send(client, URL, {"seen": (timezone.now() - timedelta(days=3)).isoformat()})
    assert above_line(client.get("/?view=latest").text) == []
    send(client, URL, {"seen": (timezone.now() + timedelta(days=3)).isoformat()})
    assert FeedState.objects.get().seen_until <= timezone.now()  # type: ignore[operator]


def test_the_place_is_kept_warm(
    bob: User, thirty: list[Post], send: Send, django_assert_max_num_queries: Callable[..., object]
) -> None:
    """Whoever notes a place pays for reading it, not the page that comes next."""
    client = client_of(bob)
    page = client.get("/?view=latest")
    sent = {"post": thirty[9].pk, "cursor": here(page.text), "since": page.context["shown"].since}
    send(client, URL, sent, HX_Request="true")
    with django_assert_max_num_queries(4):  # type: ignore[attr-defined]
        assert GO_ON in client.get("/?view=latest").text
