"""Mutes and notes: for oneself alone, and silent (FEATURES C6)."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.graph import selectors, services, tasks
from apps.graph.models import Mute, PersonNote
from apps.kernel.errors import Forbidden, Invalid
from apps.posts import services as posts
from apps.posts.models import Post
from tests import cast
from tests.conftest import client_of

MakePost = Callable[..., Post]
FRAGMENT = {"HX-Request": "true"}
LISTS = ["/", "/?view=latest", "/api/feed", "/api/feed?view=latest", "/explore/", "/tags/quad/"]
NEWS = "/feed/new/?since=2020-01-01T00:00:00Z"


@pytest.fixture
def written(alice: User, bob: User, make_post: MakePost, drain: Callable[[], int]) -> Post:
    """By alice, whom bob follows."""
    post = make_post(alice, "A canary #quad")
    drain()
    return post


def test_muting_hides_posts_from_lists_at_once(
    written: Post, alice: User, bob_client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    for path in LISTS:
        assert "canary" in bob_client.get(path).text, path
    assert "canary" in bob_client.get(NEWS, headers=FRAGMENT).text
    with django_capture_on_commit_callbacks(execute=True):
        bob_client.post("/@alice/mute/", {"days": "7", "with_notifications": "on"})
    for path in LISTS:
        assert "canary" not in bob_client.get(path).text, path
    assert "canary" not in bob_client.get(NEWS, headers=FRAGMENT).text
    with django_capture_on_commit_callbacks(execute=True):
        bob_client.post("/@alice/unmute/")
    for path in LISTS:
        assert "canary" in bob_client.get(path).text, path


def test_profile_and_permalink_stay(written: Post, alice: User, bob: User, bob_client: Client) -> None:
    services.mute(actor=bob, target=alice)
    assert "canary" in bob_client.get(f"/posts/{written.pk}/").text
    page = bob_client.get("/@alice/").text
    assert "canary" in page
    assert "Unmute" in page
    assert selectors.is_following(bob, alice)


def test_what_they_say_in_others_talks_is_folded(alice: User, bob: User, charlie: User, make_post: MakePost) -> None:
    post = make_post(charlie)
    posts.add_comment(actor=alice, post=post, body="A canary", parent=None, key=uuid.uuid4())
    fold = '<details class="folded'
    assert fold not in client_of(bob).get(f"/posts/{post.pk}/").text
    services.mute(actor=bob, target=alice)
    page = client_of(bob).get(f"/posts/{post.pk}/").text
    assert page.index(fold) < page.index("From somebody you muted") < page.index("A canary")
    assert fold not in client_of(charlie).get(f"/posts/{post.pk}/").text


def test_it_is_silent(written: Post, alice: User, bob: User, events: Callable[[], list[str]]) -> None:
    before, seen = events(), client_of(alice).get("/@bob/").text.count("mute")
    services.mute(actor=bob, target=alice)
    assert events() == before
    assert client_of(alice).get("/@bob/").text.count("mute") == seen
    assert client_of(alice).get("/settings/muted/").text.count("Unmute") == 0


@pytest.mark.parametrize(("days", "length"), [("1", 1), ("7", 7), ("30", 30), ("", None)])
def test_for_how_long(days: str, length: int | None, alice: User, bob: User, bob_client: Client) -> None:
    bob_client.post("/@alice/mute/", {"days": days})
    mute = Mute.objects.get()
    assert (mute.until is None) == (length is None)
    if mute.until and length:
        assert abs(mute.until - timezone.now() - timedelta(days=length)) < timedelta(minutes=1)
    assert not mute.with_notifications
    bob_client.post("/@alice/mute/", {"days": "1", "with_notifications": "on"})  # a new wish replaces the old
    assert Mute.objects.get().with_notifications


@pytest.mark.parametrize("days", ["0", "-1", "400", "x", "9" * 40])
def test_another_length_is_refused(days: str, alice: User, bob_client: Client) -> None:
    assert bob_client.post("/@alice/mute/", {"days": days}).status_code == 400
    assert not Mute.objects.exists()


def test_what_has_run_out_counts_as_none_and_is_forgotten(
    written: Post, alice: User, bob: User, bob_client: Client
) -> None:
    services.mute(actor=bob, target=alice, until=timezone.now() + timedelta(days=1))
    Mute.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert not selectors.is_muted(bob, alice)
    for path in LISTS:
        assert "canary" in bob_client.get(path).text, path
    assert "Alice Ashdown" not in bob_client.get("/settings/muted/").text
    tasks.purge()
    assert not Mute.objects.exists()


def test_the_page_lists_and_undoes(alice: User, bob: User, bob_client: Client) -> None:
    services.mute(actor=bob, target=alice)
    assert "Alice Ashdown" in bob_client.get("/settings/muted/").text
    bob_client.post("/@alice/unmute/")
    assert not Mute.objects.exists()


def test_the_page_is_flat_in_queries(bob: User, make_person: Any, django_assert_max_num_queries: Any) -> None:
    for number in range(20):
        services.mute(actor=bob, target=make_person(f"person{number}"))
    client = client_of(bob)
    client.get("/settings/muted/")
    with django_assert_max_num_queries(4):
        assert client.get("/settings/muted/").text.count("Unmute") == 20


def test_nobody_mutes_themselves_or_for_a_time_that_has_passed(alice: User, bob: User) -> None:
    with pytest.raises(Forbidden):
        services.mute(actor=bob, target=bob)
    with pytest.raises(Invalid):
        services.mute(actor=bob, target=alice, until=timezone.now())


def test_who_is_muted_is_not_announced(
    alice: User, bob: User, make_post: MakePost, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pill of new posts does not light up; whoever has not muted them is told."""
    eve = cast.make_person("eve")
    cast.follow(eve, alice)
    services.mute(actor=bob, target=alice)
    drain()
    told: list[int] = []
    monkeypatch.setattr("apps.feed.telling.push", lambda *, user_ids, payload: told.extend(user_ids))
    make_post(alice)
    drain()
    assert told == [eve.pk]


