"""Pins: up to three of one's own posts at the top of the profile, for whoever may see them."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.kernel.errors import AppError
from apps.posts import services
from apps.posts.models import Audience, Pin, Post
from tests.conftest import client_of
from tests.posts.racing import at_once

MakePost = Callable[..., Post]
CARD = re.compile(r'id="post-(\d+)"')


def cards(client: Client, path: str = "/@alice/") -> list[int]:
    return [int(number) for number in CARD.findall(client.get(path).text)]


def test_pinned_posts_stand_first_each_once(
    alice: User,
    alice_client: Client,
    bob_client: Client,
    make_post: MakePost,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    old, middle, new = (make_post(alice, body) for body in ("old", "middle", "new"))
    assert alice_client.post(f"/posts/{old.pk}/pin/", {"days": ""})["Location"] == "/@alice/"
    page = bob_client.get("/@alice/").text
    assert page.index("Pinned") < page.index(f'id="post-{old.pk}"')
    assert [int(number) for number in CARD.findall(page)] == [old.pk, new.pk, middle.pk]
    assert cards(alice_client, "/@alice/?as=everyone") == [old.pk, new.pk, middle.pk]
    with django_capture_on_commit_callbacks(execute=True):  # what is kept of her pins is forgotten
        alice_client.post(f"/posts/{old.pk}/unpin/")
    page = bob_client.get("/@alice/").text
    assert "Pinned" not in page
    assert [int(number) for number in CARD.findall(page)] == [new.pk, middle.pk, old.pk]


def test_only_on_the_first_page_and_lost_on_none(alice: User, bob_client: Client) -> None:
    import uuid

    posts = [
        Post.objects.create(author=alice, body=f"number {place}", audience=Audience.PUBLIC, key=uuid.uuid4())
        for place in range(23)
    ]
    services.pin_post(actor=alice, post=posts[0])
    first = bob_client.get("/@alice/")
    assert "Pinned" in first.text
    rest = bob_client.get(f"/@alice/?cursor={first.context['next']}")
    assert "Pinned" not in rest.text
    on_first, on_rest = ([int(number) for number in CARD.findall(page.text)] for page in (first, rest))
    assert on_first[0] == posts[0].pk
    assert len(set(on_first)) == len(on_first)
    assert set(on_first) | set(on_rest) == {post.pk for post in posts}


def test_a_pinned_post_one_has_reposted_is_not_there_twice(
    alice: User, bob_client: Client, make_post: MakePost
) -> None:
    post = make_post(alice, "mine")
    services.repost(actor=alice, post=post, audience=Audience.PUBLIC)
    services.pin_post(actor=alice, post=post)
    assert cards(bob_client) == [post.pk]


def test_they_are_for_whom_they_are_for(
    alice: User, charlie: User, bob_client: Client, anonymous_client: Client, make_post: MakePost
) -> None:
    posts = {audience: make_post(alice, audience=audience) for audience in (0, 1, 2)}
    for post in posts.values():
        services.pin_post(actor=alice, post=post)
    assert set(cards(bob_client)) == {post.pk for post in posts.values()}
    assert set(cards(client_of(charlie))) == {posts[0].pk, posts[1].pk}
    assert cards(anonymous_client) == [posts[0].pk]


def test_a_fourth_asks_which_one_makes_room(alice: User, alice_client: Client, make_post: MakePost) -> None:
    posts = [make_post(alice, f"post {place}") for place in range(4)]
    for post in posts[:3]:
        alice_client.post(f"/posts/{post.pk}/pin/")
    url = f"/posts/{posts[3].pk}/pin/"
    assert "Which one makes room" in alice_client.get(url).text
    for wrong in ({}, {"instead_of": str(posts[3].pk)}, {"instead_of": "x"}):
        answer = alice_client.post(url, wrong)
        assert answer.status_code == 400
        assert all(f'value="{post.pk}"' in answer.text for post in posts[:3])
    assert alice_client.post(url, {"instead_of": str(posts[1].pk), "days": "7"}).status_code == 302
    assert set(Pin.objects.values_list("post", flat=True)) == {posts[0].pk, posts[2].pk, posts[3].pk}


def test_an_end_is_kept_to_the_minute_and_the_clock_forgets_the_row(
    alice: User, alice_client: Client, bob_client: Client, make_post: MakePost
) -> None:
    posts = [make_post(alice, f"post {place}") for place in range(4)]
    for post in posts[:3]:
        alice_client.post(f"/posts/{post.pk}/pin/", {"days": "7"})
    in_a_week = timezone.now() + timedelta(days=7)
    assert Pin.objects.filter(until__range=(in_a_week - timedelta(minutes=1), in_a_week)).count() == 3
    assert "Pinned" in bob_client.get("/@alice/").text
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=5)):
        services.pin_post(actor=alice, post=posts[3])  # the others make room by themselves
        assert cards(client_of(alice))[0] == posts[3].pk
        assert services.drop_ended_pins() == 3
        assert services.drop_ended_pins() == 0
    assert Pin.objects.get().post == posts[3]


def test_pinned_again_has_the_new_end(alice: User, alice_client: Client, alices_post: Post) -> None:
    for days in ("7", "", "30"):
        assert alice_client.post(f"/posts/{alices_post.pk}/pin/", {"days": days}).status_code == 302
    assert Pin.objects.filter(until__gt=timezone.now() + timedelta(days=29)).count() == 1
    assert "Pinned until" in alice_client.get(f"/posts/{alices_post.pk}/pin/").text


@pytest.mark.parametrize("days", ["8", "x", "-7", "7.5"])
def test_other_ends_are_refused(days: str, alice_client: Client, alices_post: Post) -> None:
    assert alice_client.post(f"/posts/{alices_post.pk}/pin/", {"days": days}).status_code == 400
    assert not Pin.objects.exists()


def test_only_ones_own_live_posts(
    alice: User, bob: User, alices_post: Post, alice_client: Client, bob_client: Client, dora_client: Client
) -> None:
    url = f"/posts/{alices_post.pk}/pin/"
    for act in (url, url.replace("pin/", "unpin/")):
        for client, status in ((bob_client, 403), (dora_client, 404)):
            assert client.post(act).status_code == status
    repost = services.repost(actor=bob, post=alices_post, audience=Audience.PUBLIC)
    assert bob_client.post(f"/posts/{repost.pk}/pin/").status_code == 404
    services.delete_post(actor=alice, post=alices_post)
    assert alice_client.post(url).status_code == 404
    with pytest.raises(AppError):
        services.pin_post(actor=alice, post=alices_post)
    assert not Pin.objects.exists()


def test_a_deleted_post_gives_its_place_away(alice: User, make_post: MakePost) -> None:
    posts = [make_post(alice, f"post {place}") for place in range(4)]
    for post in posts[:3]:
        services.pin_post(actor=alice, post=post)
    services.delete_post(actor=alice, post=posts[0])
    services.pin_post(actor=alice, post=posts[3])
    services.restore_post(actor=alice, post=posts[0])
    assert set(Pin.objects.values_list("post", flat=True)) == {post.pk for post in posts[1:]}


@pytest.mark.django_db(transaction=True)
def test_of_five_at_once_three_are_pinned(alice: User, make_post: MakePost) -> None:
    posts = [make_post(alice, f"post {place}") for place in range(5)]

    def pin(post: Post) -> Callable[[], object]:
        return lambda: services.pin_post(actor=alice, post=post)

    came = at_once(*(pin(post) for post in posts))
    assert sum(isinstance(one, Pin) for one in came) == 3
    assert Pin.objects.count() == 3


def test_the_profile_costs_the_same_with_and_without(
    alice: User, bob_client: Client, make_post: MakePost, django_assert_num_queries: Any
) -> None:
    posts = [make_post(alice, f"post {place}") for place in range(6)]
    bob_client.get("/@alice/")
    with django_assert_num_queries(5) as without:
        bob_client.get("/@alice/")
    for post in posts[:3]:
        services.pin_post(actor=alice, post=post)
    with django_assert_num_queries(len(without)):
        bob_client.get("/@alice/")
