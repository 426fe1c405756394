"""Polls: who votes counts once, changes their mind until the end, and is seen by nobody who should not see it."""

import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import set_time_zone
from apps.graph import services as graph
from apps.kernel.errors import Conflict
from apps.posts import services, tasks
from apps.posts.content import Extras, PollPlan
from apps.posts.models import Audience, Ballot, Poll, Post
from tests import cast
from tests.conftest import client_of

Events = Callable[[], list[str]]
FRAGMENT = {"HX-Request": "true"}
ANSWERS = ("Until two", "All night", "From six")


@pytest.fixture
def ask(alice: User, make_post: Callable[..., Post]) -> Callable[..., Post]:
    """A poll of alice's."""

    def make(body: str = "Night hours", audience: int = Audience.PUBLIC, **plan: object) -> Post:
        return make_post(alice, body, audience, extras=Extras(poll=PollPlan(options=ANSWERS, **plan)))  # type: ignore[arg-type]

    return make


def vote(client: Client, post: Post, *choices: int, **headers: str) -> int:
    return client.post(f"/posts/{post.pk}/vote/", {"choice": list(choices)}, headers=headers).status_code


def counts(post: Post) -> tuple[int, list[int]]:
    poll = Poll.objects.get(pk=post.pk)
    return poll.voter_count, list(poll.options.order_by("place").values_list("vote_count", flat=True))


def close(post: Post) -> None:
    Poll.objects.filter(pk=post.pk).update(closes_at=timezone.now() - timedelta(seconds=1))


def test_a_vote_is_cast_changed_and_taken_back(bob_client: Client, ask: Callable[..., Post]) -> None:
    post = ask()
    assert vote(bob_client, post, 1) == 302
    assert counts(post) == (1, [0, 1, 0])
    vote(bob_client, post, 2)
    assert counts(post) == (1, [0, 0, 1])
    vote(bob_client, post, 2)  # the same again
    assert counts(post) == (1, [0, 0, 1])
    bob_client.post(f"/posts/{post.pk}/vote/", {"none": "1"})
    assert counts(post) == (0, [0, 0, 0])
    bob_client.post(f"/posts/{post.pk}/vote/", {"none": "1"})
    assert counts(post) == (0, [0, 0, 0])
    assert not Ballot.objects.exists()


def test_several_answers_where_several_may_be_chosen(bob_client: Client, ask: Callable[..., Post]) -> None:
    post = ask(is_multiple=True)
    vote(bob_client, post, 0, 2, 2)
    assert counts(post) == (1, [1, 0, 1])
    vote(bob_client, post, 2, 1)
    assert counts(post) == (1, [0, 1, 1])


@pytest.mark.parametrize("sent", [[], [0, 1], [3], ["x"], ["-1"], ["99999999999"], ["²"]])
def test_what_is_no_choice_is_refused(bob_client: Client, ask: Callable[..., Post], sent: list[object]) -> None:
    post = ask()
    assert bob_client.post(f"/posts/{post.pk}/vote/", {"choice": sent}).status_code == 400
    assert counts(post) == (0, [0, 0, 0])


def test_the_author_may_vote_too(alice_client: Client, ask: Callable[..., Post]) -> None:
    post = ask(hides_results=True)
    assert "33%" not in alice_client.get(f"/posts/{post.pk}/").text
    assert vote(alice_client, post, 0) == 302
    assert counts(post) == (1, [1, 0, 0])


def test_who_may_not_see_the_post_finds_no_poll(
    anonymous_client: Client, charlie_client: Client, dora_client: Client, ask: Callable[..., Post]
) -> None:
    post = ask(audience=Audience.FOLLOWERS)
    assert vote(dora_client, post, 0) == vote(charlie_client, post, 0) == 404
    assert charlie_client.get(f"/posts/{post.pk}/voters/").status_code == 404
    answer = anonymous_client.post(f"/posts/{post.pk}/vote/", {"choice": 0})
    assert answer["Location"].startswith("/accounts/login/")
    assert counts(post) == (0, [0, 0, 0])


def test_a_post_that_asks_nothing_has_no_poll(bob_client: Client, alices_post: Post) -> None:
    assert vote(bob_client, alices_post, 0) == 404
    assert bob_client.get(f"/posts/{alices_post.pk}/vote/").status_code == 404
    assert bob_client.put(f"/posts/{alices_post.pk}/vote/").status_code == 405


def test_after_the_end_votes_stay_as_they_are(bob_client: Client, ask: Callable[..., Post]) -> None:
    post = ask()
    vote(bob_client, post, 1)
    close(post)
    for sent in ({"choice": 0}, {"none": "1"}):
        answer = bob_client.post(f"/posts/{post.pk}/vote/", sent)
        assert answer.status_code == 409
        assert "This poll is closed" in answer.text
    assert counts(post) == (1, [0, 1, 0])
    page = bob_client.get(f"/posts/{post.pk}/").text
    assert "Change my vote" not in page
    assert "closed" in page


