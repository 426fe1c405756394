"""Likes: a button that says what a press will do, right counts under a crowd."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from apps.accounts.models import User
from apps.posts import counters, services
from apps.posts.models import Comment, CommentLike, Like, Post


def like(client: Client, post: Post, liked: str = "1", **headers: str) -> Any:
    return client.post(f"/posts/{post.pk}/like/", {"liked": liked}, headers=headers)


def test_on_off_and_twice(bob_client: Client, alices_post: Post, events: Callable[[], list[str]]) -> None:
    for liked, count in (("1", 1), ("1", 1), ("0", 0), ("0", 0), ("1", 1)):
        response = like(bob_client, alices_post, liked)
        assert response.status_code == 302
        assert Post.objects.get().like_count == Like.objects.count() == count
    assert events()[-3:] == ["reaction.added", "reaction.removed", "reaction.added"]


def test_without_javascript_one_comes_back_to_the_post(bob_client: Client, alices_post: Post) -> None:
    response = like(bob_client, alices_post, Referer="http://testserver/explore/")
    assert response["Location"] == f"/explore/#post-{alices_post.pk}"
    elsewhere = like(bob_client, alices_post, Referer="http://evil.example/")
    assert elsewhere["Location"].startswith("/#")


def test_a_fragment_is_the_button_as_it_is_now(bob_client: Client, alices_post: Post) -> None:
    button = like(bob_client, alices_post, **{"HX-Request": "true"}).content.decode()
    assert 'aria-pressed="true"' in button
    assert 'value="0"' in button
    assert ">1</span>" in button


def test_the_card_shows_own_state_and_the_next_press(
    bob_client: Client, alice_client: Client, alices_post: Post
) -> None:
    like(bob_client, alices_post)
    url = f"/posts/{alices_post.pk}/"
    pressed = f'formaction="{url}like/" name="liked" value="0" aria-pressed="true"'
    assert pressed in bob_client.get(url).content.decode()
    assert (
        f'formaction="{url}like/" name="liked" value="1" aria-pressed="false"' in alice_client.get(url).content.decode()
    )


def test_comments_too(bob_client: Client, bob: User, alices_post: Post) -> None:
    comment = services.add_comment(actor=bob, post=alices_post, body="x", parent=None, key=uuid.uuid4())
    for liked, count in (("1", 1), ("1", 1), ("0", 0)):
        assert bob_client.post(f"/comments/{comment.pk}/like/", {"liked": liked}).status_code == 302
        assert Comment.objects.get().like_count == CommentLike.objects.count() == count


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once(alice: User, alices_post: Post, make_person: Callable[..., User]) -> None:
    """Likes twice each, comments, and some who change their mind."""
    people = [make_person(f"p{number}", password=None) for number in range(25)]

    def act(number: int) -> None:
        person = people[number % 25]
        try:
            services.set_like(actor=person, post=alices_post, liked=True)
            services.add_comment(actor=person, post=alices_post, body="x", parent=None, key=uuid.uuid4())
            if number < 10:
                services.set_like(actor=person, post=alices_post, liked=False)
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(act, range(50)))
    post = Post.objects.get()
    assert post.like_count == Like.objects.count()
    assert post.comment_count == Comment.objects.count() == 50
    assert not any(counters.wrong().values())


def test_rebuild_counters(bob: User, alices_post: Post, bob_client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    comment = services.add_comment(actor=bob, post=alices_post, body="x", parent=None, key=uuid.uuid4())
    like(bob_client, alices_post)
    Post.objects.update(like_count=7, comment_count=0)
    Comment.objects.update(like_count=3)
    call_command("rebuild_counters", "--dry-run")
    assert Post.objects.get().like_count == 7
    assert "likes of posts: 1 wrong" in capsys.readouterr().out
    for said in ("likes of posts: 1 put right, comments: 1 put right, likes of comments: 1", "likes of posts: 0"):
        call_command("rebuild_counters")
        assert said in capsys.readouterr().out
    post = Post.objects.get()
    comment.refresh_from_db()
    assert (post.like_count, post.comment_count, comment.like_count) == (1, 1, 0)
