"""Who may answer a post: everyone who sees it, people its author follows, people named in it, or nobody."""

import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.posts import services
from apps.posts.content import Extras
from apps.posts.models import Audience, Comment, Post, Replies
from tests import cast
from tests.conftest import client_of

FORM = 'id="comment-body"'
REPLY = 'class="comment-form stack"'


@pytest.fixture
def post_for_replies(alice: User) -> Callable[..., Post]:
    def make(replies: int, body: str = "What do you think?") -> Post:
        return services.create_post(
            actor=alice, body=body, audience=Audience.PUBLIC, key=uuid.uuid4(), extras=Extras(replies=replies)
        )

    return make


def answer(person: User | None, post: Post, parent: Comment | None = None) -> int:
    data = {"body": "I think", "key": str(uuid.uuid4()), "parent": str(parent.pk) if parent else ""}
    return client_of(person).post(f"/posts/{post.pk}/comments/", data).status_code


def test_everyone(bob: User, charlie: User, dora: User, post_for_replies: Callable[..., Post]) -> None:
    post = post_for_replies(Replies.EVERYONE)
    assert [answer(one, post) for one in (bob, charlie, dora, None)] == [302, 302, 404, 302]
    assert Comment.objects.count() == 2


def test_people_the_author_follows(
    alice: User, bob: User, charlie: User, post_for_replies: Callable[..., Post]
) -> None:
    """Bob follows alice, which is not asked; alice follows charlie."""
    cast.follow(alice, charlie)
    post = post_for_replies(Replies.FRIENDS)
    assert [answer(one, post) for one in (alice, bob, charlie)] == [302, 403, 302]


def test_people_named(alice: User, bob: User, charlie: User, post_for_replies: Callable[..., Post]) -> None:
    post = post_for_replies(Replies.NAMED, "What do you think, @bob? `@charlie`")
    assert [answer(one, post) for one in (alice, bob, charlie)] == [302, 302, 403]


def test_nobody(alice: User, bob: User, post_for_replies: Callable[..., Post], events: Callable[[], list[str]]) -> None:
    post = post_for_replies(Replies.NOBODY)
    own = answer(alice, post), Comment.objects.get()
    assert own[0] == 302
    assert answer(bob, post) == 403
    assert answer(bob, post, parent=own[1]) == 403
    assert Comment.objects.count() == Post.objects.get(pk=post.pk).comment_count == 1
    assert events().count("comment.created") == 1


@pytest.mark.parametrize(
    ("replies", "sentence"),
    [
        (Replies.FRIENDS, "Only people the author follows can reply."),
        (Replies.NAMED, "Only people named in the post can reply."),
        (Replies.NOBODY, "The author has turned off replies."),
    ],
)
def test_who_may_not_is_told_and_given_no_form(
    replies: int, sentence: str, alice: User, bob: User, post_for_replies: Callable[..., Post]
) -> None:
    post = post_for_replies(replies)
    said = services.add_comment(actor=alice, post=post, body="Me first", parent=None, key=uuid.uuid4())
    for path in (f"/posts/{post.pk}/", f"/comments/{said.pk}/"):
        for person in (bob, alice, bob):  # what is kept of one is not shown to the other
            page = client_of(person).get(path).content.decode()
            assert (sentence in page) == (person == bob)
            assert (REPLY in page) == (person == alice)
            if path.startswith("/posts/"):
                assert (FORM in page) == (person == alice)
    refused = client_of(bob).post(f"/posts/{post.pk}/comments/", {"body": "No"}, headers={"HX-Request": "true"})
    assert refused.status_code == 403
    assert sentence in refused.content.decode()


def test_a_form_sent_before_is_one_comment_even_when_replies_are_off_now(
    bob: User, post_for_replies: Callable[..., Post]
) -> None:
    post, key = post_for_replies(Replies.EVERYONE), uuid.uuid4()
    data = {"body": "Once", "key": str(key)}
    assert client_of(bob).post(f"/posts/{post.pk}/comments/", data).status_code == 302
    Post.objects.update(replies=Replies.NOBODY)
    assert client_of(bob).post(f"/posts/{post.pk}/comments/", data).status_code == 302
    assert Comment.objects.count() == 1


def test_guests_are_shown_the_way_in(anonymous_client: Client, post_for_replies: Callable[..., Post]) -> None:
    page = anonymous_client.get(f"/posts/{post_for_replies(Replies.NOBODY).pk}/").content.decode()
    assert "Log in to answer" in page
