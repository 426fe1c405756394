"""Circles: named sets of one's followers to write to, which their members never see (FEATURES C4)."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.feed.models import FeedItem
from apps.graph import policies, selectors, services
from apps.graph.models import Circle, CircleMember
from apps.kernel.errors import Forbidden, Invalid
from apps.posts import selectors as post_selectors
from apps.posts import services as posts
from apps.posts.models import Audience, Post
from tests import cast
from tests.conftest import client_of
from tests.graph.stage import together

Drain = Callable[[], int]
URL = "/settings/circles/"


@pytest.fixture
def eve(alice: User) -> User:
    """A follower of alice's, like bob."""
    person = cast.make_person("eve", name="Eve Elm")
    cast.follow(person, alice)
    return person


@pytest.fixture
def choir(alice: User, bob: User, eve: User) -> Circle:
    """Of alice's, with bob in it and eve not."""
    circle = services.create_circle(actor=alice, name="Choir friends")
    services.set_circle_members(actor=alice, circle=circle, people=[bob.pk])
    return circle


def write(author: User, circle: Circle, body: str = "A canary #quad") -> Post:
    return posts.create_post(actor=author, body=body, audience=Audience.CIRCLE, key=uuid.uuid4(), circle_id=circle.pk)


def test_the_pages_make_fill_rename_and_delete_one(alice: User, bob: User, eve: User, alice_client: Client) -> None:
    made = alice_client.post(URL, {"name": "  Choir  "})
    circle = Circle.objects.get()
    assert made["Location"] == f"{URL}{circle.pk}/"
    page = alice_client.get(made["Location"]).text
    assert "Bob Birch" in page
    assert "Eve Elm" in page
    listed = [bob.pk, eve.pk]
    alice_client.post(made["Location"], {"name": "Choir friends", "listed": listed, "people": [bob.pk]})
    circle.refresh_from_db()
    assert circle.name == "Choir friends"
    assert selectors.member_ids(circle) == {bob.pk}
    # eve was searched for, so bob was not listed: he stays
    alice_client.post(made["Location"], {"name": "Choir friends", "listed": [eve.pk], "people": [eve.pk]})
    assert selectors.member_ids(circle) == {bob.pk, eve.pk}
    alice_client.post(made["Location"], {"name": "Choir friends", "listed": listed, "people": []})
    assert selectors.member_ids(circle) == set()
    alice_client.post(f"{URL}{circle.pk}/delete/")
    assert not Circle.objects.exists()


def test_followers_can_be_searched(alice: User, bob: User, eve: User, choir: Circle, alice_client: Client) -> None:
    found = alice_client.get(f"{URL}{choir.pk}/", {"q": "elm"}).context["people"]
    assert [person.username for person in found] == ["bob", "eve"]  # who is in it stands there always
    assert [p.username for p in alice_client.get(f"{URL}{choir.pk}/", {"q": "xy"}).context["people"]] == ["bob"]


@pytest.mark.parametrize("name", ["", "   ", "CHOIR friends", "x" * 41])
def test_names_are_checked_and_kept(name: str, alice: User, choir: Circle, alice_client: Client) -> None:
    answer = alice_client.post(URL, {"name": name})
    assert answer.status_code == 400
    assert "aria-invalid" in answer.text
    assert Circle.objects.count() == 1
    with pytest.raises(Invalid):
        services.create_circle(actor=alice, name=name)


def test_two_people_may_use_one_name(choir: Circle, bob: User) -> None:
    services.create_circle(actor=bob, name=choir.name)
    assert Circle.objects.count() == 2


def test_only_followers_can_be_in_it(alice: User, bob: User, charlie: User, dora: User, choir: Circle) -> None:
    everybody = [bob.pk, charlie.pk, dora.pk, alice.pk, 2**62]
    services.set_circle_members(actor=alice, circle=choir, people=everybody)
    assert selectors.member_ids(choir) == {bob.pk}


@pytest.mark.parametrize("sent", ["x", "-1", str(2**63), "9" * 30, "1.5", "١", ""])
def test_what_is_no_person_is_passed_over(sent: str, choir: Circle, bob: User, alice_client: Client) -> None:
    answer = alice_client.post(f"{URL}{choir.pk}/", {"name": "Choir", "listed": sent, "people": sent})
    assert answer.status_code == 302
    assert selectors.member_ids(choir) == {bob.pk}


