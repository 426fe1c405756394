"""Who sees a post: every address of a post, every kind of viewer."""

import uuid
from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.graph import services as graph
from apps.posts import selectors, services
from apps.posts.models import Audience, Post
from tests.conftest import client_of


@pytest.fixture
def erik(make_person: Callable[..., User], southdale: object) -> User:
    """Somebody of another campus."""
    return make_person("erik", university=southdale)


SEEN = {  # audience → who may see alice's post; circles are tested in tests/graph
    Audience.PUBLIC: {"guest", "alice", "bob", "charlie", "erik"},
    Audience.CAMPUS: {"alice", "bob", "charlie"},
    Audience.FOLLOWERS: {"alice", "bob"},
}


@pytest.mark.parametrize("audience", list(SEEN))
def test_every_page_and_list_agrees(
    audience: Audience, alice: User, bob: User, charlie: User, dora: User, erik: User, make_post: Callable[..., Post]
) -> None:
    post = make_post(alice, "A canary #yellow", audience=audience)
    people: dict[str, User | AnonymousUser] = {
        "guest": AnonymousUser(),
        "alice": alice,
        "bob": bob,
        "charlie": charlie,
        "dora": dora,
        "erik": erik,
    }
    for name, viewer in people.items():
        client = client_of(viewer if isinstance(viewer, User) else None)
        allowed = name in SEEN[audience]
        assert client.get(f"/posts/{post.pk}/").status_code == (200 if allowed else 404), name
        assert ("canary" in client.get("/tags/yellow/").content.decode()) == allowed, name
        assert selectors.visible_posts(viewer).filter(pk=post.pk).exists() == allowed, name
        profile = client.get("/@alice/").content.decode()
        assert ("canary" in profile) == allowed, name
        explore = client.get("/explore/").content.decode()
        assert ("canary" in explore) == (allowed and audience == Audience.PUBLIC), name


ACTS = ["react/", "comments/", "delete/", "restore/"]


@pytest.mark.parametrize("act", ACTS)
def test_a_stranger_and_a_blocked_person_find_nothing_to_act_on(
    act: str, alice: User, charlie: User, dora: User, make_post: Callable[..., Post]
) -> None:
    post = make_post(alice, audience=Audience.FOLLOWERS)
    public = make_post(alice)
    assert client_of(charlie).post(f"/posts/{post.pk}/{act}", {"body": "x"}).status_code == 404
    assert client_of(dora).post(f"/posts/{public.pk}/{act}", {"body": "x"}).status_code == 404
    for touched in Post.objects.all():
        assert (touched.reaction_count, touched.comment_count, touched.deleted_at) == (0, 0, None)


@pytest.mark.parametrize("act", ["delete/", "restore/"])
def test_who_sees_it_but_did_not_write_it_is_refused(act: str, alices_post: Post, bob: User, mira: User) -> None:
    for person in (bob, mira):
        assert client_of(person).post(f"/posts/{alices_post.pk}/{act}").status_code == 403
    assert not Post.objects.get().deleted_at


@pytest.mark.parametrize("act", ACTS)
def test_acts_are_posts_by_members(act: str, alices_post: Post, alice_client: Client, anonymous_client: Client) -> None:
    url = f"/posts/{alices_post.pk}/{act}"
    assert alice_client.get(url).status_code == 405
    assert anonymous_client.post(url).status_code == 302
    assert anonymous_client.post(url, headers={"HX-Request": "true"}).status_code == 401


@pytest.mark.parametrize("number", ["0", "-1", "1", str(2**63), "9" * 30, "1.5", "x"])
def test_numbers_that_are_no_posts(number: str, alice_client: Client) -> None:
    assert alice_client.get(f"/posts/{number}/").status_code == 404
    assert alice_client.get(f"/comments/{number}/").status_code == 404


def test_a_blocked_person_sees_neither_side(alice: User, bob: User, make_post: Callable[..., Post]) -> None:
    hers, his = make_post(alice), make_post(bob)
    graph.block(actor=alice, target=bob)
    assert not selectors.visible_posts(bob).filter(pk=hers.pk).exists()
    assert not selectors.visible_posts(alice).filter(pk=his.pk).exists()


def test_who_is_inactive_is_not_read(alice: User, alices_post: Post, charlie_client: Client) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert charlie_client.get(f"/posts/{alices_post.pk}/").status_code == 404


def test_moving_to_another_campus_widens_nothing(
    alice: User, erik: User, southdale: object, make_post: Callable[..., Post]
) -> None:
    post = make_post(alice, audience=Audience.CAMPUS)
    User.objects.filter(pk=alice.pk).update(university=southdale)
    assert not selectors.visible_posts(erik).filter(pk=post.pk).exists()


def test_a_hidden_post_is_gone_for_its_author_too(alice: User, alices_post: Post, alice_client: Client) -> None:
    Post.objects.update(hidden_at=timezone.now())
    assert alice_client.get(f"/posts/{alices_post.pk}/").status_code == 404
    assert alice_client.post(f"/posts/{alices_post.pk}/restore/").status_code == 404


def test_guests_are_shown_the_way_in(alices_post: Post, anonymous_client: Client, bob: User) -> None:
    services.add_comment(actor=bob, post=alices_post, body="Mine too", parent=None, key=uuid.uuid4())
    page = anonymous_client.get(f"/posts/{alices_post.pk}/").content.decode()
    assert "Log in to answer" in page
    assert "Mine too" in page
    assert "Write a comment" not in page
    assert "Report" not in page
