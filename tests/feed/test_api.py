"""`GET /api/feed`: the page's answer as data."""

import random
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import Reach, University, User
from apps.feed import services
from apps.feed.models import FeedState
from apps.graph import services as graph
from apps.posts import services as posts
from apps.posts.content import Extras, PollPlan
from apps.posts.models import Hashtag, Poll, Post, TagFollow
from tests import cast
from tests.conftest import client_of
from tests.feed.conftest import Send, WritePost, ago, cards

MakePost = Callable[..., Post]
Item = dict[str, object]


def shown(item: Item) -> int:
    """The post whose card stands on the page: of a repost, what it passes on."""
    original = item.get("repost_of")
    return int(str(original["id"] if isinstance(original, dict) else item["id"]))


def both(person: User, params: dict[str, str]) -> tuple[list[int], list[int]]:
    """Every page of the site and of the API: what they show, in order. Their cursors lead to the same."""
    client = client_of(person)
    pages, data, cursor = [], [], ""
    for _page in range(20):
        asked = params | ({"cursor": cursor} if cursor else {})
        page, answer = client.get("/", asked), client.get("/api/feed", asked).json()
        pages += cards(page.text)
        data += [shown(item) for item in answer["items"]]
        assert (page.context["next"] == "") == (answer["next"] is None)
        if not answer["next"]:
            return pages, data
        cursor = answer["next"]
    raise AssertionError("it never ends")


@pytest.mark.parametrize("seed", range(3))
def test_page_and_data_agree_on_random_graphs(
    seed: int, southdale: University, northmere: University, old_post: WritePost
) -> None:
    people = random_campus(random.Random(seed), [northmere, southdale], old_post)
    for person in people:
        for params in ({}, {"view": "ranked"}, {"view": "latest"}):
            page, data = both(User.objects.get(pk=person.pk), params)
            assert page == data, (seed, person.username, params)
            assert len(page) == len(set(page)), (seed, person.username, params)
            visible = set(Post.objects.visible_to(User.objects.get(pk=person.pk)).values_list("pk", flat=True))
            assert set(page) <= visible


def random_campus(dice: random.Random, universities: list[University], old_post: WritePost) -> list[User]:
    """Seven people with everything that decides who reads what, and their timelines."""
    people = [cast.make_person(f"p{n}", university=dice.choice(universities)) for n in range(7)]
    for one in people:
        for other in dice.sample(people, 4):
            if one != other:
                cast.follow(one, other)
        User.objects.filter(pk=one.pk).update(posts_for=dice.choice([Reach.EVERYONE, Reach.CAMPUS, Reach.FOLLOWERS]))
    tag = Hashtag.objects.create(name="quad")
    made: list[Post] = []
    for number in range(70):
        author, at = dice.choice(people), ago(hours=dice.uniform(0.1, 230))
        original = dice.choice(made) if made and dice.random() < 0.3 else None
        if original and original.repost_of_id is None and original.created_at < at:
            fields = {"repost_of": original} if dice.random() < 0.5 else {"quoted": original, "is_quote": True}
            if Post.objects.filter(author=author, repost_of=original).exists():
                continue
            body = "" if "repost_of" in fields else f"Quote {number}"
        else:
            fields, body = {}, f"Number {number}"
        post = old_post(author, at, body, audience=dice.choice([0, 0, 0, 1, 2, 4]), **fields)
        if dice.random() < 0.2 and not post.repost_of_id:
            post.tag_edges.create(tag=tag, created_at=post.created_at)
        made.append(post)
    for post in dice.sample(made, 5):
        Post.objects.filter(pk=post.pk).update(**{dice.choice(["deleted_at", "hidden_at"]): timezone.now()})
    graph.block(actor=people[0], target=people[1])
    graph.mute(actor=people[2], target=people[3])
    TagFollow.objects.create(person=people[4], tag=tag)
    FeedState.objects.create(person=people[5], filters={"kind": "originals"})
    FeedState.objects.create(person=people[6], view="latest", away_since=ago(days=3), back_at=ago(minutes=1))
    services.rebuild_timelines(first=min(p.pk for p in people), last=max(p.pk for p in people))
    return people


