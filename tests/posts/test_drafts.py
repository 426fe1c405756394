"""Drafts: kept on every change, the same on all devices, and never back once they are out."""

import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.graph import services as graph
from apps.kernel.errors import Conflict
from apps.posts import services
from apps.posts.drafts import BLANK, Content
from apps.posts.models import BODY_LIMIT, Audience, Draft, Post
from tests.conftest import client_of

JSON = {"Accept": "application/json"}
FRAGMENT = {"HX-Request": "true"}
FULL: dict[str, Any] = {
    "body": " First\n\nsecond ",
    "audience": "2",
    "warning": "spiders",
    "replies": "1",
    "quoting": "2",
    "poll_question": "Which?",
    "poll_options": ["One", "", "Two"],
    "poll_hides": "1",
    "poll_hours": "72",
    "publish_at": "2031-02-03T04:05",
}


def save(client: Client, draft_id: uuid.UUID, revision: int = 0, **fields: object) -> Any:
    data = fields or {"body": "Begun"}
    return client.post(f"/drafts/{draft_id}/", {"revision": revision, **data}, headers=JSON)


@pytest.fixture
def key() -> uuid.UUID:
    return uuid.uuid4()


def test_a_draft_is_kept_and_found_on_another_device(alice: User, alice_client: Client, key: uuid.UUID) -> None:
    assert save(alice_client, key).json() == {"revision": 1}
    assert save(alice_client, key, 1, **FULL).json() == {"revision": 2}
    page = client_of(alice).get(f"/posts/new/?draft={key}").text
    assert "> First\n\nsecond </textarea>" in page
    for value in ("One", "Two", "spiders", "Which?", "2031-02-03T04:05"):
        assert f'value="{value}"' in page
    assert f'name="key" value="{key}"' in page
    assert 'name="revision" value="2"' in page
    assert '<option value="2" selected>Followers' in page
    assert '<option value="72" selected>' in page
    listed = client_of(alice).get("/drafts/").text
    assert "First second" in listed
    assert "Followers" in listed
    assert "a poll" in listed


def test_the_content_of_a_draft_for_a_script(alice_client: Client, key: uuid.UUID) -> None:
    save(alice_client, key, **FULL)
    answer = alice_client.get(f"/drafts/{key}/", headers=JSON).json()
    assert answer["revision"] == 1
    assert answer["content"]["poll_options"] == ["One", "", "Two"]
    assert alice_client.get(f"/drafts/{key}/")["Location"] == f"/posts/new/?draft={key}"


def test_a_draft_is_nobody_elses(
    anonymous_client: Client, alice_client: Client, bob_client: Client, key: uuid.UUID
) -> None:
    save(alice_client, key, body="canary")
    for path in (f"/drafts/{key}/", f"/posts/new/?draft={key}"):
        assert bob_client.get(path).status_code == 404
        assert anonymous_client.get(path)["Location"].startswith("/accounts/login/")
    for act in ("publish", "delete"):
        assert bob_client.post(f"/drafts/{key}/{act}/").status_code == 404
        assert bob_client.get(f"/drafts/{key}/{act}/").status_code == 405
    assert save(bob_client, key, body="mine").status_code == 404
    assert save(anonymous_client, key).status_code == 401
    assert "canary" not in bob_client.get("/drafts/").text
    assert Draft.objects.get().content["body"] == "canary"


def test_one_that_is_emptied_is_gone(alice_client: Client, key: uuid.UUID) -> None:
    save(alice_client, key)
    assert save(alice_client, key, 1, body="  ", audience="2").json() == {"revision": 0}
    assert not Draft.objects.exists()
    assert save(alice_client, uuid.uuid4(), 0, body="", poll_options=["", ""]).json() == {"revision": 0}
    assert not Draft.objects.exists()


def test_the_same_save_twice_is_one_row(alice_client: Client, key: uuid.UUID) -> None:
    assert save(alice_client, key).json() == save(alice_client, key).json() == {"revision": 1}


