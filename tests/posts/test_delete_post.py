"""Deleting with undo."""

from collections.abc import Callable
from datetime import timedelta

import time_machine
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.posts import services
from apps.posts.models import Comment, Post
from apps.posts.terms import KEPT, UNDO


def test_it_goes_at_once_and_comes_back(
    alice_client: Client, bob_client: Client, alices_post: Post, events: Callable[[], list[str]]
) -> None:
    url = alices_post.get_absolute_url()
    response = alice_client.post(f"{url}delete/", headers={"Referer": f"http://testserver{url}"})
    assert response["Location"] == "/"
    assert bob_client.get(url).status_code == 404
    home = alice_client.get("/").content.decode()
    assert f'formaction="{url}restore/"' in home  # Undo, without JavaScript
    assert f'id="post-{alices_post.pk}"' not in home
    assert alice_client.post(f"{url}restore/")["Location"] == url
    assert bob_client.get(url).status_code == 200
    assert events()[-2:] == ["post.deleted", "post.restored"]


def test_it_goes_back_to_the_list_it_was_deleted_from(alice_client: Client, alices_post: Post) -> None:
    url = f"/posts/{alices_post.pk}/delete/"
    assert alice_client.post(url, headers={"Referer": "http://testserver/@alice/"})["Location"].endswith("/@alice/")


def test_a_fragment_offers_undo_in_a_toast(alice_client: Client, alices_post: Post) -> None:
    response = alice_client.post(f"/posts/{alices_post.pk}/delete/", headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert f"/posts/{alices_post.pk}/restore/" in response["HX-Trigger"]


def test_twice_is_once(alice_client: Client, alices_post: Post, events: Callable[[], list[str]]) -> None:
    for act in ("delete", "delete", "restore", "restore"):
        assert alice_client.post(f"/posts/{alices_post.pk}/{act}/").status_code == 302
    assert events().count("post.deleted") == events().count("post.restored") == 1


def test_undo_ends(alice_client: Client, alices_post: Post) -> None:
    alice_client.post(f"/posts/{alices_post.pk}/delete/")
    Post.objects.update(deleted_at=timezone.now() - UNDO - timedelta(seconds=1))
    assert alice_client.post(f"/posts/{alices_post.pk}/restore/").status_code == 404
    assert Post.objects.get().deleted_at


def test_purge(alice: User, bob: User, alices_post: Post, make_post: Callable[..., Post]) -> None:
    import uuid

    kept = make_post(alice, "kept")
    comment = services.add_comment(actor=bob, post=kept, body="regrets", parent=None, key=uuid.uuid4())
    services.delete_comment(actor=bob, comment=comment)
    services.delete_post(actor=alice, post=alices_post)
    assert services.purge_deleted() == 0
    with time_machine.travel(timezone.now() + KEPT + timedelta(minutes=1)):
        assert services.purge_deleted() == 2
        assert services.purge_deleted() == 0
    assert list(Post.objects.all()) == [kept]
    assert Comment.objects.get().body == ""