def test_all_fields(alice: User, bob: User, make_post: MakePost) -> None:
    extras = Extras(warning="Spoilers", poll=PollPlan(options=("Yes", "No"), question="Well?", hours=2))
    post = posts.create_post(actor=alice, body="What do you say?", audience=0, key=uuid.uuid4(), extras=extras)
    edited = timezone.now()
    Post.objects.filter(pk=post.pk).update(
        reaction_count=3, reactions={"1": 2, "5": 1}, comment_count=4, repost_count=5, edited_at=edited
    )
    (item,) = client_of(bob).get("/api/feed?view=latest").json()["items"]
    closes = Poll.objects.get().closes_at
    assert item == {
        "id": str(post.pk),
        "author": {"username": "alice", "name": "Alice Ashdown"},
        "body": "What do you say?",
        "created_at": post.created_at.isoformat(),
        "edited_at": edited.isoformat(),
        "warning": "Spoilers",
        "reactions": {"like": 2, "funny": 1},
        "comments": 4,
        "reposts": 5,
        "poll": {
            "question": "Well?",
            "answers": [{"text": "Yes", "votes": 0}, {"text": "No", "votes": 0}],
            "voters": 0,
            "closes_at": closes.isoformat(),
        },
        "why": "You follow Alice Ashdown.",
    }


def test_hidden_results_stay_hidden(alice: User, bob: User) -> None:
    plan = PollPlan(options=("Yes", "No"), hides_results=True)
    posts.create_post(actor=alice, body="Well?", audience=0, key=uuid.uuid4(), extras=Extras(poll=plan))
    poll = Poll.objects.get()
    poll.options.filter(place=0).update(vote_count=41)
    Poll.objects.update(voter_count=41)

    def votes(person: User) -> list[int | None]:
        (item,) = client_of(person).get("/api/feed?view=latest").json()["items"]
        return [answer["votes"] for answer in item["poll"]["answers"]]

    assert votes(bob) == [None, None]
    assert votes(alice) == [41, 0]
    Poll.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    assert votes(bob) == [41, 0]


def test_what_is_passed_on_is_there_for_who_may_see_it(alice: User, bob: User, old_post: WritePost) -> None:
    erik = cast.make_person("erik", name="Erik Ek")
    foreign = old_post(erik, ago(hours=9), "Foreign word")
    old_post(alice, ago(hours=3), "", body_html="", repost_of=foreign)
    old_post(alice, ago(hours=2), "Look at this", quoted=foreign, is_quote=True)
    items = client_of(bob).get("/api/feed?view=latest").json()["items"]
    quote, repost = items
    assert (quote["body"], quote["quoted"]["body"], quote["quoted"]["author"]["username"]) == (
        "Look at this",
        "Foreign word",
        "erik",
    )
    assert (repost["body"], repost["repost_of"]["body"], repost["author"]["username"]) == ("", "Foreign word", "alice")
    assert repost["why"] == "Alice Ashdown, whom you follow, passed it on."
    graph.block(actor=erik, target=bob)
    answer = client_of(bob).get("/api/feed?view=latest")
    (quote,) = answer.json()["items"]
    assert "quoted" not in quote
    assert "Foreign word" not in answer.text


def test_ones_own_order_and_filters_are_the_usual_ones(bob: User, alice: User, make_post: MakePost, send: Send) -> None:
    make_post(alice)
    client = client_of(bob)
    send(client, "/feed/settings/", {"view": "latest"})
    assert client.get("/api/feed").json()["view"] == "latest"
    assert client.get("/api/feed?view=ranked").json()["view"] == "ranked"
    send(client, "/feed/settings/", {"filters": "1", "kind": "polls"})
    answer = client.get("/api/feed").json()
    assert (answer["items"], answer["filters"]) == ([], {"kind": "polls"})


def test_the_number_of_queries_is_flat(
    alice: User, bob: User, make_post: MakePost,
    django_assert_max_num_queries: Callable[..., AbstractContextManager[object]],
) -> None:  # fmt: skip
    client = client_of(bob)
    for rows in (1, 19):
        for number in range(rows):
            make_post(alice, f"Post {rows} {number}")
        client.get("/api/feed?view=latest")
        with django_assert_max_num_queries(4):
            client.get("/api/feed?view=latest")


def test_nothing_of_it_may_be_kept(bob: User) -> None:
    assert client_of(bob).get("/api/feed")["Cache-Control"] == "private, no-store"
    guest = client_of(None).get("/api/feed")
    assert guest.status_code == 401
    assert "public" not in guest.get("Cache-Control", "")
    assert client_of(bob).post("/api/feed").status_code == 405
    assert client_of(bob).get("/api/feed?cursor=rubbish").status_code == 400