def test_two_devices_notice_one_another(alice_client: Client, key: uuid.UUID) -> None:
    save(alice_client, key, body="First")
    save(alice_client, key, 1, body="Here")
    answer = save(alice_client, key, 1, body="There")
    assert (answer.status_code, answer.json()["code"]) == (409, "changed")
    assert Draft.objects.get().content["body"] == "Here"
    assert save(alice_client, key, 2, body="There").json() == {"revision": 3}


def test_without_scripts_both_texts_are_shown_until_one_is_chosen(alice_client: Client, key: uuid.UUID) -> None:
    save(alice_client, key, body="First")
    save(alice_client, key, 1, body="Here")
    answer = alice_client.post(f"/drafts/{key}/", {"revision": 1, "body": "There"})
    assert answer.status_code == 409
    assert "Here" in answer.text
    assert ">There</textarea>" in answer.text
    assert 'name="revision" value="2"' in answer.text
    assert Draft.objects.get().content["body"] == "Here"
    assert alice_client.post(f"/drafts/{key}/", {"revision": 2, "body": "There"})["Location"] == "/drafts/"
    assert Draft.objects.get().content["body"] == "There"


def test_publishing_takes_the_text_of_the_form_and_the_draft_with_it(alice_client: Client, key: uuid.UUID) -> None:
    save(alice_client, key, body="Old")
    assert alice_client.post("/posts/", {"body": "New", "audience": "0", "key": key}).status_code == 302
    assert Post.objects.get().body == "New"
    assert not Draft.objects.exists()
    assert 'href="/drafts/"' not in alice_client.get("/").text


def test_publishing_from_the_list_takes_the_newest_text(alice_client: Client, key: uuid.UUID) -> None:
    save(alice_client, key, body="Old", audience="0")
    save(alice_client, key, 1, body="Newest", audience="0", warning="w", poll_options=["a", "b"])
    answer = alice_client.post(f"/drafts/{key}/publish/")
    post = Post.objects.get()
    assert answer["Location"] == post.get_absolute_url()
    assert (post.body, post.warning, post.has_poll, post.key) == ("Newest", "w", True, key)
    assert not Draft.objects.exists()
    assert alice_client.post(f"/drafts/{key}/publish/")["Location"] == post.get_absolute_url()
    assert Post.objects.count() == 1


@pytest.mark.parametrize("revision", [0, 1, 2])
def test_a_late_save_of_what_is_out_brings_nothing_back(alice_client: Client, key: uuid.UUID, revision: int) -> None:
    save(alice_client, key)
    alice_client.post("/posts/", {"body": "Out", "audience": "0", "key": key})
    answer = save(alice_client, key, revision, body="Late")
    assert (answer.status_code, answer.json()["code"]) == (409, "published")
    assert not Draft.objects.exists()
    assert Post.objects.get().body == "Out"


@pytest.mark.django_db(transaction=True)
def test_saving_and_publishing_at_once_leaves_no_draft_behind(alice: User) -> None:
    for _round in range(8):
        key = uuid.uuid4()

        def act(turn: int, key: uuid.UUID = key) -> None:
            try:
                if turn == 3:
                    services.create_post(actor=alice, body="Out", audience=0, key=key)
                else:
                    content = Content(body=f"Text {turn}")
                    services.save_draft(actor=alice, draft_id=key, content=content, revision=0)
            except Conflict:
                pass  # somebody was faster, and says so
            finally:
                connection.close()

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(act, range(6)))
        assert Post.objects.filter(key=key).count() == 1
        assert not Draft.objects.filter(pk=key).exists()


def test_a_deleted_draft_stays_deleted(alice_client: Client, key: uuid.UUID) -> None:
    save(alice_client, key)
    assert alice_client.post(f"/drafts/{key}/delete/")["Location"] == "/drafts/"
    answer = save(alice_client, key, 1, body="Late")
    assert (answer.status_code, answer.json()["code"]) == (409, "deleted")
    assert not Draft.objects.exists()
    assert alice_client.post(f"/drafts/{key}/delete/").status_code == 404


