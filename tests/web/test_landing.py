"""`/` for a guest."""

import re
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from allauth.socialaccount.models import SocialApp
from django.test import Client
from django.utils import timezone

from apps.accounts.models import SignOn, University, User
from apps.feed import trending
from apps.posts import services
from apps.posts.models import Audience, Post
from tests import cast


def test_an_empty_site_leads_to_the_wizard(anonymous_client: Client) -> None:
    response = anonymous_client.get("/")
    assert (response.status_code, response["Location"]) == (302, "/setup/")


def test_it_works_while_nobody_has_come(anonymous_client: Client, northmere: University) -> None:
    response = anonymous_client.get("/")
    assert response.status_code == 200
    assert "Be the first" in " ".join(response.content.decode().replace('<em class="word">', "").split())


def words(page: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode()).split())


def test_it_says_for_whom_and_by_whom(anonymous_client: Client, alice: User) -> None:
    page = anonymous_client.get("/").content.decode()
    assert "northmere.example" in page
    for address in ("/about/", "/rules/", "/privacy/", "/help/"):
        assert f'href="{address}"' in page


def test_small_numbers_are_not_told(anonymous_client: Client, alice: User, bob: User) -> None:
    page = words(anonymous_client.get("/").content)
    assert "Run by your own university" in page
    assert "2 people" not in page
    assert "vouches" not in page


def test_larger_ones_are(anonymous_client: Client, northmere: University) -> None:
    """Of those whom a guest may know of."""
    people = [cast.make_person(f"person{number}") for number in range(24)]
    User.objects.filter(pk__in=[one.pk for one in people[:21]]).update(
        verified_until=timezone.now() + timedelta(days=9)
    )
    User.objects.filter(pk=people[23].pk).update(profile_for=1, posts_for=1)
    page = words(anonymous_client.get("/").content)
    assert "its 23 people" in page
    assert "21 members whom their university vouches for" in page


def test_a_campus_log_in_comes_first(anonymous_client: Client, northmere: University) -> None:
    app = SocialApp.objects.create(provider="openid_connect", provider_id="northmere", name="Northmere", client_id="x")
    SignOn.objects.create(app=app, university=northmere)
    page = words(anonymous_client.get("/").content)
    assert page.index("Log in with Northmere") < page.index("Join with your university address")


def test_a_closed_campus_says_so(anonymous_client: Client, northmere: University, alice: User) -> None:
    University.objects.filter(pk=northmere.pk).update(entry="closed")
    page = words(anonymous_client.get("/").content)
    assert "by invitation" in page
    assert "Join with your university address" not in page


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
    with django_assert_max_num_queries(9):
        anonymous_client.get("/")
    with django_assert_max_num_queries(1):  # names and numbers are kept, who may see what is not
        anonymous_client.get("/")


def test_it_rejects_post(anonymous_client: Client) -> None:
    assert anonymous_client.post("/").status_code == 405


def test_what_trends_is_told_and_else_only_the_newest_are_looked_at(
    anonymous_client: Client, alice: User, make_post: Callable[..., Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And only what a guest may see of it."""
    monkeypatch.setattr(import_module("apps.web.selectors.landing"), "NEWEST", 1)
    trends = [make_post(alice, f"Liked {number}") for number in range(3)]
    hidden = make_post(alice, "For campus", audience=Audience.CAMPUS)
    for number, post in enumerate([*trends, hidden], start=1):
        Post.objects.filter(pk=post.pk).update(reaction_count=number)
    trending.refresh_trending()
    Post.objects.filter(pk=trends[0].pk).update(audience=Audience.CAMPUS)
    missed = make_post(alice, "Liked since")
    Post.objects.filter(pk=missed.pk).update(reaction_count=99)
    make_post(alice, "The newest")
    page = anonymous_client.get("/").text
    assert [text in page for text in ("Liked 0", "Liked 1", "Liked 2", "The newest")] == [False, True, True, True]
    assert page.index("Liked 2") < page.index("Liked 1") < page.index("The newest")
    assert "For campus" not in page
    assert "Liked since" not in page
