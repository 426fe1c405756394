"""What a cache between us and people may keep (FE7): a few pages of guests, and nothing that is anybody's."""

import re
from collections.abc import Callable

import pytest
from django.http.response import HttpResponseBase
from django.test import Client

from apps.accounts.models import User
from apps.posts.models import Audience, Post
from tests.access import world
from tests.access.matrix import Row
from tests.access.rows import ROWS

SHARED = {  # name of the route -> seconds in shared caches, for who comes without any cookie
    "web:home": 30,
    "web:explore": 30,
    "web:trending": 30,
    "web:profile": 60,
    "posts:tag": 30,
    "web:page": 30,
    "web:page_history": 30,
    "web:page_version": 30,
    "web:keys": 30,
}
SAME_FOR_ALL = {"web:campus_css", "web:robots", "web:favicon", "kernel:live", "kernel:ready"}  # look at nobody


def is_public(response: HttpResponseBase) -> bool:
    return "public" in response.get("Cache-Control", "")


@pytest.mark.parametrize(
    ("path", "seconds"),
    [("/", 30), ("/explore/", 30), ("/explore/trending/", 30), ("/@alice/", 60), ("/tags/quad/", 30), ("/rules/", 30)],
)
def test_guests_share_a_page(
    path: str, seconds: int, alice: User, make_post: Callable[..., Post], anonymous_client: Client
) -> None:
    make_post(alice, "On the #quad")
    response = anonymous_client.get(path)
    assert response.status_code == 200
    rules = set(response["Cache-Control"].split(", "))
    assert rules == {"public", f"s-maxage={seconds}", f"stale-while-revalidate={seconds}"}
    assert {"Cookie", "Accept-Language", "HX-Request"} <= set(response["Vary"].split(", "))
    assert not response.cookies
    assert "csrfmiddlewaretoken" not in response.text
    assert "X-CSRFToken" not in response.text


@pytest.mark.parametrize("path", ["/", "/explore/", "/explore/trending/", "/@alice/", "/tags/quad/", "/rules/"])
def test_whoever_brings_a_cookie_gets_a_page_of_their_own(
    path: str, alice: User, make_post: Callable[..., Post], anonymous_client: Client, charlie_client: Client
) -> None:
    make_post(alice, "On the #quad")
    assert charlie_client.get(path)["Cache-Control"] == "private, no-store"
    for name in ("theme", "sessionid", "csrftoken", "anything"):
        anonymous_client.cookies.clear()
        anonymous_client.cookies[name] = "x"
        response = anonymous_client.get(path)
        assert not is_public(response), name
    anonymous_client.cookies.clear()
    assert not is_public(anonymous_client.get(path, headers={"Authorization": "Bearer x"}))


def test_a_page_that_is_not_there_is_kept_by_nobody(anonymous_client: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(profile_for=2, posts_for=2)
    response = anonymous_client.get("/@alice/")
    assert response.status_code == 404
    assert not is_public(response)


def test_nothing_private_is_in_a_shared_page(
    alice: User, make_post: Callable[..., Post], anonymous_client: Client
) -> None:
    """Nor is it for members: the very bytes a guest gets may come to anybody."""
    for audience in (Audience.CAMPUS, Audience.FOLLOWERS, Audience.ONLY_ME):
        make_post(alice, "A canary on the #quad", audience=audience)
    for path in ("/", "/explore/", "/explore/trending/", "/@alice/", "/tags/quad/"):
        response = anonymous_client.get(path)
        assert is_public(response)
        assert "canary" not in response.text


KEPT_UNASKED = {200, 203, 404, 410}  # what a cache may keep of itself, if nobody forbids it


def wrong(stage: world.World, row: Row) -> list[str]:
    found = []
    for persona in ("anonymous", "owner"):
        for headers in ({}, {"HX-Request": "true"}):
            response = stage.client(persona).get(row.path(stage), headers=headers)
            rules = response.get("Cache-Control", "")
            who = f"{row.id} as {persona}"
            if is_public(response):
                seconds = int(re.findall(r"s-maxage=(\d+)", rules)[0])
                if persona != "anonymous" or SHARED.get(row.name) != seconds:
                    found.append(f"{who} may be kept: {rules}")
                if response.cookies or "Cookie" not in response["Vary"]:
                    found.append(f"{who} is kept with a cookie, or for everybody")
            elif response.status_code in KEPT_UNASKED and "no-store" not in rules and persona != "anonymous":
                found.append(f"{who}: {response.status_code} {rules!r}")
    return found


@pytest.mark.django_db
def test_of_all_routes_only_these_may_be_kept() -> None:
    stage = world.build()
    rows = {row.name: row for row in reversed(ROWS) if row.name not in SAME_FOR_ALL}  # the first of each route
    found = [line for row in rows.values() for line in wrong(stage, row)]
    assert not found, "\n".join(found)