def test_results_are_hidden_until_one_has_voted(
    alice_client: Client, bob_client: Client, charlie_client: Client, anonymous_client: Client, ask: Callable[..., Post]
) -> None:
    post = ask(hides_results=True)
    vote(bob_client, post, 1)
    path = f"/posts/{post.pk}/"
    for client in (charlie_client, anonymous_client):
        page = client.get(path).text
        assert "<progress" not in page
        assert "100%" not in page
        assert "Results are shown once you have voted." in page
    feed = charlie_client.get("/api/feed").text + charlie_client.get(f"{path}vote/", headers=FRAGMENT).text
    assert "100%" not in feed
    assert "<progress" not in feed
    assert "100%" in bob_client.get(path).text
    assert "100%" in alice_client.get(path).text  # she asked
    vote(charlie_client, post, 0)
    assert "50%" in charlie_client.get(path).text
    close(post)
    assert "50%" in anonymous_client.get(path).text


def test_a_guest_reads_and_is_shown_the_way_in(anonymous_client: Client, ask: Callable[..., Post]) -> None:
    page = anonymous_client.get(f"/posts/{ask().pk}/").text
    assert "All night" in page
    assert 'name="choice"' not in page
    assert "Log in to vote" in page


def test_a_fragment_is_the_poll_with_the_vote(bob_client: Client, ask: Callable[..., Post]) -> None:
    post = ask(question="Which hours?")
    answer = bob_client.post(f"/posts/{post.pk}/vote/", {"choice": 1}, headers=FRAGMENT)
    assert answer.status_code == 200
    assert answer.text.strip().startswith(f'<div class="poll-box" id="poll-{post.pk}"')
    assert "your vote" in answer.text
    assert "1 vote, closes" in " ".join(answer.text.split()).replace(" ,", ",")
    again = bob_client.get(f"/posts/{post.pk}/vote/?change=1", headers=FRAGMENT).text
    assert re.search(r'value="1" checked', again)
    assert "Take my vote back" in again
    assert 'name="choice"' not in bob_client.get(f"/posts/{post.pk}/vote/", headers=FRAGMENT).text


def test_without_scripts_a_card_leads_to_a_page_that_asks(bob: User, ask: Callable[..., Post]) -> None:
    post = ask()
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob, backend="allauth.account.auth_backends.AuthenticationBackend")
    card = client.get(f"/posts/{post.pk}/").text.partition('class="poll-box"')[2]
    assert re.search(rf'<form method="get" action="/posts/{post.pk}/vote/"', card)
    page = client.get(f"/posts/{post.pk}/vote/?choice=2").text
    assert re.search(r'value="2" checked', page)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)">\s*<fieldset', page)
    assert token
    answer = client.post(f"/posts/{post.pk}/vote/", {"choice": 2, "csrfmiddlewaretoken": token[1]})
    assert (answer.status_code, answer["Location"]) == (302, f"/posts/{post.pk}/")
    assert counts(post) == (1, [0, 0, 1])


def test_the_end_is_told_by_the_readers_clock(bob: User, ask: Callable[..., Post]) -> None:
    post = ask()
    Poll.objects.filter(pk=post.pk).update(closes_at=timezone.now().replace(hour=12, minute=30) + timedelta(days=20))
    set_time_zone(actor=bob, name="Asia/Kolkata")
    assert "18:00" in client_of(bob).get(f"/posts/{post.pk}/").text  # 12:30 UTC


def test_nobody_sees_who_voted_in_an_anonymous_poll(
    alice_client: Client, bob_client: Client, ask: Callable[..., Post]
) -> None:
    post = ask()
    vote(bob_client, post, 1)
    for client in (alice_client, bob_client):
        assert client.get(f"/posts/{post.pk}/voters/?answer=1").status_code == 403
        page = client.get(f"/posts/{post.pk}/").text
        assert "Nobody sees who voted." in page
        assert "/voters/" not in page


def test_voters_are_listed_by_answer_where_they_are_no_secret(
    alice_client: Client, bob_client: Client, charlie_client: Client, ask: Callable[..., Post]
) -> None:
    post = ask(is_anonymous=False)
    vote(bob_client, post, 1)
    vote(charlie_client, post, 2)
    page = alice_client.get(f"/posts/{post.pk}/voters/?answer=1").text
    assert "Bob Birch" in page
    assert "Charlie Chen" not in page
    assert "Charlie Chen" in alice_client.get(f"/posts/{post.pk}/voters/?answer=2").text
    assert alice_client.get(f"/posts/{post.pk}/voters/?answer=3").status_code == 404
    assert alice_client.get(f"/posts/{post.pk}/voters/?answer=x").status_code == 404
    assert alice_client.post(f"/posts/{post.pk}/voters/").status_code == 405
    assert "<html" not in alice_client.get(f"/posts/{post.pk}/voters/", headers=FRAGMENT).text


