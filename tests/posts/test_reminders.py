"""Reminders of saved posts: chosen by one's own clock, claimed once, told to oneself, standing until they are done."""

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from redis import Redis

from apps.accounts.models import User
from apps.graph import services as graph
from apps.kernel.outbox.models import Event
from apps.kernel.realtime import groups, wire
from apps.posts import services, tasks
from apps.posts.keeping_forms import quick_moments
from apps.posts.models import Bookmark, Post
from tests.conftest import client_of

Drain = Callable[[], int]


@pytest.fixture
def kept(bob: User, alices_post: Post) -> Bookmark:
    return services.save_post(actor=bob, post=alices_post)


@pytest.fixture
def due(kept: Bookmark) -> Bookmark:
    Bookmark.objects.filter(pk=kept.pk).update(remind_at=timezone.now() - timedelta(seconds=5), note="Bring the form")
    return kept


def set_for(bookmark: Bookmark, client: Client, when: str, own: str = "") -> Any:
    fields = {"note": "", "folder": "", "when": when, "own": own}
    return client.post(f"/bookmarks/{bookmark.pk}/", fields)


def frames(drain: Drain) -> list[tuple[list[str], dict[str, Any]]]:
    """What is pushed while the handlers run: to which groups, and what."""
    heard = []
    with Redis.from_url(settings.REDIS_URL).pubsub() as listener:  # type: ignore[no-untyped-call]
        listener.subscribe(wire.channel())
        listener.get_message(timeout=2)
        drain()
        while message := listener.get_message(timeout=0.5):
            to, payload = wire.unpack(message["data"])
            heard.append((to, json.loads(payload)))
    return [(to, frame) for to, frame in heard if frame["type"] == "reminder"]


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/St_Johns", "UTC"])
def test_quick_choices_are_by_the_persons_clock(zone: str, kept: Bookmark, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(time_zone=zone)
    client = client_of(bob)
    assert set_for(kept, client, "tomorrow").status_code == 302
    moment = Bookmark.objects.get().remind_at
    assert moment is not None
    local = moment.astimezone(ZoneInfo(zone))
    assert (local.hour, local.minute) == (9, 0)
    assert local.date() == timezone.now().astimezone(ZoneInfo(zone)).date() + timedelta(days=1)


def test_the_quick_choices_of_any_moment() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    wednesday = quick_moments(datetime(2026, 11, 18, 17, 59, tzinfo=berlin))
    assert {name: moment.strftime("%d %H:%M") for name, moment in wednesday.items()} == {
        "tonight": "18 18:00",
        "tomorrow": "19 09:00",
        "monday": "23 09:00",
    }
    late = quick_moments(datetime(2026, 11, 18, 18, 0, tzinfo=berlin))
    assert "tonight" not in late
    assert quick_moments(datetime(2026, 11, 16, 8, 0, tzinfo=berlin))["monday"].day == 23, "not this morning"
    assert "monday" not in quick_moments(datetime(2026, 11, 15, 12, 0, tzinfo=berlin)), "it is tomorrow"
    # The night the clocks change it is nine on the wall, too.
    changed = quick_moments(datetime(2026, 10, 24, 12, 0, tzinfo=berlin))["tomorrow"]
    assert changed.astimezone(UTC).hour == 8


def test_a_time_of_ones_own(kept: Bookmark, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(time_zone="Asia/Tokyo")
    client = client_of(bob)
    day = (timezone.now() + timedelta(days=3)).strftime("%Y-%m-%d")
    assert set_for(kept, client, "own", f"{day}T07:30").status_code == 302
    moment = Bookmark.objects.get().remind_at
    assert moment is not None
    assert moment.astimezone(ZoneInfo("Asia/Tokyo")).strftime("%Y-%m-%dT%H:%M") == f"{day}T07:30"
    for wrong in ("", "soon", "2020-01-01T09:00", "2199-01-01T09:00"):
        assert set_for(kept, client, "own", wrong).status_code == 400, wrong
    assert Bookmark.objects.get().remind_at == moment
    set_for(kept, client, "none")
    assert Bookmark.objects.get().remind_at is None


def test_it_is_claimed_once(due: Bookmark, events: Callable[[], list[str]]) -> None:
    for _minute in range(3):
        tasks.remind()
    assert events().count("bookmark.due") == 1
    event = Event.objects.get(type="bookmark.due")
    assert event.data["bookmark_id"] == due.pk
    assert Bookmark.objects.get().reminded_at is not None


def test_what_is_not_due_waits(kept: Bookmark, bob: User, events: Callable[[], list[str]]) -> None:
    services.edit_bookmark(
        actor=bob, bookmark=kept, note="", folder=None, remind_at=timezone.now() + timedelta(minutes=1)
    )
    tasks.remind()
    assert "bookmark.due" not in events()


def test_a_new_time_is_a_new_reminder(due: Bookmark, bob: User, events: Callable[[], list[str]]) -> None:
    tasks.remind()
    due.refresh_from_db()
    later = timezone.now() + timedelta(hours=1)
    services.edit_bookmark(actor=bob, bookmark=due, note="", folder=None, remind_at=later)
    Bookmark.objects.update(remind_at=timezone.now())
    tasks.remind()
    assert events().count("bookmark.due") == 2


@pytest.mark.django_db(transaction=True)
def test_many_clocks_at_once_claim_each_once(bob: User, alice: User, make_post: Callable[..., Post]) -> None:
    for number in range(12):
        mark = services.save_post(actor=bob, post=make_post(alice, f"post {number}"))
        Bookmark.objects.filter(pk=mark.pk).update(remind_at=timezone.now() - timedelta(seconds=1))

    def tick(_number: int) -> int:
        try:
            return services.remind_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(tick, range(4))) == 12
    claimed = [event.data["bookmark_id"] for event in Event.objects.filter(type="bookmark.due")]
    assert len(claimed) == len(set(claimed)) == 12


@pytest.mark.django_db(transaction=True)
def test_the_person_alone_is_told_where_they_are(due: Bookmark, bob: User, alices_post: Post, drain: Drain) -> None:
    drain()
    services.remind_due()
    [(to, frame)] = frames(drain)
    assert to == [groups.user(bob.pk)]
    assert frame == {
        "type": "reminder",
        "bookmark": str(due.pk),
        "url": f"/posts/{alices_post.pk}/",
        "name": "Alice Ashdown",
        "note": "Bring the form",
        "due": 1,
    }


@pytest.mark.django_db(transaction=True)
def test_a_post_that_is_gone_is_not_named(due: Bookmark, bob: User, alice: User, drain: Drain) -> None:
    graph.block(actor=alice, target=bob)
    drain()
    services.remind_due()
    [(_to, frame)] = frames(drain)
    assert (frame["url"], frame["name"], frame["note"]) == ("", "", "Bring the form")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("meanwhile", ["dismissed", "removed", "left"])
def test_what_was_settled_meanwhile_is_not_told(meanwhile: str, due: Bookmark, bob: User, drain: Drain) -> None:
    drain()
    services.remind_due()
    if meanwhile == "dismissed":
        services.dismiss_reminder(actor=bob, bookmark=due)
    elif meanwhile == "removed":
        services.unsave_post(actor=bob, post_id=due.post_id)
    else:
        User.objects.filter(pk=bob.pk).update(is_active=False)
    assert frames(drain) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", ["done/", "dismiss/"])
def test_it_stands_at_the_top_and_in_the_badge_until_it_is_settled(end: str, due: Bookmark, bob_client: Client) -> None:
    services.remind_due()
    badge = r'data-reminders><span class="vh">Reminders: </span><span data-number>1</span>'
    for path in ("/bookmarks/", "/bookmarks/?show=done"):
        page = bob_client.get(path).text
        assert "due-title" in page
        assert "Bring the form" in page
        assert re.search(badge, page)
    assert re.search(badge, bob_client.get("/").text)
    assert bob_client.post(f"/bookmarks/{due.pk}/{end}").status_code == 302
    after = bob_client.get("/bookmarks/").text
    assert "due-title" not in after
    assert not re.search(badge, after)
    assert f'id="saved-{due.pk}"' in after


def test_the_badge_costs_no_query_while_it_is_kept(due: Bookmark, bob_client: Client) -> None:
    services.remind_due()
    bob_client.get("/")
    with CaptureQueriesContext(connection) as queries:
        bob_client.get("/")
    assert not [one for one in queries if one["sql"].startswith('SELECT COUNT(*) AS "__count" FROM "posts_bookmark"')]


def test_nobody_else_sees_the_number(due: Bookmark, charlie_client: Client, anonymous_client: Client) -> None:
    services.remind_due()
    assert "data-number>1<" not in charlie_client.get("/").text
    assert "data-reminders" not in anonymous_client.get("/").text
