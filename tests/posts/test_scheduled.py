"""Posts that wait for their time: written by one's own clock, sent once, and kept when they cannot go out."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import set_time_zone
from apps.graph import services as graph
from apps.kernel import limits
from apps.posts import moments, services, tasks
from apps.posts.content import Extras
from apps.posts.drafts import Content
from apps.posts.models import Audience, Draft, Failure, Post, Quoting
from apps.safety import services as safety
from tests.conftest import client_of

BERLIN = ZoneInfo("Europe/Berlin")
JSON = {"Accept": "application/json"}


def ahead(zone: str = "UTC", **delta: int) -> str:
    return (timezone.now() + timedelta(**(delta or {"hours": 3}))).astimezone(ZoneInfo(zone)).strftime(moments.WRITTEN)


def plan(client: Client, key: uuid.UUID | None = None, **fields: object) -> Any:
    sent = {"body": "Later", "audience": "0", "key": key or uuid.uuid4(), "publish_at": ahead()} | fields
    return client.post("/posts/", sent)


@pytest.fixture
def waiting(alice: User) -> Callable[..., Draft]:
    """A post of alice's whose time has come, unless another is given."""

    def make(content: Content | None = None, *, late: timedelta = timedelta(seconds=1), author: User = alice) -> Draft:
        content = content or Content(body=f"Sent {uuid.uuid4()}", audience="0")
        return Draft.objects.create(
            pk=uuid.uuid4(), author=author, content=content.as_json(), publish_at=timezone.now() - late
        )

    return make


def test_it_waits_is_listed_and_goes_out(alice: User, alice_client: Client, events: Callable[[], list[str]]) -> None:
    key = uuid.uuid4()
    assert plan(alice_client, key, warning="w", poll_options=["a", "b"])["Location"] == "/scheduled/"
    assert not Post.objects.exists()
    page = alice_client.get("/scheduled/").text
    assert "Later" in page
    assert "UTC" in page
    assert "1 waits for its time" in alice_client.get("/").text
    assert services.publish_due() == 0
    Draft.objects.update(publish_at=timezone.now() - timedelta(minutes=1))
    before = timezone.now()
    tasks.publish_due()
    tasks.publish_due()
    post = Post.objects.get()
    assert (post.key, post.author, post.body, post.warning, post.has_poll) == (key, alice, "Later", "w", True)
    assert post.created_at >= before - timedelta(seconds=5)
    assert not Draft.objects.exists()
    assert events().count("post.created") == 1
    assert "Later" in alice_client.get("/").text


def test_the_time_is_meant_by_the_writers_clock(alice: User) -> None:
    set_time_zone(actor=alice, name="Asia/Tokyo")
    client = client_of(alice)
    written = ahead("Asia/Tokyo", days=2)
    plan(client, publish_at=written)
    kept = Draft.objects.get().publish_at
    assert kept is not None
    assert kept.astimezone(ZoneInfo("Asia/Tokyo")).strftime(moments.WRITTEN) == written
    page = client.get("/scheduled/").text
    assert "Asia/Tokyo" in page
    assert f'value="{written}"' in page
    assert f'value="{written}"' in client.get(f"/posts/new/?draft={Draft.objects.get().pk}").text


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-03-29T01:59", datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        ("2026-03-29T02:30", None),  # the clocks jump from two to three
        ("2026-03-29T03:00", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        ("2026-10-25T02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # twice that night: the first
        ("2026-07-01T12:00:30", datetime(2026, 7, 1, 10, 0, 30, tzinfo=UTC)),
        ("2026-13-01T12:00", None),
        ("0001-01-01T00:00", None),
        ("12:00", None),
    ],
)
def test_nights_on_which_the_clocks_change(written: str, meant: datetime | None) -> None:
    moment, fault = moments.moment_of(written, BERLIN)
    assert moment == meant
    assert bool(fault) == (meant is None)


@pytest.mark.parametrize("written", ["2020-01-01T10:00", "2199-01-01T10:00", "x", "2027-03-28T02:30"])
def test_a_time_that_cannot_be_is_told_and_nothing_is_lost(alice: User, written: str) -> None:
    set_time_zone(actor=alice, name="Europe/Berlin")
    answer = plan(client_of(alice), publish_at=written)
    assert answer.status_code == 400
    assert ">Later</textarea>" in answer.text
    assert "compose-publish-at-error" in answer.text
    assert not Draft.objects.exists()


def test_what_create_would_refuse_is_refused_at_once(
    alice: User, bob_client: Client, alice_client: Client, make_post: Callable[..., Post]
) -> None:
    campus = make_post(alice, "To campus", Audience.CAMPUS, extras=Extras(quoting=Quoting.EVERYONE))
    answer = plan(bob_client, audience="0", quote=campus.pk)
    assert answer.status_code == 400
    assert "was not written for that many people" in answer.text
    assert plan(alice_client, body="").status_code == 400
    assert not Draft.objects.exists()