def test_there_is_an_end_to_circles_and_to_people_in_one(
    alice: User, bob: User, eve: User, choir: Circle, alice_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policies, "CIRCLES", 1)
    monkeypatch.setattr(policies, "CIRCLE_SIZE", 1)
    assert alice_client.post(URL, {"name": "Another"}).status_code == 400
    sent = {"name": "Choir", "listed": [bob.pk, eve.pk], "people": [bob.pk, eve.pk]}
    assert alice_client.post(f"{URL}{choir.pk}/", sent).status_code == 400
    assert selectors.member_ids(choir) == {bob.pk}
    with pytest.raises(Invalid):
        services.create_circle(actor=alice, name="Another")
    with pytest.raises(Invalid):
        services.set_circle_members(actor=alice, circle=choir, people=[bob.pk, eve.pk])


def test_nobody_touches_anothers(choir: Circle, bob: User, bob_client: Client) -> None:
    path = f"{URL}{choir.pk}/"
    assert bob_client.get(path).status_code == 404
    assert bob_client.post(path, {"name": "Mine"}).status_code == 404
    assert bob_client.post(f"{path}delete/").status_code == 404
    for act in (
        lambda: services.rename_circle(actor=bob, circle=choir, name="Mine"),
        lambda: services.delete_circle(actor=bob, circle=choir),
        lambda: services.set_circle_members(actor=bob, circle=choir, people=[]),
    ):
        with pytest.raises(Forbidden):
            act()
    with pytest.raises(Invalid):
        write(bob, choir)
    sent = {"body": "x", "audience": f"3:{choir.pk}"}
    assert bob_client.post("/posts/", sent).status_code == 400
    assert not Post.objects.exists()


def test_the_form_offers_it_and_writes_to_it(alice: User, choir: Circle, alice_client: Client) -> None:
    page = alice_client.get("/").text
    assert f'<option value="3:{choir.pk}">Circle: Choir friends</option>' in page
    alice_client.post("/posts/", {"body": "one", "audience": f"3:{choir.pk}"})
    alice_client.post("/posts/", {"body": "two", "audience": "3", "circle": choir.pk})
    assert set(Post.objects.values_list("audience", "circle")) == {(Audience.CIRCLE, choir.pk)}
    assert Post.objects.count() == 2


@pytest.mark.parametrize("audience", ["3", "3:", "3:0", "3:x", "0:1", "5", "3:999999999999999999999", "-1"])
def test_an_audience_that_is_none_is_refused(audience: str, choir: Circle, alice_client: Client) -> None:
    answer = alice_client.post("/posts/", {"body": "what I wrote", "audience": audience})
    assert answer.status_code == 400
    assert "what I wrote" in answer.text
    assert not Post.objects.exists()


def test_members_read_it_and_nobody_else(
    alice: User, bob: User, charlie: User, eve: User, mira: User, choir: Circle, drain: Drain
) -> None:
    post = write(alice, choir)
    drain()
    for person, sees in ((alice, True), (bob, True), (eve, False), (charlie, False), (mira, False), (None, False)):
        client = client_of(person)
        assert (client.get(f"/posts/{post.pk}/").status_code == 200) == sees, person
        for path in ("/tags/quad/", "/@alice/"):
            assert ("canary" in client.get(path).text) == sees, (person, path)
        if person:
            for path in ("/", "/?view=latest", "/api/feed"):
                assert ("canary" in client.get(path).text) == sees, (person, path)
        assert "canary" not in client.get("/explore/").text
    assert set(FeedItem.objects.filter(post_id=post.pk).values_list("user_id", flat=True)) == {alice.pk, bob.pk}


def test_its_name_is_for_its_owner(
    alice: User, choir: Circle, alice_client: Client, bob_client: Client, drain: Drain
) -> None:
    post = write(alice, choir)
    drain()
    for path in ("/", f"/posts/{post.pk}/", "/@alice/"):
        assert "Choir friends" in alice_client.get(path).text, path
        page = bob_client.get(path).text
        assert "A circle" in page, path
        assert "Choir friends" not in page, path


def test_a_mention_in_it_reaches_only_members(
    alice: User, bob: User, choir: Circle, events: Callable[[], list[str]]
) -> None:
    post = write(alice, choir, "hello @bob and @eve")
    assert events().count("mention.created") == 1
    assert [mention.person for mention in post.mentions.all()] == [bob]


def test_no_name_in_it_tells_who_is_in_it(
    alice: User, bob: User, charlie: User, eve: User, choir: Circle, bob_client: Client
) -> None:
    """A member cannot find out by naming people: every name becomes a link, or none does, as in any other text."""
    choir.members.create(person=charlie)
    post = write(alice, choir, "hello @charlie and @eve")
    said = posts.add_comment(actor=bob, post=post, body="Are @charlie and @eve here?", parent=None, key=uuid.uuid4())
    for html in (post.body_html, said.body_html):
        assert "/@charlie/" in html
        assert "/@eve/" in html


