"""What one may do about a post: a page, and what opens behind its three dots."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.graph import services as graph
from apps.posts import services
from apps.posts.models import Audience, Post
from tests.conftest import client_of

FRAGMENT = {"HX-Request": "true", "HX-Current-URL": "http://testserver/explore/"}


def offered(client: Client, post: Post, **headers: str) -> set[str]:
    """The addresses that the menu's links and buttons lead to, without the site around them."""
    text = client.get(f"/posts/{post.pk}/more/", headers=FRAGMENT | headers).text
    return {path.replace(f"/posts/{post.pk}/", "") for path in re.findall(r'(?:href|formaction)="([^"#]+)"', text)}


def test_a_reader_and_the_author_are_offered_what_they_may(
    alice: User, alice_client: Client, bob_client: Client, alices_post: Post
) -> None:
    report = f"/report/post/{alices_post.pk}/"
    assert offered(bob_client, alices_post) == {"quotes/", "why/", "mute/", "/@alice/mute/", "less/", report}
    assert offered(alice_client, alices_post) == {"quotes/", "why/", "edit/", "pin/", "mute/", "delete/"}


def test_it_says_how_things_stand(alice: User, bob: User, alices_post: Post) -> None:
    graph.mute(actor=bob, target=alice)
    services.mute_thread(actor=bob, post=alices_post)
    Post.objects.filter(pk=alices_post.pk).update(edited_at=timezone.now())
    assert {"unmute/", "/@alice/unmute/", "history/"} <= offered(client_of(bob), alices_post)
    services.pin_post(actor=alice, post=alices_post)
    pinned = offered(client_of(alice), alices_post)
    assert "unpin/" in pinned
    assert "pin/" not in pinned


def test_every_way_out_of_it_works(alice: User, bob: User, alices_post: Post) -> None:
    """No link leads nowhere, no button is refused."""
    for person in (bob, alice):
        client = client_of(person)
        text = client.get(f"/posts/{alices_post.pk}/more/", headers=FRAGMENT).text
        for path in re.findall(r'href="([^"]+)"', text):
            assert client.get(path).status_code == 200, path
        for path in re.findall(r'formaction="([^"]+)"', text):
            assert client.post(path).status_code == 302, path


def test_page_and_fragment(bob_client: Client, alices_post: Post) -> None:
    url = f"/posts/{alices_post.pk}/more/"
    page, fragment = bob_client.get(url), bob_client.get(url, headers=FRAGMENT)
    assert 'id="address" readonly value="http' in page.text
    assert f'/posts/{alices_post.pk}/"' in page.text
    assert "<html" not in fragment.text
    assert "hx-post" not in page.text.partition("<main")[2]
    assert page["X-Robots-Tag"] == "noindex"
    assert bob_client.post(url).status_code == 405


@pytest.mark.parametrize(("where", "is_list"), [("/explore/", True), ("/", True), ("{post}", False)])
def test_a_card_is_taken_out_of_a_list_and_the_page_of_a_post_is_left(
    where: str, is_list: bool, alice_client: Client, alices_post: Post
) -> None:
    on = f"http://testserver{where.format(post=alices_post.get_absolute_url())}"
    text = alice_client.get(f"/posts/{alices_post.pk}/more/", headers=FRAGMENT | {"HX-Current-URL": on}).text
    assert (f'hx-target="#post-{alices_post.pk}" hx-swap="delete"' in text) == is_list


def test_who_may_not_see_the_post_finds_no_menu(
    alice: User, charlie_client: Client, dora_client: Client, anonymous_client: Client, make_post: Callable[..., Post]
) -> None:
    post, public = make_post(alice, audience=Audience.FOLLOWERS), make_post(alice)
    assert charlie_client.get(f"/posts/{post.pk}/more/").status_code == 404
    assert dora_client.get(f"/posts/{public.pk}/more/").status_code == 404
    assert anonymous_client.get(f"/posts/{public.pk}/more/")["Location"].startswith("/accounts/login/")


def test_its_cost(
    bob_client: Client, alices_post: Post, django_assert_num_queries: Callable[..., AbstractContextManager[Any]]
) -> None:
    bob_client.get(f"/posts/{alices_post.pk}/more/", headers=FRAGMENT)
    with django_assert_num_queries(4):  # person, post, thread, author
        bob_client.get(f"/posts/{alices_post.pk}/more/", headers=FRAGMENT)