def test_a_draft_becomes_it_and_a_late_save_leaves_it_alone(alice_client: Client) -> None:
    key = uuid.uuid4()
    alice_client.post(f"/drafts/{key}/", {"body": "Begun"}, headers=JSON)
    plan(alice_client, key)
    answer = alice_client.post(f"/drafts/{key}/", {"body": "Late", "revision": 1}, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "scheduled")
    row = Draft.objects.get()
    assert row.content["body"] == "Later"
    assert row.publish_at
    assert "Later" not in alice_client.get("/drafts/").text
    plan(alice_client, key, body="Later still")
    assert Draft.objects.get().content["body"] == "Later still"


def test_edit_another_time_cancel_and_send_now(alice_client: Client) -> None:
    key = uuid.uuid4()
    plan(alice_client, key)
    page = alice_client.get(f"/posts/new/?draft={key}").text
    assert ">Later</textarea>" in page
    assert "data-drafts" not in page  # what waits is not changed by typing
    later = ahead(days=9)
    assert alice_client.post(f"/scheduled/{key}/", {"publish_at": later})["Location"] == "/scheduled/"
    assert f'value="{later}"' in alice_client.get("/scheduled/").text
    assert alice_client.post(f"/scheduled/{key}/cancel/")["Location"] == "/drafts/"
    assert Draft.objects.get().publish_at is None
    assert "Later" in alice_client.get("/drafts/").text
    assert alice_client.post(f"/scheduled/{key}/cancel/").status_code == 404  # it waits no more
    plan(alice_client, key, publish_at=later)
    assert alice_client.post(f"/drafts/{key}/publish/").status_code == 302
    assert Post.objects.get().key == key
    assert not Draft.objects.exists()


def test_without_a_time_an_edited_one_goes_out_at_once(alice_client: Client) -> None:
    key = uuid.uuid4()
    plan(alice_client, key)
    plan(alice_client, key, body="Now", publish_at="")
    assert Post.objects.get().body == "Now"
    assert not Draft.objects.exists()


@pytest.mark.parametrize("written", ["", "2020-01-01T10:00", "x"])
def test_another_time_that_cannot_be(alice_client: Client, written: str) -> None:
    key = uuid.uuid4()
    plan(alice_client, key)
    before = Draft.objects.get().publish_at
    answer = alice_client.post(f"/scheduled/{key}/", {"publish_at": written})
    assert answer.status_code == 400
    assert f'id="at-{key}-error"' in answer.text
    assert f'value="{written}"' in answer.text
    assert Draft.objects.get().publish_at == before


def test_it_is_nobody_elses(anonymous_client: Client, alice_client: Client, bob_client: Client) -> None:
    key = uuid.uuid4()
    plan(alice_client, key, body="canary")
    assert "canary" not in bob_client.get("/scheduled/").text
    assert anonymous_client.get("/scheduled/")["Location"].startswith("/accounts/login/")
    acts = ("scheduled/{}/", "scheduled/{}/cancel/", "drafts/{}/publish/", "drafts/{}/delete/")
    for path in (f"/{act.format(key)}" for act in acts):
        assert bob_client.post(path, {"publish_at": ahead()}).status_code == 404
        assert anonymous_client.post(path)["Location"].startswith("/accounts/login/")
    assert alice_client.get(f"/scheduled/{key}/cancel/").status_code == 405
    assert Draft.objects.get().publish_at


def failed(row: Draft) -> str:
    assert services.publish_due() == 0
    assert not Post.objects.filter(key=row.pk).exists()
    return Draft.objects.get(pk=row.pk).failed_because


def test_a_suspended_author(alice: User, admin: User, waiting: Callable[..., Draft]) -> None:
    row = waiting()
    safety.suspend(actor=admin, person=alice, reason="testing")
    assert failed(row) == Failure.SUSPENDED


def test_a_circle_that_is_gone(alice: User, alice_client: Client, waiting: Callable[..., Draft]) -> None:
    circle = graph.create_circle(actor=alice, name="Choir")
    row = waiting(Content(body="Sing", audience=f"3:{circle.pk}"))
    graph.delete_circle(actor=alice, circle=circle)
    assert failed(row) == Failure.AUDIENCE
    page = alice_client.get("/scheduled/").text
    assert "This did not go out." in page
    assert "Choose who should see it." in page
    assert "1 did not go out" in alice_client.get("/").text
    later = ahead()
    alice_client.post(f"/scheduled/{row.pk}/", {"publish_at": later})
    assert Draft.objects.get().failed_because == ""