def test_deleting_can_be_undone(alice_client: Client, bob_client: Client, key: uuid.UUID) -> None:
    save(alice_client, key, **FULL)
    page = alice_client.post(f"/drafts/{key}/delete/", follow=True).text
    assert f'formaction="/drafts/{key}/restore/"' in page
    assert bob_client.post(f"/drafts/{key}/restore/").status_code == 404
    for _twice in range(2):
        assert alice_client.post(f"/drafts/{key}/restore/")["Location"] == "/drafts/"
    assert Draft.objects.get().content["poll_options"] == ["One", "", "Two"]
    assert save(alice_client, key, 1, body="Going on").json() == {"revision": 2}


def test_what_was_deleted_long_ago_is_gone(alice_client: Client, key: uuid.UUID) -> None:
    save(alice_client, key)
    alice_client.post(f"/drafts/{key}/delete/")
    cache.delete_pattern("*deleted-draft*")  # type: ignore[attr-defined]
    assert alice_client.post(f"/drafts/{key}/restore/").status_code == 404
    assert not Draft.objects.exists()


@pytest.mark.parametrize(("hours", "where"), [(6, "/scheduled/"), (0, "/drafts/")])
def test_a_post_that_waits_comes_back_with_its_time_unless_that_is_near(
    hours: int, where: str, alice: User, alice_client: Client, key: uuid.UUID
) -> None:
    at = timezone.now() + timedelta(hours=hours)
    content = Content.of_json(BLANK.as_json() | {"body": "Later", "audience": "0"})
    services.schedule_post(actor=alice, draft_id=key, content=content, publish_at=timezone.now() + timedelta(days=1))
    Draft.objects.update(publish_at=at)
    assert alice_client.post(f"/drafts/{key}/delete/")["Location"] == "/scheduled/"
    assert alice_client.post(f"/drafts/{key}/restore/")["Location"] == where
    assert Draft.objects.get().publish_at == (at if hours else None)


def test_deleting_asks_one_question(alice_client: Client, key: uuid.UUID) -> None:
    save(alice_client, key)
    assert "Delete it?" in alice_client.get("/drafts/").text


def test_what_may_not_be_posted_stays_a_draft_with_the_reason(
    alice: User, alice_client: Client, key: uuid.UUID
) -> None:
    circle = graph.create_circle(actor=alice, name="Choir")
    save(alice_client, key, body="x" * (BODY_LIMIT + 7), audience="0")  # a draft may be too long
    answer = alice_client.post(f"/drafts/{key}/publish/")
    assert answer.status_code == 400
    assert "7 characters too many" in answer.text
    assert 'name="revision" value="1"' in answer.text
    assert Draft.objects.exists()
    save(alice_client, key, 1, body="Sing", audience=f"3:{circle.pk}")
    assert "Circle: Choir" in alice_client.get("/drafts/").text
    graph.delete_circle(actor=alice, circle=circle)
    answer = alice_client.post(f"/drafts/{key}/publish/")
    assert answer.status_code == 400
    assert "This circle is gone" in answer.text
    assert ">Sing</textarea>" in answer.text


def test_a_draft_ends_somewhere(alice_client: Client, key: uuid.UUID) -> None:
    answer = save(alice_client, key, body="x" * 20_001)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["body"])
    assert not Draft.objects.exists()


def test_fifty_drafts(alice: User, alice_client: Client) -> None:
    for number in range(50):
        services.save_draft(actor=alice, draft_id=uuid.uuid4(), content=Content(body=str(number)), revision=0)
    answer = save(alice_client, uuid.uuid4())
    assert (answer.status_code, answer.json()["code"]) == (409, "full")
    kept = Draft.objects.all()[0]
    assert save(alice_client, kept.pk, 1, body="still saved").status_code == 200
    page = alice_client.post(f"/drafts/{uuid.uuid4()}/", {"body": "Not lost"})
    assert page.status_code == 409
    assert ">Not lost</textarea>" in page.text


