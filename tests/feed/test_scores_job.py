"""The nightly refresh: what is stored of the score is put right, and nothing else is touched."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from apps.accounts.models import User
from apps.feed import scores, tasks
from apps.feed.models import Affinity, FeedItem, ScoreRun
from apps.graph import services as graph
from apps.posts import services as posts
from apps.posts.content import Extras, PollPlan
from apps.posts.models import Audience, Ballot, Comment, Feeling, Post, Reaction
from tests import cast

Drain = Callable[[], int]
MakePost = Callable[..., Post]
MakePerson = Callable[..., User]


def row(reader: User, post: Post) -> tuple[int, int]:
    found = FeedItem.objects.get(user_id=reader.pk, post_id=post.pk)
    return found.score, found.reason


def nearness() -> dict[tuple[int, int], int]:
    return {(one.reader_id, one.author_id): one.value for one in Affinity.objects.all()}


def again() -> ScoreRun:
    """Tomorrow's run."""
    ScoreRun.objects.all().delete()
    return scores.refresh_scores()


@pytest.mark.django_db
def test_who_follows_back_by_now_and_no_longer(alice: User, bob: User, alices_post: Post, drain: Drain) -> None:
    drain()
    cast.follow(alice, bob)
    drain()
    assert row(bob, alices_post) == (20, FeedItem.Reason.FOLLOW)
    assert scores.refresh_scores().changed == 1
    assert row(bob, alices_post) == (24, FeedItem.Reason.MUTUAL)
    assert row(alice, alices_post) == (32, FeedItem.Reason.OWN)
    graph.unfollow(actor=alice, target=bob)
    assert again().changed == 1
    assert row(bob, alices_post) == (20, FeedItem.Reason.FOLLOW)


@pytest.mark.django_db
def test_what_people_did_with_one_another_counts(
    alice: User, bob: User, charlie: User, make_post: MakePost, drain: Drain
) -> None:
    """Reactions and votes once, comments twice, passing on three times: on a curve to eight, for people one follows."""
    post = make_post(alice)
    asked = make_post(alice, "Which?", extras=Extras(poll=PollPlan(options=("One", "Two"), question="Which?")))
    theirs = make_post(charlie)  # whom bob does not follow
    drain()
    posts.react(actor=bob, post=post, feeling=Feeling.LIKE)
    posts.react(actor=bob, post=theirs, feeling=Feeling.LIKE)
    scores.refresh_scores()
    assert nearness() == {(bob.pk, alice.pk): 1}
    assert row(bob, post) == (21, FeedItem.Reason.FOLLOW)
    posts.add_comment(actor=bob, post=post, body="Yes", parent=None, key=uuid.uuid4())
    Ballot.objects.create(poll_id=asked.pk, person=bob, choices=[0])
    passed_on = posts.repost(actor=bob, post=post, audience=Audience.PUBLIC)
    assert again().changed == 2
    assert nearness() == {(bob.pk, alice.pk): 4}  # 1 + 2 + 1 + 3 = 7 points
    assert row(bob, post)[0] == 24
    later = make_post(alice, "And now")
    drain()
    assert row(bob, later)[0] == 24  # known when it is written
    posts.delete_post(actor=bob, post=passed_on)
    Comment.objects.update(deleted_at=timezone.now())
    again()
    assert nearness() == {(bob.pk, alice.pk): 2}


@pytest.mark.django_db
def test_it_fades(alice: User, bob: User, alices_post: Post, drain: Drain) -> None:
    """After thirty days it is forgotten; so it is when somebody is no longer followed."""
    drain()
    posts.react(actor=bob, post=alices_post, feeling=Feeling.LIKE)
    scores.refresh_scores()
    Reaction.objects.update(created_at=timezone.now() - timedelta(days=31))
    again()
    assert nearness() == {}
    assert row(bob, alices_post)[0] == 20
    Reaction.objects.update(created_at=timezone.now())
    again()
    assert nearness()
    graph.unfollow(actor=bob, target=alice)
    again()
    assert nearness() == {}


@pytest.mark.django_db
def test_only_what_changed_is_written_and_once_a_day(alice: User, bob: User, alices_post: Post, drain: Drain) -> None:
    drain()
    cast.follow(alice, bob)
    assert scores.refresh_scores().changed == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid::text FROM feed_item ORDER BY 1")
        before = cursor.fetchall()
        assert again().changed == 0
        cursor.execute("SELECT ctid::text FROM feed_item ORDER BY 1")
        assert cursor.fetchall() == before
    FeedItem.objects.filter(user_id=bob.pk).update(score=0)
    assert scores.refresh_scores().changed == 0  # done for today
    assert row(bob, alices_post)[0] == 0


@pytest.mark.django_db
def test_stopped_it_goes_on_where_it_was(
    alice: User, bob: User, make_person: MakePerson, alices_post: Post, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scores, "CHUNK", 2)
    for number in range(5):
        cast.follow(make_person(f"p{number}", password=None), alice)
    drain()
    FeedItem.objects.update(score=1)
    run = scores.refresh_scores(seconds=0)
    assert (run.done_at, run.changed) == (None, 1)  # alice and bob; alice's own row is not its business
    tasks.refresh_scores()
    run = ScoreRun.objects.get()
    assert (run.done_at is not None, run.changed) == (True, 6)
    out = StringIO()
    call_command("refresh_scores", stdout=out)
    assert out.getvalue() == f"6 rows changed on {run.day}\n"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_take_turns(
    alice: User, make_person: MakePerson, make_post: MakePost, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scores, "CHUNK", 2)
    for number in range(8):
        cast.follow(make_person(f"p{number}", password=None), alice)
    make_post(alice)
    drain()
    FeedItem.objects.update(score=1)

    def work(_number: int) -> None:
        try:
            scores.refresh_scores()
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    assert ScoreRun.objects.get().changed == 8
    assert set(FeedItem.objects.exclude(user_id=alice.pk).values_list("score", flat=True)) == {20}


@pytest.mark.django_db
def test_past_days_are_forgotten(db: None) -> None:
    scores.refresh_scores()
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        scores.refresh_scores()
    assert ScoreRun.objects.count() == 1
