"""`/` for a guest."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import University, User
from apps.posts import services
from apps.posts.models import Audience, Post
from tests import cast


def test_it_works_on_an_empty_site(anonymous_client: Client) -> None:
    response = anonymous_client.get("/")
    assert response.status_code == 200
    assert "Be the first" in " ".join(response.content.decode().replace('<em class="word">', "").split())


def test_it_tells_true_names_and_numbers(anonymous_client: Client, alice: User, bob: User) -> None:
    page = anonymous_client.get("/").content.decode()
    assert "northmere.example" in page
    assert "its 2 people" in page.replace("</em>", "")


def test_it_shows_only_what_is_open_to_everyone(
    anonymous_client: Client, alice: User, make_post: Callable[..., Post]
) -> None:
    make_post(alice, "Everybody may read this", Audience.PUBLIC)
    make_post(alice, "Only campus may read this", Audience.CAMPUS)
    page = anonymous_client.get("/").content.decode()
    assert "Everybody may read this" in page
    assert "Only campus" not in page


def test_a_post_deleted_since_is_not_shown(
    anonymous_client: Client, alice: User, make_post: Callable[..., Post]
) -> None:
    post = make_post(alice, "Gone in a moment", Audience.PUBLIC)
    assert "Gone in a moment" in anonymous_client.get("/").content.decode()
    services.delete_post(actor=alice, post=post)
    assert "Gone in a moment" not in anonymous_client.get("/").content.decode()


@pytest.mark.parametrize("path", ["/", "/explore/"])
def test_a_stranger_without_cookies_gets_a_page_that_caches_may_keep(
    path: str, anonymous_client: Client, northmere: University
) -> None:
    response = anonymous_client.get(path)
    assert "public" in response["Cache-Control"]
    assert "s-maxage=30" in response["Cache-Control"]
    assert not response.cookies
    assert "csrfmiddlewaretoken" not in response.content.decode()
    assert {"Cookie", "Accept-Language"} <= {word.strip() for word in response["Vary"].split(",")}


@pytest.mark.parametrize("path", ["/", "/explore/"])
def test_anybody_with_a_cookie_gets_a_page_of_their_own(path: str, alice_client: Client) -> None:
    assert "private" in alice_client.get(path)["Cache-Control"]


def test_a_guest_with_a_chosen_look_gets_it(anonymous_client: Client, northmere: University) -> None:
    anonymous_client.cookies["theme"] = "dark"
    response = anonymous_client.get("/")
    assert 'data-theme="dark"' in response.content.decode()
    assert "public" not in response.get("Cache-Control", "")


def test_the_number_of_queries_is_flat(
    anonymous_client: Client, make_post: Callable[..., Post], django_assert_max_num_queries: Any
) -> None:
    for number in range(8):
        make_post(cast.make_person(f"writer{number}"), f"Post {number}", Audience.PUBLIC)
    with django_assert_max_num_queries(5):
        anonymous_client.get("/")
    with django_assert_max_num_queries(1):  # names and numbers are kept, who may see what is not
        anonymous_client.get("/")


def test_it_rejects_post(anonymous_client: Client) -> None:
    assert anonymous_client.post("/").status_code == 405