def test_voters_with_a_block_and_voters_before_ones_own_vote_are_not_shown(
    bob: User, charlie: User, ask: Callable[..., Post]
) -> None:
    post = ask(is_anonymous=False, hides_results=True)
    vote(client_of(bob), post, 1)
    charlies = client_of(charlie)
    assert charlies.get(f"/posts/{post.pk}/voters/?answer=1").status_code == 403
    vote(charlies, post, 1)
    assert "Bob Birch" in charlies.get(f"/posts/{post.pk}/voters/?answer=1").text
    graph.block(actor=bob, target=charlie)
    assert "Bob Birch" not in charlies.get(f"/posts/{post.pk}/voters/?answer=1").text


def test_the_list_of_voters_is_flat_and_goes_on(alice: User, ask: Callable[..., Post]) -> None:
    post, client, queries = ask(is_anonymous=False), client_of(alice), []
    for rows in (1, 59):
        for number in range(rows):
            services.vote(actor=cast.make_person(f"voter{rows}x{number}"), post=post, choices=[0])
        client.get(f"/posts/{post.pk}/voters/")
        with CaptureQueriesContext(connection) as captured:
            page = client.get(f"/posts/{post.pk}/voters/").text
        queries.append(len(captured))
    assert queries[0] == queries[1] <= 4
    following = re.search(r'href="(\?answer=0&amp;cursor=[^"]+)"', page)
    assert following
    rest = client.get(f"/posts/{post.pk}/voters/{following[1].replace('&amp;', '&')}").text
    assert "voter1x0" in rest
    assert "voter59x58" not in rest


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_who_change_their_minds_are_counted_right(alice: User, ask: Callable[..., Post]) -> None:
    post = ask(is_multiple=True)
    people = [cast.make_person(f"crowd{number}") for number in range(10)]

    def act(turn: int) -> None:
        try:
            services.vote(actor=people[turn % 10], post=post, choices=[[0], [1, 2], [], [2, 0], [1]][turn // 10])
        finally:
            connection.close()

    with ThreadPoolExecutor(25) as pool:
        list(pool.map(act, range(50)))
    cast_now = list(Ballot.objects.values_list("choices", flat=True))
    assert counts(post) == (len(cast_now), [sum(place in one for one in cast_now) for place in range(3)])


@pytest.mark.django_db(transaction=True)
def test_fifty_different_people_at_once(ask: Callable[..., Post]) -> None:
    post = ask()
    people = [cast.make_person(f"many{number}") for number in range(50)]

    def act(turn: int) -> None:
        try:
            services.vote(actor=people[turn], post=post, choices=[turn % 3])
        finally:
            connection.close()

    with ThreadPoolExecutor(25) as pool:
        list(pool.map(act, range(50)))
    assert counts(post) == (50, [17, 17, 16])


def test_the_end_is_announced_once(ask: Callable[..., Post], alice: User, events: Events) -> None:
    over, open_one, deleted = ask("one"), ask("two"), ask("three")
    close(over)
    close(deleted)
    services.delete_post(actor=alice, post=deleted)
    tasks.close_polls()
    tasks.close_polls()
    assert events().count("poll.closed") == 1
    assert Poll.objects.get(pk=over.pk).closed_at
    assert Poll.objects.get(pk=open_one.pk).closed_at is None


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_announce_each_end_once(ask: Callable[..., Post], events: Events) -> None:
    for number in range(12):
        close(ask(f"Poll {number}"))

    def act(_turn: int) -> int:
        try:
            return services.close_polls()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(act, range(4))) == 12
    assert events().count("poll.closed") == 12


def test_one_hundred_twenty_votes_an_hour(bob: User, ask: Callable[..., Post]) -> None:
    post, client = ask(), client_of(bob)
    with time_machine.travel(timezone.now(), tick=False):  # within one window
        answers = {vote(client, post, turn % 3) for turn in range(121)}
    assert answers == {302, 429}


def test_a_closed_poll_is_a_conflict_with_words(bob: User, ask: Callable[..., Post]) -> None:
    post = ask()
    close(post)
    with pytest.raises(Conflict, match="closed"):
        services.vote(actor=bob, post=post, choices=[0])


def test_a_poll_is_asked_with_a_post(alice_client: Client) -> None:
    sent = {
        "body": "", "audience": "0", "key": uuid.uuid4(), "poll_question": "Soup?", "poll_options": ["Yes", "", " No "],
        "poll_multiple": "1", "poll_hours": "6",
    }  # fmt: skip
    assert alice_client.post("/posts/", sent).status_code == 302
    poll = Poll.objects.get()
    assert [option.text for option in poll.options.order_by("place")] == ["Yes", "No"]
    assert (poll.is_multiple, poll.is_anonymous, poll.hides_results) == (True, False, False)
    assert timedelta(hours=5, minutes=59) < poll.closes_at - timezone.now() <= timedelta(hours=6)
