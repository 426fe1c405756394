"""Boosts (PO4): started and ended by staff with a reason, three at a time, to the minute, for who may see the post."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone

from apps.accounts.models import University, User
from apps.graph import services as graph
from apps.kernel.errors import Conflict, Forbidden, Invalid
from apps.posts import selectors, services, tasks
from apps.posts.content import Wording
from apps.posts.models import Audience, Boost, Post
from tests.posts.racing import at_once

MakePost = Callable[..., Post]
ADD, LIST = "/admin/posts/boost/add/", "/admin/posts/boost/"


def history() -> list[tuple[str, int | None, dict[str, Any]]]:
    """What happened, by whom, with what was said of it."""
    model = Boost._meta.apps.get_model("posts", "BoostEvent")
    rows = model._default_manager.order_by("pgh_id").select_related("pgh_context")
    return [(row.pgh_label, row.by_id, row.pgh_context.metadata if row.pgh_context else {}) for row in rows]


def boost(mira: User, post: Post, *, days: int = 3, reason: str = "election day") -> Boost:
    return services.start_boost(actor=mira, post=post, reason=reason, days=days)


def test_staff_start_one_and_end_it(alice: User, mira: User, mira_client: Client, alices_post: Post) -> None:
    menu = mira_client.get(f"/posts/{alices_post.pk}/more/").text
    assert f'href="{ADD}?address={alices_post.pk}"' in menu
    assert f'value="{alices_post.pk}"' in mira_client.get(f"{ADD}?address={alices_post.pk}").text
    address = f"https://campus.example/posts/{alices_post.pk}/"
    answer = mira_client.post(ADD, {"address": address, "reason": "Vote  today", "days": "2"})
    assert answer.status_code == 302
    made = Boost.objects.get()
    assert (made.post, made.by, made.reason) == (alices_post, mira, "Vote today")
    assert abs(made.ends_at - timezone.now() - timedelta(days=2)) < timedelta(minutes=1)
    assert selectors.running_boosts(alice) == {}  # it is hers
    assert selectors.running_boosts(mira) == {alices_post.pk: "Vote today"}
    assert "Vote today" in mira_client.get(LIST).text
    url = f"{LIST}{made.pk}/change/"
    assert "Vote today" in mira_client.get(url).text
    assert "required" in mira_client.post(url, {"end_reason": ""}).text
    assert Boost.objects.exists()
    assert mira_client.post(url, {"end_reason": "It was a mistake"})["Location"] == LIST
    assert not Boost.objects.exists()
    started, ended = history()
    assert (started[0], started[1], started[2]["user"]) == ("started", mira.pk, mira.pk)
    assert (ended[0], ended[2]["user"], ended[2]["reason"]) == ("ended", mira.pk, "It was a mistake")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("address", "12", "no such post"),
        ("address", "x" * 40, "no such post"),
        ("reason", "", "required"),
        ("days", "31", "30"),
        ("days", "0", "1"),
    ],
)
def test_what_cannot_be_is_said_in_the_form(
    field: str, value: str, says: str, mira_client: Client, alices_post: Post
) -> None:
    sent = {"address": str(alices_post.pk), "reason": "because", "days": "3", field: value}
    answer = mira_client.post(ADD, sent)
    assert answer.status_code == 200
    assert says in answer.text
    assert not Boost.objects.exists()


def test_only_what_is_for_everyone_or_the_campus(
    alice: User, mira: User, mira_client: Client, make_post: MakePost
) -> None:
    graph.follow(actor=mira, target=alice)
    post = make_post(alice, audience=Audience.FOLLOWERS)
    answer = mira_client.post(ADD, {"address": str(post.pk), "reason": "because", "days": "3"})
    assert "Only posts for everyone or for the campus" in answer.text
    gone = make_post(alice)
    services.delete_post(actor=alice, post=gone)
    for one in (post, Post.objects.get(pk=gone.pk)):
        with pytest.raises(Conflict):
            boost(mira, one)
    assert not Boost.objects.exists()


def test_a_post_that_staff_may_not_see_is_no_post_to_them(
    alice: User, mira_client: Client, southdale: University, make_person: Callable[..., User], make_post: MakePost
) -> None:
    erik = make_person("erik", university=southdale)
    post = make_post(erik, audience=Audience.CAMPUS)
    answer = mira_client.post(ADD, {"address": str(post.pk), "reason": "because", "days": "3"})
    assert "no such post" in answer.text


def test_it_takes_the_permission(
    alice: User, bob: User, bob_client: Client, make_person: Callable[..., User], alices_post: Post
) -> None:
    clerk = make_person("clerk", is_staff=True)
    for person in (alice, bob, clerk):
        with pytest.raises(Forbidden):
            boost(person, alices_post)
    assert bob_client.get(ADD).status_code in (302, 403)
    assert ADD not in bob_client.get(f"/posts/{alices_post.pk}/more/").text
    assert not Boost.objects.exists()


def test_the_service_wants_a_reason_and_an_end(mira: User, alices_post: Post) -> None:
    for reason, days in (("", 3), ("x" * 121, 3), ("because", 31), ("because", 0)):
        with pytest.raises(Invalid):
            boost(mira, alices_post, reason=reason, days=days)
    made = boost(mira, alices_post)
    with pytest.raises(Invalid):
        services.end_boost(actor=mira, boost=made, reason=" ")


def test_three_at_a_time_for_each_university(
    alice: User, mira: User, southdale: University, make_person: Callable[..., User], make_post: MakePost
) -> None:
    posts = [make_post(alice, f"post {place}") for place in range(4)]
    for post in posts[:3]:
        boost(mira, post)
    with pytest.raises(Conflict, match="Three posts"):
        boost(mira, posts[3])
    elsewhere = make_post(make_person("erik", university=southdale))
    boost(mira, elsewhere)
    services.delete_post(actor=alice, post=posts[0])  # what nobody sees takes no place
    boost(mira, posts[3])
    with pytest.raises(Conflict, match="already"):
        boost(mira, posts[3])


@pytest.mark.django_db(transaction=True)
def test_of_six_started_at_once_three_run(alice: User, mira: User, make_post: MakePost) -> None:
    posts = [make_post(alice, f"post {place}") for place in range(6)]

    def start(post: Post) -> Callable[[], object]:
        return lambda: boost(mira, post)

    came = at_once(*(start(post) for post in posts))
    assert sum(isinstance(one, Boost) for one in came) == 3
    assert Boost.objects.count() == 3


def test_it_ends_on_time_before_any_clock_and_once(mira: User, bob: User, alices_post: Post) -> None:
    made = boost(mira, alices_post, days=1)
    assert selectors.running_boosts(bob)
    with time_machine.travel(made.ends_at - timedelta(seconds=1), tick=False):
        assert selectors.running_boosts(bob) == {alices_post.pk: "election day"}
    with time_machine.travel(made.ends_at, tick=False):
        assert selectors.running_boosts(bob) == {}  # though the row is there, and the answer kept
        assert Boost.objects.exists()
        tasks.end_boosts()
        tasks.end_boosts()
        assert not Boost.objects.exists()
        assert [label for label, _by, _told in history()] == ["started", "ended"]
        again = boost(mira, alices_post)
    assert again.starts_at == made.ends_at


def test_one_that_has_ended_can_be_started_again_before_the_clock_comes(mira: User, alices_post: Post) -> None:
    made = boost(mira, alices_post, days=1)
    with time_machine.travel(made.ends_at + timedelta(seconds=1)):
        assert boost(mira, alices_post).pk != made.pk


def test_it_is_seen_by_who_may_see_the_post(
    alice: User,
    bob: User,
    charlie: User,
    dora: User,
    mira: User,
    southdale: University,
    make_person: Callable[..., User],
    make_post: MakePost,
) -> None:
    erik = make_person("erik", university=southdale)
    public, campus = make_post(alice, "for all"), make_post(alice, "for campus", audience=Audience.CAMPUS)
    boost(mira, public)
    boost(mira, campus)

    def seen(viewer: Any) -> set[int]:
        return set(selectors.running_boosts(viewer))

    assert seen(bob) == seen(charlie) == {public.pk, campus.pk}
    assert seen(erik) == seen(AnonymousUser()) == {public.pk}
    assert seen(dora) == set()
    graph.mute(actor=charlie, target=alice)
    assert seen(charlie) == set()
    was = services.wording_of(public)
    fields = {name: getattr(was, name) for name in Wording.__slots__} | {"audience": int(Audience.FOLLOWERS)}
    services.edit_post(actor=alice, post=public, wording=Wording(**fields), seen=services.edition_of(public))
    assert seen(bob) == {campus.pk}  # a follower sees the post, but nobody is shown it for this any more
    services.delete_post(actor=alice, post=campus)
    assert seen(bob) == set()


@pytest.mark.django_db(transaction=True)
def test_a_start_and_an_end_are_known_at_once(mira: User, bob: User, alices_post: Post) -> None:
    assert selectors.running_boosts(bob) == {}
    made = boost(mira, alices_post)
    assert selectors.running_boosts(bob)
    services.end_boost(actor=mira, boost=made, reason="enough")
    services.end_boost(actor=mira, boost=made, reason="enough")
    assert selectors.running_boosts(bob) == {}


def test_it_costs_one_query_and_none_when_nothing_is_boosted(
    alice: User, bob: User, mira: User, make_post: MakePost, django_assert_num_queries: Any
) -> None:
    assert selectors.running_boosts(bob) == {}
    with django_assert_num_queries(0):
        selectors.running_boosts(bob)
    for place in range(3):
        boost(mira, make_post(alice, f"post {place}"))
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        selectors.running_boosts(bob)
        with django_assert_num_queries(1):
            assert len(selectors.running_boosts(bob)) == 3
