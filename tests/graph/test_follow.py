"""Follow and unfollow."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from apps.accounts.models import User
from apps.graph import selectors, services
from apps.graph.limits import LIMITS
from apps.graph.models import Follow, FollowCount
from apps.kernel import limits
from apps.kernel.errors import Forbidden, NotFound, RateLimited

HTMX = {"HX-Request": "true"}


def counts(person: User) -> tuple[int, int]:
    row = FollowCount.objects.filter(person=person).first()
    return (row.followers, row.following) if row else (0, 0)


def test_it_works(charlie_client: Client, charlie: User, alice: User, events: Any) -> None:
    answer = charlie_client.post("/@alice/follow/")
    assert (answer.status_code, answer["Location"]) == (302, "/@alice/")
    assert selectors.is_following(charlie, alice)
    assert (counts(alice), counts(charlie)) == ((1, 0), (0, 1))
    assert events() == ["user.followed"]


def test_a_fragment_is_the_other_button(charlie_client: Client, alice: User) -> None:
    answer = charlie_client.post("/@ALICE/follow/", headers=HTMX)
    assert answer.status_code == 200
    assert "Unfollow" in answer.text
    assert "<html" not in answer.text
    answer = charlie_client.post("/@alice/unfollow/", headers=HTMX)
    assert "Unfollow" not in answer.text
    assert "Follow" in answer.text


def test_twice_is_once(charlie_client: Client, charlie: User, alice: User, events: Any) -> None:
    for _ in range(2):
        charlie_client.post("/@alice/follow/")
    assert Follow.objects.count() == 1
    for _ in range(2):
        charlie_client.post("/@alice/unfollow/")
    assert (counts(alice), counts(charlie)) == ((0, 0), (0, 0))
    assert events() == ["user.followed", "user.unfollowed"]


@pytest.mark.parametrize("act", ["follow", "unfollow", "block"])
def test_a_guest_logs_in_first(anonymous_client: Client, alice: User, act: str) -> None:
    assert anonymous_client.post(f"/@alice/{act}/")["Location"].startswith("/accounts/login/")
    assert anonymous_client.post(f"/@alice/{act}/", headers=HTMX).status_code == 401


@pytest.mark.parametrize("act", ["follow", "unfollow", "block", "unblock"])
def test_other_methods(charlie_client: Client, alice: User, act: str) -> None:
    assert charlie_client.get(f"/@alice/{act}/").status_code == 405


@pytest.mark.parametrize("act", ["follow", "unfollow", "block", "unblock"])
@pytest.mark.parametrize("name", ["nobody", "a%00b", "x" * 300, "%F0%9F%98%80"])
def test_nobody_is_404(charlie_client: Client, act: str, name: str) -> None:
    assert charlie_client.post(f"/@{name}/{act}/").status_code in (400, 404)


@pytest.mark.parametrize("act", ["follow", "unfollow", "block"])
def test_who_is_blocked_gets_the_404_of_nobody(dora_client: Client, alice: User, dora: User, act: str) -> None:
    assert dora_client.post(f"/@alice/{act}/").status_code == 404
    assert not Follow.objects.exists()


def test_it_needs_a_token(charlie: User, alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(charlie)
    assert client.post("/@alice/follow/").status_code == 403


def test_oneself_is_403(alice_client: Client, alice: User) -> None:
    assert alice_client.post("/@alice/follow/").status_code == 403


def test_an_inactive_person_cannot_be_followed(charlie: User, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    with pytest.raises(NotFound):
        services.follow(actor=charlie, target=alice)


def test_the_service_refuses_as_the_page_does(alice: User, dora: User) -> None:
    with pytest.raises(NotFound):
        services.follow(actor=dora, target=alice)
    with pytest.raises(Forbidden):
        services.follow(actor=alice, target=alice)


def test_it_is_limited(charlie: User, alice: User) -> None:
    for _ in range(LIMITS["follow"].rate):
        limits.count("follow", person_id=charlie.pk)
    with pytest.raises(RateLimited):
        services.follow(actor=charlie, target=alice)
    assert not Follow.objects.exists()


def in_threads(jobs: list[Any]) -> None:
    def run(job: Any) -> None:
        try:
            job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        list(pool.map(run, jobs))


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_count_once(make_person: Any) -> None:
    alice, bob = make_person("alice"), make_person("bob")
    in_threads([lambda: services.follow(actor=bob, target=alice)] * 20)
    assert Follow.objects.count() == 1
    assert (counts(alice), counts(bob)) == ((1, 0), (0, 1))
    in_threads([lambda: services.unfollow(actor=bob, target=alice)] * 20)
    assert (counts(alice), counts(bob)) == ((0, 0), (0, 0))


@pytest.mark.django_db(transaction=True)
def test_everybody_at_everybody_at_once_leaves_true_counters(make_person: Any) -> None:
    people = [make_person(f"person{n}") for n in range(4)]
    pairs = [(a, b) for a in people for b in people if a != b]
    follow = [lambda a=a, b=b: services.follow(actor=a, target=b) for a, b in pairs]
    unfollow = [lambda a=a, b=b: services.unfollow(actor=a, target=b) for a, b in pairs[::2]]
    in_threads(follow + unfollow)
    for person in people:
        followers = Follow.objects.filter(followee=person).count()
        following = Follow.objects.filter(follower=person).count()
        assert counts(person) == (followers, following)


@pytest.mark.django_db(transaction=True)
def test_a_block_and_a_follow_at_once_never_leave_both(make_person: Any) -> None:
    def follow() -> None:
        with suppress(NotFound):
            services.follow(actor=bob, target=alice)

    alice, bob = make_person("alice"), make_person("bob")
    in_threads([*[follow] * 5, lambda: services.block(actor=alice, target=bob), *[follow] * 5])
    assert selectors.is_blocked_between(alice, bob)
    assert not Follow.objects.exists()
    assert (counts(alice), counts(bob)) == ((0, 0), (0, 0))
