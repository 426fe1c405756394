"""A private profile is asked; until it says yes, who asks is a stranger (FEATURES C3, lesson 9)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Reach, User
from apps.graph import selectors, services, tasks
from apps.graph.models import Follow, FollowCount, FollowRequest
from apps.posts.models import Audience, Post
from tests import cast
from tests.conftest import client_of
from tests.graph.stage import set_reach, together

MakePost = Callable[..., Post]


@pytest.fixture
def paula(northmere: object) -> User:
    person = cast.make_person("paula", name="Paula Private")
    set_reach(person, Reach.FOLLOWERS)
    return person


def counts(person: User) -> tuple[int, int]:
    row = FollowCount.objects.filter(person=person).first() or FollowCount()
    return row.followers, row.following


def test_following_a_private_profile_asks(
    paula: User, charlie: User, charlie_client: Client, events: Callable[[], list[str]]
) -> None:
    assert "Ask to follow" in charlie_client.get("/@paula/").text
    answer = charlie_client.post("/@paula/follow/", headers={"HX-Request": "true"})
    assert "Requested" in answer.text
    assert not Follow.objects.exists()
    assert counts(paula) == (0, 0)
    assert selectors.is_requested(charlie, paula)
    assert events().count("user.follow_requested") == 1
    charlie_client.post("/@paula/follow/")  # asked is asked
    assert events().count("user.follow_requested") == 1
    assert FollowRequest.objects.count() == 1


def test_who_waits_is_a_stranger(paula: User, charlie: User, make_post: MakePost) -> None:
    secret = make_post(paula, "A canary #quad", audience=Audience.PUBLIC)
    services.follow(actor=charlie, target=paula)
    client = client_of(charlie)
    for path in ("/@paula/", "/", "/explore/", "/tags/quad/", "/api/feed", "/@paula/followers/"):
        assert "canary" not in client.get(path).text, path
    assert client.get(f"/posts/{secret.pk}/").status_code == 404
    assert selectors.relation(charlie, paula) == Reach.CAMPUS


def test_the_asked_let_follow(
    paula: User, charlie: User, make_post: MakePost, events: Callable[[], list[str]], drain: Callable[[], int]
) -> None:
    make_post(paula, "A canary", audience=Audience.FOLLOWERS)
    services.follow(actor=charlie, target=paula)
    client = client_of(paula)
    assert "Charlie Chen" in client.get("/settings/requests/").text
    client.post("/requests/charlie/accept/")
    drain()
    assert Follow.objects.filter(follower=charlie, followee=paula).exists()
    assert not FollowRequest.objects.exists()
    assert (counts(paula), counts(charlie)) == ((1, 0), (0, 1))
    assert events().count("user.followed") == 1
    assert "canary" in client_of(charlie).get("/").text
    assert client.post("/requests/charlie/accept/").status_code == 302  # twice is once
    assert counts(paula) == (1, 0)


def test_declining_is_silent(paula: User, charlie: User, events: Callable[[], list[str]]) -> None:
    services.follow(actor=charlie, target=paula)
    before = events()
    client_of(paula).post("/requests/charlie/decline/")
    assert events() == before
    assert not FollowRequest.objects.exists()
    assert not Follow.objects.exists()
    assert "Ask to follow" in client_of(charlie).get("/@paula/").text


def test_a_request_can_be_withdrawn(paula: User, charlie: User, charlie_client: Client) -> None:
    services.follow(actor=charlie, target=paula)
    answer = charlie_client.post("/@paula/unfollow/", headers={"HX-Request": "true"})
    assert "Ask to follow" in answer.text
    assert client_of(paula).post("/requests/charlie/accept/").status_code == 404
    assert not Follow.objects.exists()


def test_nobody_answers_for_another(paula: User, charlie: User, bob: User) -> None:
    services.follow(actor=charlie, target=paula)
    assert client_of(bob).post("/requests/charlie/accept/").status_code == 404
    client_of(bob).post("/requests/charlie/decline/")
    assert client_of(charlie).post("/requests/charlie/accept/").status_code == 404
    assert FollowRequest.objects.count() == 1
    assert not Follow.objects.filter(followee=paula).exists()


def test_a_follower_can_be_removed(paula: User, charlie: User, make_post: MakePost) -> None:
    services.follow(actor=charlie, target=paula)
    services.accept_request(actor=paula, follower=charlie)
    post = make_post(paula, audience=Audience.FOLLOWERS)
    assert client_of(charlie).get(f"/posts/{post.pk}/").status_code == 200
    assert "Remove" in client_of(paula).get("/@paula/followers/").text
    client_of(paula).post("/@charlie/remove/")
    assert client_of(charlie).get(f"/posts/{post.pk}/").status_code == 404
    assert (counts(paula), counts(charlie)) == ((0, 0), (0, 0))


def test_the_number_waiting_is_right_at_once(
    paula: User, charlie: User, django_capture_on_commit_callbacks: Any, django_assert_num_queries: Any
) -> None:
    assert selectors.request_count(paula) == 0
    with django_capture_on_commit_callbacks(execute=True):
        services.follow(actor=charlie, target=paula)
    assert selectors.request_count(paula) == 1
    with django_assert_num_queries(0):
        assert selectors.request_count(paula) == 1
    with django_capture_on_commit_callbacks(execute=True):
        services.decline_request(actor=paula, follower=charlie)
    assert selectors.request_count(paula) == 0


def test_opening_the_profile_lets_everybody_follow(paula: User, make_person: Any, drain: Callable[[], int]) -> None:
    people = [make_person(f"person{n}") for n in range(5)]
    for person in people:
        services.follow(actor=person, target=paula)
    set_reach(paula, Reach.FOLLOWERS)  # still private: nothing happens
    drain()
    assert Follow.objects.count() == 0
    set_reach(paula, Reach.CAMPUS)
    drain()
    assert Follow.objects.filter(followee=paula).count() == 5
    assert counts(paula) == (5, 0)
    assert not FollowRequest.objects.exists()


def test_many_who_wait_are_let_follow_in_parts(
    paula: User, make_person: Any, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.graph.services.edges.ACCEPTED_AT_ONCE", 2)
    monkeypatch.setattr("apps.graph.services.ACCEPTED_AT_ONCE", 2)
    for number in range(5):
        services.follow(actor=make_person(f"person{number}"), target=paula)
    set_reach(paula, Reach.EVERYONE)
    drain()
    assert counts(paula) == (5, 0)
    assert not FollowRequest.objects.exists()


@pytest.mark.parametrize("by_paula", [True, False])
def test_a_block_ends_requests_both_ways(by_paula: bool, paula: User, charlie: User) -> None:
    set_reach(charlie, Reach.FOLLOWERS)
    services.follow(actor=charlie, target=paula)
    services.follow(actor=paula, target=charlie)
    services.block(actor=paula if by_paula else charlie, target=charlie if by_paula else paula)
    assert not FollowRequest.objects.exists()
    assert selectors.request_count(paula) == 0


def test_what_nobody_answers_is_forgotten_after_ninety_days(paula: User, charlie: User, bob: User) -> None:
    for person in (charlie, bob):
        services.follow(actor=person, target=paula)
    FollowRequest.objects.filter(follower=charlie).update(created_at=timezone.now() - timedelta(days=91))
    tasks.purge()
    assert FollowRequest.objects.get().follower == bob
    assert selectors.request_count(paula) == 1


def test_the_page_is_flat_in_queries(paula: User, make_person: Any, django_assert_max_num_queries: Any) -> None:
    client = client_of(paula)
    for number in range(20):
        services.follow(actor=make_person(f"person{number}"), target=paula)
    client.get("/settings/requests/")
    with django_assert_max_num_queries(4):
        assert client.get("/settings/requests/").text.count("Decline") == 20


def test_guests_and_other_campuses_do_not_find_a_private_profile(paula: User, southdale: Any) -> None:
    erik = cast.make_person("erik", university=southdale)
    assert client_of(None).get("/@paula/").status_code == 404
    assert client_of(erik).get("/@paula/").status_code == 404
    assert client_of(erik).post("/@paula/follow/").status_code == 404
    cast.follow(paula, erik)  # whom she follows may know of her
    assert client_of(erik).get("/@paula/").status_code == 200
    assert client_of(erik).post("/@paula/follow/").status_code == 302
    assert FollowRequest.objects.count() == 1


@pytest.fixture
def asked(transactional_db: None) -> tuple[User, User]:
    charlie, paula = cast.make_person("charlie"), cast.make_person("paula")
    set_reach(paula, Reach.FOLLOWERS)
    services.follow(actor=charlie, target=paula)
    return charlie, paula


def test_twenty_yeses_at_once_count_once(asked: tuple[User, User]) -> None:
    charlie, paula = asked
    together([lambda: services.accept_request(actor=paula, follower=charlie)] * 20)
    assert Follow.objects.count() == 1
    assert (counts(charlie), counts(paula)) == ((0, 1), (1, 0))


def test_a_yes_and_a_withdrawal_at_once_leave_one_of_them(asked: tuple[User, User]) -> None:
    charlie, paula = asked
    yes, no = (
        lambda: services.accept_request(actor=paula, follower=charlie),
        lambda: services.unfollow(actor=charlie, target=paula),
    )
    together([yes, no, yes, no, yes, no])
    edges = Follow.objects.count()
    assert (counts(charlie), counts(paula)) == ((0, edges), (edges, 0))
    assert not FollowRequest.objects.exists()


def test_whoever_asks_while_the_profile_opens_is_not_left_waiting(
    transactional_db: None, drain: Callable[[], int]
) -> None:
    paula = cast.make_person("paula")
    people = [cast.make_person(f"person{number}") for number in range(6)]
    set_reach(paula, Reach.FOLLOWERS)
    ask: list[Callable[[], object]] = [lambda p=p: services.follow(actor=p, target=paula) for p in people]  # type: ignore[misc]
    together([*ask[:3], lambda: set_reach(paula, Reach.EVERYONE), *ask[3:]])
    drain()
    assert not FollowRequest.objects.exists()
    assert counts(paula) == (6, 0)


def test_whoever_follows_while_the_profile_closes_follows_or_asks(transactional_db: None) -> None:
    paula = cast.make_person("paula")
    people = [cast.make_person(f"person{number}") for number in range(6)]
    ask: list[Callable[[], object]] = [lambda p=p: services.follow(actor=p, target=paula) for p in people]  # type: ignore[misc]
    together([*ask[:3], lambda: set_reach(paula, Reach.FOLLOWERS), *ask[3:]])
    follow = set(Follow.objects.values_list("follower_id", flat=True))
    waiting = set(FollowRequest.objects.values_list("follower_id", flat=True))
    assert follow | waiting == {person.pk for person in people}
    assert not follow & waiting
    assert counts(paula) == (len(follow), 0)


def test_the_frame_says_how_many_wait(
    paula: User, charlie: User, bob: User, django_capture_on_commit_callbacks: Any
) -> None:
    client = client_of(paula)
    assert "waiting to follow you" not in client.get("/").text
    with django_capture_on_commit_callbacks(execute=True):
        services.follow(actor=charlie, target=paula)
    for path in ("/", "/settings/requests/"):
        page = client.get(path).text
        assert len(re.findall(r'class="badge[^"]*">1<', page.split("<main")[0])) == 2, path  # on phones the bar says it
        assert re.search(r'class="badge[^"]*">1<', page), path
    place = client.get("/settings/").text.split('href="/settings/requests/"')[1].split("</a>")[0]
    assert 'class="badge">1<' in place  # and where to go is said there
    assert "waiting to follow you" not in client_of(bob).get("/").text