class TestNotes:
    def test_it_is_kept_for_its_author_alone(self, alice: User, bob: User, bob_client: Client) -> None:
        answer = bob_client.post("/@alice/note/", {"text": " from the ferret club "}, headers=FRAGMENT)
        assert "from the ferret club" in answer.text
        assert PersonNote.objects.get().text == "from the ferret club"
        assert "from the ferret club" in bob_client.get("/@alice/").text
        superuser = cast.make_person("root", is_staff=True, is_superuser=True)
        for other in (alice, superuser, cast.make_person("eve"), None):
            for path in ("/@alice/", "/@bob/", "/", "/settings/"):
                assert "ferret" not in client_of(other).get(path, follow=True).text, (other, path)

    def test_an_empty_one_is_forgotten(self, alice: User, bob: User, bob_client: Client) -> None:
        bob_client.post("/@alice/note/", {"text": "ferret"})
        bob_client.post("/@alice/note/", {"text": "  "})
        assert not PersonNote.objects.exists()
        bob_client.post("/@alice/note/", {})
        assert not PersonNote.objects.exists()

    def test_a_second_one_replaces_the_first(self, alice: User, bob: User) -> None:
        services.write_note(actor=bob, person=alice, text="one")
        services.write_note(actor=bob, person=alice, text="two")
        assert selectors.note_about(bob, alice) == "two"
        assert PersonNote.objects.count() == 1

    def test_it_has_a_length_and_is_not_about_oneself(self, alice: User, bob: User, bob_client: Client) -> None:
        assert bob_client.post("/@alice/note/", {"text": "x" * 1001}).status_code == 400
        assert bob_client.post("/@bob/note/", {"text": "me"}).status_code == 403
        assert not PersonNote.objects.exists()

    def test_whom_one_cannot_see_one_cannot_note(self, alice: User, dora_client: Client) -> None:
        assert dora_client.post("/@alice/note/", {"text": "x"}).status_code == 404

    def test_it_is_text(self, alice: User, bob_client: Client) -> None:
        bob_client.post("/@alice/note/", {"text": "</textarea><script>alert(1)</script>"})
        assert "<script>alert(1)" not in bob_client.get("/@alice/").text