@pytest.mark.parametrize("what", ["deleted", "no longer quotable", "narrowed by a block"])
def test_a_quoted_post_that_is_gone(
    what: str, alice: User, bob: User, make_post: Callable[..., Post], waiting: Callable[..., Draft]
) -> None:
    quoted = make_post(alice, "To be quoted")
    row = waiting(Content(body="Hear", audience="0", quoted_id=quoted.pk), author=bob)
    if what == "deleted":
        services.delete_post(actor=alice, post=quoted)
    elif what == "no longer quotable":
        Post.objects.filter(pk=quoted.pk).update(quoting=Quoting.NOBODY)
    else:
        graph.block(actor=alice, target=bob)
    assert failed(row) == Failure.QUOTE


def test_a_limit_and_a_text_that_is_none(alice: User, waiting: Callable[..., Draft]) -> None:
    empty = waiting(Content(body=" ", audience="0"))
    assert failed(empty) == Failure.CONTENT
    for _ in range(30):
        limits.count("post.create", person_id=alice.pk)
    assert failed(waiting()) == Failure.LIMIT


def test_one_that_cannot_go_out_stops_no_other(alice: User, waiting: Callable[..., Draft]) -> None:
    waiting(Content(body="", audience="0"), late=timedelta(hours=2))
    good = waiting()
    assert services.publish_due() == 1
    assert services.publish_due() == 0
    assert Post.objects.get().key == good.pk


@pytest.mark.django_db(transaction=True)
def test_several_workers_at_once_send_each_post_once(alice: User, bob: User, waiting: Callable[..., Draft]) -> None:
    rows = [waiting(author=author) for author in (alice, bob) for _ in range(10)]

    def act(_turn: int) -> int:
        try:
            return services.publish_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(act, range(6))) == 20
    assert sorted(Post.objects.values_list("key", flat=True)) == sorted(row.pk for row in rows)
    assert not Draft.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_clock_and_its_author_at_once_send_it_once(alice: User, waiting: Callable[..., Draft]) -> None:
    for _round in range(8):
        row = waiting()

        def act(turn: int, row: Draft = row) -> None:
            try:
                if turn % 2:
                    services.publish_due()
                else:
                    services.publish_draft(actor=alice, draft_id=row.pk)
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(act, range(4)))
        assert Post.objects.filter(key=row.pk).count() == 1
        limits_forgotten()
    assert not Draft.objects.exists()


def limits_forgotten() -> None:
    from django.core.cache import cache

    cache.delete_pattern("*")  # type: ignore[attr-defined]


# A worker that is killed while it holds a row and has made its post, but before anything is committed.
KILLED = """
import os, sys, time, django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from django.db import connection, transaction
from apps.posts.models import Post
from apps.posts.services import drafts
with transaction.atomic():
    assert drafts._publish_one(__import__("uuid").UUID(sys.argv[2]))
    assert Post.objects.filter(key=sys.argv[2]).exists()
    print("made", flush=True)
    time.sleep(60)
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_one_post_for_the_next(waiting: Callable[..., Draft]) -> None:
    row = waiting()
    name = str(connection.settings_dict["NAME"])
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test"}
    command = [sys.executable, "-c", KILLED, name, str(row.pk)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline().strip() == "made"
        assert services.publish_due() == 0  # it is the other's, for now
        worker.send_signal(signal.SIGKILL)
    deadline = timezone.now() + timedelta(seconds=20)
    while not services.publish_due():
        assert timezone.now() < deadline
    assert Post.objects.get().key == row.pk
    assert not Draft.objects.exists()


def test_the_list_is_flat_soonest_first_and_failures_above(alice: User, alice_client: Client) -> None:
    counts = []
    for rows in (1, 19):
        for number in range(rows):
            services.schedule_post(
                actor=alice,
                draft_id=uuid.uuid4(),
                content=Content(body=f"Waits {rows} {number}", audience="0"),
                publish_at=timezone.now() + timedelta(hours=1 + number, days=rows),
            )
        alice_client.get("/scheduled/")
        with CaptureQueriesContext(connection) as queries:
            page = alice_client.get("/scheduled/").text
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 3
    assert page.index("Waits 1 0") < page.index("Waits 19 0") < page.index("Waits 19 18")
    Draft.objects.filter(content__body="Waits 19 18").update(failed_because=Failure.LIMIT)
    page = alice_client.get("/scheduled/").text
    assert page.index("Waits 19 18") < page.index("Waits 1 0")


def test_fifty_may_wait(alice: User, alice_client: Client) -> None:
    for number in range(50):
        Draft.objects.create(
            pk=uuid.uuid4(), author=alice, content={"body": str(number)}, publish_at=timezone.now() + timedelta(days=1)
        )
    answer = plan(alice_client)
    assert answer.status_code == 409
    assert ">Later</textarea>" in answer.text


def test_scheduling_has_a_limit(alice: User, alice_client: Client) -> None:
    for _ in range(60):
        limits.count("post.schedule", person_id=alice.pk)
    assert plan(alice_client).status_code == 429
