"""Reactions: six words, a button that says what a press will do, who reacted, right counts under a crowd."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from apps.accounts.models import Reach, User
from apps.graph import services as graph
from apps.posts import counters, services
from apps.posts.models import Audience, Comment, CommentReaction, Feeling, Post, Reaction
from tests.conftest import client_of

FRAGMENT = {"HX-Request": "true"}


def react(client: Client, post: Post, feeling: str = "1", **headers: str) -> Any:
    return client.post(f"/posts/{post.pk}/react/", {"feeling": feeling}, headers=headers)


def said(thing: Post | Comment) -> dict[str, int]:
    thing.refresh_from_db()
    return {word: count for word, count in thing.reactions.items() if count}


def test_on_off_and_twice(bob_client: Client, alices_post: Post, events: Callable[[], list[str]]) -> None:
    for feeling, count in (("1", 1), ("1", 1), ("", 0), ("", 0), ("1", 1)):
        response = react(bob_client, alices_post, feeling)
        assert response.status_code == 302
        assert Post.objects.get().reaction_count == Reaction.objects.count() == count
    assert events()[-3:] == ["reaction.added", "reaction.removed", "reaction.added"]


def test_another_word_takes_the_place_of_the_first_and_is_no_news(
    bob_client: Client, alices_post: Post, events: Callable[[], list[str]]
) -> None:
    for feeling in Feeling.values:
        react(bob_client, alices_post, str(feeling))
        assert said(alices_post) == {str(feeling): 1}
        assert (alices_post.reaction_count, Reaction.objects.get().feeling) == (1, feeling)
    assert events().count("reaction.added") == 1


@pytest.mark.parametrize("wish", ["7", "0", "-1", "x", "99999", "²", " 1"])
def test_what_is_no_word_is_refused(wish: str, bob_client: Client, alices_post: Post) -> None:
    assert react(bob_client, alices_post, wish).status_code == 400
    assert not Reaction.objects.exists()


def test_without_javascript_one_comes_back_to_the_post(bob_client: Client, alices_post: Post) -> None:
    response = react(bob_client, alices_post, Referer="http://testserver/explore/")
    assert response["Location"] == f"/explore/#post-{alices_post.pk}"
    elsewhere = react(bob_client, alices_post, Referer="http://evil.example/")
    assert elsewhere["Location"].startswith("/#")


def test_a_fragment_is_the_button_as_it_is_now(bob_client: Client, alices_post: Post, charlie: User) -> None:
    services.react(actor=charlie, post=alices_post, feeling=Feeling.WELL_DONE)
    button = react(bob_client, alices_post, "2", **FRAGMENT).text
    assert 'aria-pressed="true"' in button
    assert 'name="feeling" value=""' in button
    assert '<span class="word" data-word>Thanks</span>' in button
    assert ">2</span>" in button
    assert "data-feelings>well done</span>" in button  # one's own word stands on the button
    again = react(bob_client, alices_post, "", **FRAGMENT).text
    assert 'value="1" aria-pressed="false"' in again
    assert '<span class="vh" data-word>Like</span>' in again


def test_the_fragment_is_what_the_card_shows(bob_client: Client, alices_post: Post) -> None:
    button = react(bob_client, alices_post, "3", **FRAGMENT).text.partition("</button>")[0].partition("<button")[2]
    assert button in bob_client.get(f"/posts/{alices_post.pk}/").text


def test_the_card_shows_own_state_and_the_next_press(
    bob_client: Client, alice_client: Client, alices_post: Post
) -> None:
    react(bob_client, alices_post)
    url = f"/posts/{alices_post.pk}/"
    pressed = f'formaction="{url}react/" name="feeling" value="" aria-pressed="true"'
    assert pressed in bob_client.get(url).text
    assert f'formaction="{url}react/" name="feeling" value="1" aria-pressed="false"' in alice_client.get(url).text


def test_comments_too(bob_client: Client, bob: User, alices_post: Post) -> None:
    comment = services.add_comment(actor=bob, post=alices_post, body="x", parent=None, key=uuid.uuid4())
    for feeling, count in (("1", 1), ("4", 1), ("", 0)):
        answer = bob_client.post(f"/comments/{comment.pk}/react/", {"feeling": feeling})
        assert answer["Location"] == f"/comments/{comment.pk}/"
        assert Comment.objects.get().reaction_count == CommentReaction.objects.count() == count
    page = f"/comments/{comment.pk}/reactions/"
    answer = bob_client.post(f"/comments/{comment.pk}/react/", {"feeling": "5", "next": page})
    assert answer["Location"] == f"{page}#comment-{comment.pk}"


# --- the page of reactions


def test_the_words_are_buttons_and_own_one_is_pressed(bob_client: Client, alices_post: Post) -> None:
    react(bob_client, alices_post, "2")
    page = bob_client.get(f"/posts/{alices_post.pk}/reactions/").text
    assert f'<form method="post" action="/posts/{alices_post.pk}/react/">' in page
    assert 'name="feeling" value="" aria-pressed="true" data-feel="2"' in page
    for other in (1, 3, 4, 5, 6):
        assert f'name="feeling" value="{other}" aria-pressed="false" data-feel="{other}"' in page
    posted = bob_client.post(
        f"/posts/{alices_post.pk}/react/", {"feeling": "3", "next": f"/posts/{alices_post.pk}/reactions/"}
    )
    assert posted["Location"].startswith(f"/posts/{alices_post.pk}/reactions/")


def test_page_and_fragment(bob_client: Client, alices_post: Post) -> None:
    url = f"/posts/{alices_post.pk}/reactions/"
    page, fragment = bob_client.get(url), bob_client.get(url, headers=FRAGMENT)
    assert "<html" in page.text
    assert "<html" not in fragment.text
    assert "HX-Request" in page["Vary"]
    assert page["X-Robots-Tag"] == "noindex"
    assert bob_client.post(url).status_code == 405


def test_guests_log_in_and_who_may_not_see_the_post_finds_nothing(
    anonymous_client: Client, charlie_client: Client, dora_client: Client, alice: User, make_post: Callable[..., Post]
) -> None:
    post, public = make_post(alice, audience=Audience.FOLLOWERS), make_post(alice)
    comment = services.add_comment(actor=alice, post=post, body="x", parent=None, key=uuid.uuid4())
    for url in (f"/posts/{post.pk}/reactions/", f"/comments/{comment.pk}/reactions/"):
        assert anonymous_client.get(url)["Location"].startswith("/accounts/login/")
        assert charlie_client.get(url).status_code == 404
    assert dora_client.get(f"/posts/{public.pk}/reactions/").status_code == 404


def test_who_reacted_by_word(bob: User, charlie: User, mira: User, alice_client: Client, alices_post: Post) -> None:
    for person, feeling in ((bob, 1), (charlie, 2), (mira, 2)):
        services.react(actor=person, post=alices_post, feeling=feeling)
    url = f"/posts/{alices_post.pk}/reactions/"
    everybody = alice_client.get(url)
    shown = [who.person.username for who in everybody.context["reacted"].people]
    assert shown == ["mira", "charlie", "bob"]
    thankful = alice_client.get(url, {"word": "2"})
    assert [who.person.username for who in thankful.context["reacted"].people] == ["mira", "charlie"]
    assert "Bob Birch" not in thankful.text
    assert alice_client.get(url, {"word": "9"}).status_code == 400
    assert alice_client.get(url, {"cursor": "forged"}).status_code == 400


def test_nobody_is_named_of_whom_the_viewer_may_not_know(
    bob: User, charlie: User, mira: User, make_person: Callable[..., User], southdale: Any, alices_post: Post
) -> None:
    """Blocked either way, suspended, private elsewhere: among the numbers, and nowhere else."""
    far = make_person("farah", name="Farah Far", university=southdale)
    User.objects.filter(pk=far.pk).update(profile_for=Reach.CAMPUS, posts_for=Reach.CAMPUS)
    gone = make_person("gone", name="Gone Girl")
    for person in (bob, charlie, mira, far, gone):
        services.react(actor=person, post=alices_post, feeling=4)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    graph.block(actor=bob, target=charlie)
    for viewer, hidden in ((bob, "charlie"), (charlie, "bob")):
        page = client_of(viewer).get(f"/posts/{alices_post.pk}/reactions/")
        shown = {who.person.username for who in page.context["reacted"].people}
        assert shown == {"bob", "charlie", "mira"} - {hidden}
        assert page.context["reacted"].total == 5
        assert not {"Farah Far", "Gone Girl"} & set(page.text.split("dir="))


def test_pages_of_people(make_person: Callable[..., User], alices_post: Post, bob_client: Client) -> None:
    people = [make_person(f"p{number}", password=None) for number in range(33)]
    for person in people:
        services.react(actor=person, post=alices_post, feeling=2)
    url = f"/posts/{alices_post.pk}/reactions/"
    first = bob_client.get(url, {"word": "2"}).context["reacted"]
    services.react(actor=people[0], post=alices_post, feeling=None)
    second = bob_client.get(url, {"word": "2", "cursor": first.next}).context["reacted"]
    shown = [who.person for who in first.people + second.people]
    assert shown == [*reversed(people[1:])]
    assert second.next == ""


@pytest.mark.parametrize("of", ["post", "comment"])
def test_the_list_costs_the_same_for_1_and_20(
    of: str, alice: User, alices_post: Post, bob_client: Client, make_person: Callable[..., User],
    django_assert_num_queries: Callable[..., AbstractContextManager[object]],
) -> None:  # fmt: skip
    comment = services.add_comment(actor=alice, post=alices_post, body="x", parent=None, key=uuid.uuid4())
    url = f"/posts/{alices_post.pk}/reactions/" if of == "post" else f"/comments/{comment.pk}/reactions/"
    for number in range(20):
        person = make_person(f"p{number}", password=None)
        services.react(actor=person, post=alices_post, feeling=1 + number % 6)
        services.react_to_comment(actor=person, comment=comment, feeling=1 + number % 6)
        if number in (0, 19):
            bob_client.get(url)
            with django_assert_num_queries(4):  # person, thing, own, people
                assert bob_client.get(url).status_code == 200


# --- under a crowd


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once(alice: User, alices_post: Post, make_person: Callable[..., User]) -> None:
    """Different words, changed words, words taken back, from two tabs of the same 25 people, between comments."""
    people = [make_person(f"p{number}", password=None) for number in range(25)]

    def act(number: int) -> None:
        person = people[number % 25]
        try:
            services.react(actor=person, post=alices_post, feeling=1 + number % 6)
            services.add_comment(actor=person, post=alices_post, body="x", parent=None, key=uuid.uuid4())
            services.react(actor=person, post=alices_post, feeling=1 + (number + 1) % 6)
            if number % 25 < 10:
                services.react(actor=person, post=alices_post, feeling=None)
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(act, range(50)))
    alices_post.refresh_from_db()
    assert alices_post.comment_count == Comment.objects.count() == 50
    assert alices_post.reaction_count == Reaction.objects.count() >= 15
    assert sum(said(alices_post).values()) == alices_post.reaction_count
    assert all(said(alices_post)[str(one.feeling)] for one in Reaction.objects.all())
    assert not any(counters.wrong().values())


@pytest.mark.django_db(transaction=True)
def test_one_person_in_many_tabs(alices_post: Post, bob: User) -> None:
    """Every press counts, none fails, and one reaction at most is left."""

    def act(number: int) -> None:
        try:
            services.react(actor=bob, post=alices_post, feeling=None if number % 3 == 0 else 1 + number % 6)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(40)))
    left = list(Reaction.objects.values_list("feeling", flat=True))
    assert len(left) <= 1
    assert said(alices_post) == {str(one): 1 for one in left}
    assert alices_post.reaction_count == len(left)
