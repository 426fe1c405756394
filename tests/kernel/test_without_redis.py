"""With Redis down, or hanging, every page is there within two seconds and nothing that is written gets lost."""

import re
import time
import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.posts.models import Comment, Post, Reaction

pytestmark = pytest.mark.django_db

SECONDS = 5.0  # promised are 2; waiting for a Redis that hangs would take longer than both

PAGES: dict[str, Callable[[Post], str]] = {
    "home": lambda post: "/",
    "latest": lambda post: "/?view=latest",
    "explore": lambda post: "/explore/",
    "profile": lambda post: "/@alice/",
    "post": lambda post: f"/posts/{post.pk}/",
    "tag": lambda post: "/tags/library/",
    "settings": lambda post: "/settings/profile/",
    "sessions": lambda post: "/accounts/sessions/",
    "feed": lambda post: "/api/feed",
    "suggest": lambda post: "/people/suggest?q=al",
    "people": lambda post: "/people/?q=al",
    "privacy": lambda post: "/settings/privacy/",
}


class Watch:
    """A client whose every answer must come in time."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, address: str) -> str:
        return self._timed(lambda: self.client.get(address), {200})

    def post(self, address: str, data: dict[str, object]) -> str:
        return self._timed(lambda: self.client.post(address, data), {200, 204, 302})

    def _timed(self, ask: Callable[[], object], statuses: set[int]) -> str:
        started = time.monotonic()
        response = ask()
        assert time.monotonic() - started < SECONDS
        assert response.status_code in statuses  # type: ignore[attr-defined]
        return str(response.content.decode())  # type: ignore[attr-defined]


@pytest.fixture
def post(make_post: Callable[..., Post], alice: User) -> Post:
    return make_post(alice, "Quiet floor of the #library")


@pytest.fixture
def bobs(bob_client: Client, post: Post, broken_redis: str) -> Watch:
    """Bob, who logged in while Redis was there."""
    return Watch(bob_client)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_for_a_member(name: str, bobs: Watch, post: Post) -> None:
    assert bobs.get(PAGES[name](post))


@pytest.mark.parametrize("name", ["home", "explore", "profile", "post", "tag"])
def test_a_page_for_a_guest(name: str, post: Post, broken_redis: str, anonymous_client: Client) -> None:
    assert Watch(anonymous_client).get(PAGES[name](post))


def test_a_post_is_stored_and_shown(bobs: Watch, bob: User) -> None:
    bobs.post("/posts/", {"body": "Written in a storm", "audience": "0", "key": str(uuid.uuid4())})
    assert Post.objects.get(author=bob).body == "Written in a storm"
    assert "Written in a storm" in bobs.get("/@bob/")


def test_a_comment_and_a_like_are_stored(bobs: Watch, bob: User, post: Post) -> None:
    bobs.post(f"/posts/{post.pk}/comments/", {"body": "Same here", "key": str(uuid.uuid4())})
    bobs.post(f"/posts/{post.pk}/react/", {"feeling": "1"})
    assert Comment.objects.get(author=bob).body == "Same here"
    assert Reaction.objects.filter(person=bob, post=post).exists()


def test_what_happened_is_delivered_once_somebody_drains(bobs: Watch, bob: User, drain: Callable[[], int]) -> None:
    bobs.post("/posts/", {"body": "Written in a storm", "audience": "0", "key": str(uuid.uuid4())})
    assert drain() >= 1


def test_log_in_and_out(broken_redis: str, alice: User) -> None:
    alice.set_password("correct horse battery")
    alice.save(update_fields=["password"])
    guest = Watch(Client())
    guest.post("/accounts/login/", {"login": "alice", "password": "correct horse battery"})
    assert "alice" in guest.get("/settings/profile/")
    guest.post("/accounts/logout/", {})
    assert guest.client.get("/settings/profile/").status_code == 302


def test_a_log_out_stays_one_when_redis_is_back(
    alice: User, request: pytest.FixtureRequest, anonymous_client: Client
) -> None:
    """The session that Redis still holds must not open anything (LIBRARIES trap 29)."""
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    anonymous_client.force_login(alice, backend=backend)
    cookie = anonymous_client.cookies["sessionid"].value
    assert anonymous_client.get("/settings/profile/").status_code == 200
    from django.contrib.sessions.models import Session

    Session.objects.filter(session_key=cookie).delete()  # all that a log-out could do without Redis
    assert anonymous_client.get("/settings/profile/").status_code == 302


def test_no_page_names_what_is_broken_to_a_stranger(broken_redis: str, anonymous_client: Client) -> None:
    assert not re.search(r"redis|connection refused|traceback", Watch(anonymous_client).get("/explore/"), re.IGNORECASE)