def test_saves_have_a_limit(alice: User, alice_client: Client, key: uuid.UUID) -> None:
    from apps.kernel import limits

    for _ in range(2_000):
        limits.count("draft.save", person_id=alice.pk)
    assert save(alice_client, key).status_code == 429


def test_a_draft_with_a_quote_that_is_gone_says_so(
    alice: User, bob_client: Client, key: uuid.UUID, make_post: Callable[..., Post]
) -> None:
    quoted = make_post(alice, "To be quoted")
    save(bob_client, key, body="Hear, hear", quote=quoted.pk, audience="0")
    page = bob_client.get(f"/posts/new/?draft={key}").text
    assert "To be quoted" in page
    services.delete_post(actor=alice, post=quoted)
    page = bob_client.get(f"/posts/new/?draft={key}").text
    assert "To be quoted" not in page
    assert "is not shown to you any more" in page
    assert ">Hear, hear</textarea>" in page
    assert bob_client.post(f"/drafts/{key}/publish/").status_code == 404
    answer = bob_client.post("/posts/", {"body": "Hear, hear", "audience": "0", "key": key})
    assert answer.status_code == 302


def test_the_list_is_flat_and_newest_first(alice: User, alice_client: Client) -> None:
    counts = []
    for rows in (1, 19):
        for number in range(rows):
            content = Content(body=f"Draft {rows} {number}", audience="0")
            services.save_draft(actor=alice, draft_id=uuid.uuid4(), content=content, revision=0)
        alice_client.get("/drafts/")
        with CaptureQueriesContext(connection) as queries:
            page = alice_client.get("/drafts/").text
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 3
    assert page.index("Draft 19 18") < page.index("Draft 19 0") < page.index("Draft 1 0")
    assert "<html" not in alice_client.get("/drafts/", headers=FRAGMENT).text


def test_an_empty_list_says_what_comes_here(alice_client: Client) -> None:
    assert "No drafts" in alice_client.get("/drafts/").text


def test_content_survives_other_releases_and_nonsense() -> None:
    full = Content(body="b", audience="3:1", quoted_id=7, poll_options=("a", ""), poll_anonymous=False, poll_hours=6)
    assert Content.of_json(json.loads(json.dumps(full.as_json()))) == full
    assert Content.of_json({"body": "b", "mood": "new"}) == Content(body="b")
    assert Content.of_json({}) == Content.of_json(None) == Content.of_json([1]) == BLANK
    odd = {"body": 7, "poll_options": "ab", "poll_hours": True, "quoted_id": "1", "poll_multiple": 1, "replies": None}
    assert Content.of_json(odd) == BLANK
    assert Content.of_json({"poll_options": ["a", 1, None]}).poll_options == ("a",)


@pytest.mark.parametrize("content", [{"body": 7}, [], "x", {"poll_options": [[]], "later": {}}])
def test_an_odd_row_breaks_no_page(alice: User, alice_client: Client, content: object, key: uuid.UUID) -> None:
    Draft.objects.create(pk=key, author=alice, content=content)
    for path in ("/drafts/", f"/posts/new/?draft={key}", "/"):
        assert alice_client.get(path).status_code == 200


@pytest.mark.parametrize("body", ["a\x00b", "a\ud800b".encode("utf-8", "surrogatepass"), "\u202e"])
def test_odd_characters_are_kept_as_far_as_a_row_can(alice_client: Client, key: uuid.UUID, body: Any) -> None:
    assert save(alice_client, key, body=body).status_code == 200


def test_only_me_is_a_draft_s_audience_too(alice: User, alice_client: Client, key: uuid.UUID) -> None:
    save(alice_client, key, body="Mine", audience=str(int(Audience.ONLY_ME)))
    assert "Only me" in alice_client.get("/drafts/").text
