"""The author of a post hides a reply for all: it stands as a line that can be opened, and can be shown again."""

import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.posts import services
from apps.posts.models import Comment, Post
from tests.conftest import client_of

LINE = '<summary class="meta">Hidden by the author</summary>'


@pytest.fixture
def reply(alices_post: Post, bob: User) -> Comment:
    return services.add_comment(actor=bob, post=alices_post, body="Rude", parent=None, key=uuid.uuid4())


def fold(client: Client, comment: Comment, folded: str = "1") -> int:
    return client.post(f"/comments/{comment.pk}/fold/", {"folded": folded}).status_code


def test_it_is_folded_for_all_and_can_be_opened(
    reply: Comment, alice: User, bob: User, charlie: User, alice_client: Client, events: Callable[[], list[str]]
) -> None:
    answer = services.add_comment(actor=alice, post=reply.post, body="Please", parent=reply, key=uuid.uuid4())
    for _turn in range(2):
        assert fold(alice_client, reply) == 302
    assert events().count("comment.folded") == 1
    for person in (alice, bob, charlie, None):
        page = client_of(person).get(f"/posts/{reply.post_id}/").content.decode()
        folded = page[page.index(LINE) :].partition("</details>")[0]
        assert "Rude" in folded
        assert page.count(LINE) == 1
        assert f'id="comment-{answer.pk}"' in page
        own = client_of(person).get(f"/comments/{reply.pk}/").content.decode()
        assert LINE not in own
        assert "The author of the post has hidden this reply." in own


def test_it_can_be_shown_again(reply: Comment, alice_client: Client, events: Callable[[], list[str]]) -> None:
    path = f"/posts/{reply.post_id}/"
    assert "Hide this reply for everybody" in alice_client.get(path).content.decode()
    fold(alice_client, reply)
    page = alice_client.get(path).content.decode()
    assert "Show this reply to everybody again" in page
    assert "Hide this reply for everybody" not in page
    for _turn in range(2):
        assert fold(alice_client, reply, "0") == 302
    assert LINE not in alice_client.get(path).content.decode()
    assert events().count("comment.folded") == 2


def test_only_the_author_of_the_post_may(
    reply: Comment, bob: User, charlie: User, dora: User, mira: User, alice_client: Client
) -> None:
    for person, status in ((bob, 403), (charlie, 403), (mira, 403), (dora, 404), (None, 302)):
        assert fold(client_of(person), reply) == status
    assert client_of(bob).get(f"/comments/{reply.pk}/fold/").status_code == 405
    reply.refresh_from_db()
    assert reply.folded_at is None
    for person in (bob, charlie, None):
        page = client_of(person).get(f"/posts/{reply.post_id}/").content.decode()
        assert "Hide this reply" not in page


def test_a_fragment_is_the_whole_talk(reply: Comment, alice_client: Client) -> None:
    response = alice_client.post(f"/comments/{reply.pk}/fold/", {"folded": "1"}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert LINE in response.content.decode()
    assert "<html" not in response.content.decode()


def test_without_a_script_one_comes_back_to_where_one_was(reply: Comment, alice_client: Client) -> None:
    data = {"folded": "1", "next": f"/posts/{reply.post_id}/?sort=best"}
    response = alice_client.post(f"/comments/{reply.pk}/fold/", data)
    assert response["Location"] == f"/posts/{reply.post_id}/?sort=best#folded-{reply.pk}"
