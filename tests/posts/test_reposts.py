"""Reposts: one live one per person and post, never to more people than the post was written for, counted right."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.graph import services as graph
from apps.kernel.outbox.models import Event
from apps.posts import counters, policies, selectors, services
from apps.posts.models import Audience, Post
from tests.conftest import client_of

FRAGMENT = {"HX-Request": "true"}


def share(client: Client, post: Post, audience: str = "0", **headers: str) -> Any:
    return client.post(f"/posts/{post.pk}/share/", {"audience": audience}, headers=headers)


def count(post: Post) -> int:
    post.refresh_from_db()
    return post.repost_count


def test_a_repost_is_a_post_of_its_own(
    bob: User, bob_client: Client, alices_post: Post, events: Callable[[], list[str]]
) -> None:
    answer = share(bob_client, alices_post)
    assert answer["Location"] == alices_post.get_absolute_url()
    made = Post.objects.get(repost_of=alices_post)
    assert (made.author, made.body, made.audience, count(alices_post)) == (bob, "", Audience.PUBLIC, 1)
    assert events()[-2:] == ["post.created", "post.shared"]
    told = Event.objects.latest("id").data
    assert told == {"post_id": alices_post.pk, "share_id": made.pk, "person_id": bob.pk, "is_quote": False}


def test_twice_is_once(bob_client: Client, alices_post: Post, events: Callable[[], list[str]]) -> None:
    for audience in ("0", "0", "2"):
        assert share(bob_client, alices_post, audience).status_code == 302
    assert count(alices_post) == Post.objects.filter(repost_of=alices_post).count() == 1
    assert events().count("post.shared") == 1


def test_it_stands_in_lists_as_the_post_it_passes_on(
    bob: User, charlie: User, bob_client: Client, alices_post: Post
) -> None:
    share(bob_client, alices_post)
    page = client_of(charlie).get("/@bob/").text
    assert f'id="post-{alices_post.pk}"' in page
    assert '<a class="name" href="/@bob/"><bdi>Bob Birch</bdi></a> reposted' in page
    own = bob_client.get("/@bob/").text
    assert "You reposted" in own
    assert 'data-shared="true"' in own
    assert 'data-shared="false"' in page


def test_one_may_repost_oneself(alice_client: Client, alices_post: Post) -> None:
    assert share(alice_client, alices_post).status_code == 302
    assert count(alices_post) == 1


def test_its_address_leads_to_the_original(
    alice: User, bob: User, charlie: User, dora: User, make_post: Callable[..., Post], anonymous_client: Client
) -> None:
    campus = make_post(alice, audience=Audience.CAMPUS)
    made = services.repost(actor=bob, post=campus, audience=Audience.CAMPUS)
    answer = client_of(charlie).get(f"/posts/{made.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, campus.get_absolute_url())
    assert client_of(dora).get(f"/posts/{made.pk}/").status_code == 404  # blocked by who wrote it
    assert anonymous_client.get(f"/posts/{made.pk}/").status_code == 404


@pytest.mark.parametrize("act", ["react/", "share/", "save/", "comments/"])
def test_all_acts_are_on_the_original(act: str, bob: User, charlie_client: Client, alices_post: Post) -> None:
    made = services.repost(actor=bob, post=alices_post, audience=Audience.PUBLIC)
    answer = charlie_client.post(f"/posts/{made.pk}/{act}", {"audience": "0", "body": "x", "feeling": "1"})
    assert answer.status_code == 404


# --- to whom

MAY = {  # the post's audience → what bob, who is of the campus, may pass it on to
    Audience.PUBLIC: [Audience.PUBLIC, Audience.CAMPUS, Audience.FOLLOWERS, Audience.CIRCLE, Audience.ONLY_ME],
    Audience.CAMPUS: [Audience.CAMPUS, Audience.FOLLOWERS, Audience.CIRCLE, Audience.ONLY_ME],
    Audience.FOLLOWERS: [],
    Audience.CIRCLE: [],
}


@pytest.mark.parametrize("audience", list(MAY))
def test_never_to_more_people_than_it_was_written_for(
    audience: Audience, alice: User, bob: User, charlie: User, make_post: Callable[..., Post]
) -> None:
    circle = graph.create_circle(actor=alice, name="Choir")
    graph.set_circle_members(actor=alice, circle=circle, people=[bob.pk])
    graph.follow(actor=charlie, target=bob)
    own = graph.create_circle(actor=bob, name="Rowing")
    graph.set_circle_members(actor=bob, circle=own, people=[charlie.pk])
    post = make_post(alice, audience=audience, circle_id=circle.pk if audience == Audience.CIRCLE else None)
    client = client_of(bob)
    assert policies.audiences_to_pass_on(bob, post) == MAY[audience]
    for wished in Audience:
        sent = f"3:{own.pk}" if wished == Audience.CIRCLE else str(wished.value)
        expected = 302 if wished in MAY[audience] else 400 if MAY[audience] else 403
        assert share(client, post, sent).status_code == expected, wished
        services.unrepost(actor=bob, post=post)
    page = client.get(f"/posts/{post.pk}/share/")
    assert page.status_code == 200
    offered = [value for value, _label in page.context["passing"].choices]
    assert offered == [
        f"3:{own.pk}" if one == Audience.CIRCLE else str(one.value) for one in MAY[audience] if one != Audience.ONLY_ME
    ]
    assert ("written for some people only" in page.text) == (not MAY[audience])


@pytest.mark.parametrize("sent", ["", "x", "9", "-1", "3", "3:x", "3:999999", "0:1", "²", "1" * 30])
def test_what_is_no_audience_is_refused(sent: str, bob_client: Client, alices_post: Post) -> None:
    assert share(bob_client, alices_post, sent).status_code == 400
    assert count(alices_post) == 0


def test_a_circle_of_somebody_else_is_refused(bob_client: Client, charlie: User, alices_post: Post) -> None:
    theirs = graph.create_circle(actor=charlie, name="Theirs")
    assert share(bob_client, alices_post, f"3:{theirs.pk}").status_code == 400


def test_the_name_of_the_circle_is_for_whoever_reposted(
    bob: User, charlie: User, bob_client: Client, alices_post: Post
) -> None:
    graph.follow(actor=charlie, target=bob)
    circle = graph.create_circle(actor=bob, name="canarycircle")
    graph.set_circle_members(actor=bob, circle=circle, people=[charlie.pk])
    share(bob_client, alices_post, f"3:{circle.pk}")
    assert "canarycircle" in bob_client.get(f"/posts/{alices_post.pk}/share/").text
    for path in ("/@bob/", f"/posts/{alices_post.pk}/share/", f"/posts/{alices_post.pk}/", "/"):
        assert "canarycircle" not in client_of(charlie).get(path, follow=True).text
    assert "reposted" in client_of(charlie).get("/@bob/").text
    assert "reposted" not in client_of(alices_post.author).get("/@bob/").text


# --- who may not


def test_strangers_guests_and_suspended_people(
    alice: User, anonymous_client: Client, charlie: User, dora_client: Client, make_post: Callable[..., Post]
) -> None:
    post, public = make_post(alice, audience=Audience.FOLLOWERS), make_post(alice)
    for act in ("share/", "unshare/"):
        assert client_of(charlie).post(f"/posts/{post.pk}/{act}", {"audience": "2"}).status_code == 404
        assert dora_client.post(f"/posts/{public.pk}/{act}", {"audience": "0"}).status_code == 404
        assert anonymous_client.post(f"/posts/{public.pk}/{act}")["Location"].startswith("/accounts/login/")
        assert anonymous_client.post(f"/posts/{public.pk}/{act}", headers=FRAGMENT).status_code == 401
    assert client_of(charlie).get(f"/posts/{post.pk}/share/").status_code == 404
    assert client_of(charlie).get(f"/posts/{public.pk}/unshare/").status_code == 405
    assert not Post.objects.exclude(repost_of=None).exists()


# --- taking it back


def test_undo_and_undo_of_the_undo(
    bob: User, bob_client: Client, alices_post: Post, events: Callable[[], list[str]]
) -> None:
    share(bob_client, alices_post)
    page = bob_client.get(f"/posts/{alices_post.pk}/share/")
    assert "Undo repost" in page.text
    assert page.context["passing"].reposted_to == "Everyone"
    assert bob_client.post(f"/posts/{alices_post.pk}/unshare/").status_code == 302
    assert (count(alices_post), events()[-1]) == (0, "post.deleted")
    assert bob_client.post(f"/posts/{alices_post.pk}/unshare/").status_code == 302
    assert (count(alices_post), events().count("post.deleted")) == (0, 1)
    made = Post.objects.get(repost_of=alices_post)
    assert bob_client.post(f"/posts/{made.pk}/restore/").status_code == 302
    assert (count(alices_post), events()[-1]) == (1, "post.restored")


def test_what_was_reposted_again_does_not_come_back_twice(bob: User, bob_client: Client, alices_post: Post) -> None:
    first = services.repost(actor=bob, post=alices_post, audience=Audience.PUBLIC)
    services.unrepost(actor=bob, post=alices_post)
    second = services.repost(actor=bob, post=alices_post, audience=Audience.FOLLOWERS)
    assert bob_client.post(f"/posts/{first.pk}/restore/").status_code == 302
    assert Post.objects.get(repost_of=alices_post, deleted_at=None) == second
    assert count(alices_post) == 1
    assert not any(counters.wrong().values())


def test_it_can_be_taken_back_when_the_post_is_out_of_sight(bob: User, alices_post: Post, alice: User) -> None:
    services.repost(actor=bob, post=alices_post, audience=Audience.PUBLIC)
    graph.block(actor=alice, target=bob)
    assert client_of(bob).post(f"/posts/{alices_post.pk}/unshare/").status_code == 302
    assert count(alices_post) == 0


def test_deleting_it_as_a_post_counts_too(bob: User, bob_client: Client, alices_post: Post) -> None:
    made = services.repost(actor=bob, post=alices_post, audience=Audience.PUBLIC)
    for path, left in (("delete/", 0), ("delete/", 0), ("restore/", 1), ("restore/", 1)):
        assert bob_client.post(f"/posts/{made.pk}/{path}").status_code == 302
        assert count(alices_post) == left
    assert not any(counters.wrong().values())


def test_it_goes_with_what_it_passes_on(alice: User, bob: User, charlie_client: Client, alices_post: Post) -> None:
    services.repost(actor=bob, post=alices_post, audience=Audience.PUBLIC)
    services.delete_post(actor=alice, post=alices_post)
    assert "reposted" not in charlie_client.get("/@bob/").text
    assert selectors.post_count(bob, bob) == 0


# --- with scripts


def test_a_script_gets_a_toast_and_the_new_number(bob_client: Client, alices_post: Post) -> None:
    for path, data, expected in (
        ("share/", {"audience": "0"}, {"count": 1, "shared": True, "word": "Reposted by you"}),
        ("unshare/", {}, {"count": 0, "shared": False, "word": ""}),
    ):
        answer = bob_client.post(f"/posts/{alices_post.pk}/{path}", data, headers=FRAGMENT)
        told = json.loads(answer["HX-Trigger"])
        assert (answer.status_code, answer.content) == (200, b"")
        assert told["cc:shared"] == {"post": str(alices_post.pk), **expected}
        assert told["cc:toast"]["undo"]


def test_page_and_fragment(bob_client: Client, alices_post: Post) -> None:
    page = bob_client.get(f"/posts/{alices_post.pk}/share/")
    fragment = bob_client.get(f"/posts/{alices_post.pk}/share/", headers=FRAGMENT)
    assert "<html" in page.text
    assert "<html" not in fragment.text
    assert f'href="/posts/new/?quote={alices_post.pk}"' in fragment.text


# --- many at once


@pytest.mark.django_db(transaction=True)
def test_a_crowd_reposts_takes_back_deletes_and_restores(
    alices_post: Post, make_person: Callable[..., User], make_post: Callable[..., Post]
) -> None:
    people = [make_person(f"p{number}", password=None) for number in range(12)]

    def act(number: int) -> None:
        person = people[number % 12]
        try:
            made = services.repost(actor=person, post=alices_post, audience=Audience.PUBLIC)
            if number % 3 == 0:
                services.unrepost(actor=person, post=alices_post)
            if number % 4 == 0:
                services.restore_post(actor=person, post=made)
            if number % 5 == 0:
                services.delete_post(actor=person, post=made)
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(act, range(48)))
    live = Post.objects.filter(repost_of=alices_post, deleted_at=None)
    assert live.count() == live.values("author").distinct().count() == count(alices_post) > 0
    assert not any(counters.wrong().values())


def test_lists_with_reposts_cost_the_same_for_1_and_20(
    alice: User, bob: User, charlie_client: Client, make_post: Callable[..., Post]
) -> None:
    cost = []
    for number in range(20):
        services.repost(actor=bob, post=make_post(alice, f"Number {number}"), audience=Audience.PUBLIC)
        if number in (0, 19):
            charlie_client.get("/@bob/")
            with CaptureQueriesContext(connection) as queries:
                assert charlie_client.get("/@bob/").text.count(" reposted</span>") == number + 1
            cost.append(len(queries))
    assert cost[0] == cost[1] <= 8