@pytest.mark.parametrize("end", ["unfollow", "remove", "block", "blocked"])
def test_whoever_stops_following_has_left(
    end: str, alice: User, bob: User, choir: Circle, bob_client: Client, drain: Drain
) -> None:
    post = write(alice, choir)
    drain()
    match end:
        case "unfollow":
            services.unfollow(actor=bob, target=alice)
        case "remove":
            services.remove_follower(actor=alice, follower=bob)
        case "block":
            services.block(actor=bob, target=alice)
        case "blocked":
            services.block(actor=alice, target=bob)
    assert not CircleMember.objects.exists()
    assert bob_client.get(f"/posts/{post.pk}/").status_code == 404
    assert "canary" not in bob_client.get("/").text
    drain()
    assert not FeedItem.objects.filter(post_id=post.pk, user_id=bob.pk).exists()
    if end == "unfollow":
        services.follow(actor=bob, target=alice)
        assert bob_client.get(f"/posts/{post.pk}/").status_code == 404  # back among the followers only


def test_coming_in_and_going_out_change_the_timeline(alice: User, eve: User, choir: Circle, drain: Drain) -> None:
    client, post = client_of(eve), write(alice, choir)
    client.get("/")
    drain()
    services.set_circle_members(actor=alice, circle=choir, people=[eve.pk])
    drain()
    assert "canary" in client.get("/?view=latest").text
    assert FeedItem.objects.filter(post_id=post.pk, user_id=eve.pk).count() == 1
    services.set_circle_members(actor=alice, circle=choir, people=[])
    assert "canary" not in client.get("/?view=latest").text  # before any worker
    drain()
    assert not FeedItem.objects.filter(post_id=post.pk, user_id=eve.pk).exists()


def test_without_the_circle_the_post_is_for_its_author(
    alice: User, bob: User, choir: Circle, alice_client: Client, bob_client: Client, drain: Drain
) -> None:
    post = write(alice, choir)
    drain()
    services.delete_circle(actor=alice, circle=choir)
    drain()
    assert bob_client.get(f"/posts/{post.pk}/").status_code == 404
    assert "You alone" in alice_client.get(f"/posts/{post.pk}/").text
    assert set(FeedItem.objects.filter(post_id=post.pk).values_list("user_id", flat=True)) == {alice.pk}


def test_a_comment_in_it_is_read_by_members(alice: User, bob: User, eve: User, choir: Circle) -> None:
    post = write(alice, choir)
    comment = posts.add_comment(actor=bob, post=post, body="well said", parent=None, key=uuid.uuid4())
    assert client_of(alice).get(f"/comments/{comment.pk}/").status_code == 200
    assert client_of(eve).get(f"/comments/{comment.pk}/").status_code == 404
    assert client_of(eve).post(f"/posts/{post.pk}/react/").status_code == 404


def test_the_lists_are_flat_in_queries(
    alice: User, choir: Circle, make_person: Any, alice_client: Client, django_assert_max_num_queries: Any
) -> None:
    people = [make_person(f"person{number}") for number in range(20)]
    for person in people:
        cast.follow(person, alice)
    services.set_circle_members(actor=alice, circle=choir, people=[person.pk for person in people])
    for number in range(20):
        services.create_circle(actor=alice, name=f"Circle {number}")
    for path in (URL, f"{URL}{choir.pk}/"):
        alice_client.get(path)
        with django_assert_max_num_queries(7):
            assert alice_client.get(path).status_code == 200


def test_a_post_and_the_end_of_its_circle_at_once(transactional_db: None) -> None:
    alice = cast.make_person("alice")
    circle = services.create_circle(actor=alice, name="Choir")
    refused: list[Invalid] = []

    def attempt() -> None:
        try:
            write(alice, circle)
        except Invalid as error:
            refused.append(error)

    together([attempt, lambda: services.delete_circle(actor=alice, circle=circle), attempt])
    assert Post.objects.filter(circle=None).count() + len(refused) == 2


def test_leaving_while_being_put_in_leaves_no_member_without_a_follow(transactional_db: None) -> None:
    alice, bob = cast.make_person("alice"), cast.make_person("bob")
    circle = services.create_circle(actor=alice, name="Choir")
    for _ in range(3):
        services.follow(actor=bob, target=alice)
        together(
            [
                lambda: services.set_circle_members(actor=alice, circle=circle, people=[bob.pk]),
                lambda: services.unfollow(actor=bob, target=alice),
            ]
        )
        assert not CircleMember.objects.exists()


def test_a_post_to_a_circle_counts_for_its_readers_only(alice: User, bob: User, eve: User, choir: Circle) -> None:
    write(alice, choir)
    assert [post_selectors.post_count(one, alice) for one in (alice, bob, eve)] == [1, 1, 0]
