"""The score (ranking.py): properties of the formula, and that PostgreSQL computes what the formula says."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.accounts.models import University, User
from apps.feed import ranking, reading
from apps.feed.models import Affinity, FeedItem, LessLike
from apps.feed.ranking import Facts
from apps.posts.models import Hashtag, Post, PostTag, TagFollow
from tests import cast
from tests.feed.test_crossing import write

SLACK = 1e-9  # of numbers that a computer rounds
counts = st.integers(0, 10_000)
ages = st.integers(0, 8 * 86_400).map(lambda seconds: timedelta(seconds=seconds))


@st.composite
def facts(draw: st.DrawFn, /, **fixed: Any) -> Facts:
    is_own = draw(st.booleans())
    is_following = not is_own and draw(st.booleans())
    values: dict[str, Any] = {
        "age": draw(ages),
        "same_university": draw(st.booleans()),
        "has_followed_tag": draw(st.booleans()),
        "is_own": is_own,
        "is_following": is_following,
        "is_mutual": is_following and draw(st.booleans()),
        "affinity": draw(st.integers(0, ranking.CLOSEST)) if is_following else 0,
        "is_less_liked": not is_own and draw(st.booleans()),
        "reactions": draw(counts),
        "comments": draw(counts),
        "reposts": draw(counts),
    }
    return Facts(**(values | fixed))


def total(of: Facts) -> float:
    return ranking.score(of).total


@given(facts())
def test_it_is_between_nothing_and_a_hundred(of: Facts) -> None:
    parts = ranking.score(of)
    assert -SLACK <= parts.total <= 100 + SLACK
    assert 0 <= parts.recency <= ranking.RECENCY
    assert 0 <= parts.relevance <= ranking.UNIVERSITY + ranking.TAG
    assert 0 <= parts.engagement <= ranking.ENGAGEMENT
    assert 0 <= parts.relationship <= ranking.RELATIONSHIP
    assert 0 <= parts.less <= ranking.LESS


def test_everything_at_its_best_is_a_hundred_and_nothing_is_nothing() -> None:
    best = Facts(age=timedelta(0), is_own=True, has_followed_tag=True, reactions=2980)
    assert total(best) == pytest.approx(100, abs=0.01)
    friend = Facts(
        age=timedelta(0), same_university=True, has_followed_tag=True, is_following=True, is_mutual=True,
        affinity=8, reposts=1000,
    )  # fmt: skip
    assert total(friend) == pytest.approx(100, abs=0.01)
    assert total(Facts(age=timedelta(days=7))) == 0


@given(facts(), st.data())
def test_no_factor_ever_ranks_a_post_lower(of: Facts, data: st.DataObject) -> None:
    """Fresher, more talked about, closer, more relevant, or no longer unwanted: never less."""
    better = [
        replace(of, age=data.draw(st.timedeltas(min_value=timedelta(0), max_value=of.age))),
        replace(of, reactions=of.reactions + data.draw(counts)),
        replace(of, comments=of.comments + data.draw(counts)),
        replace(of, reposts=of.reposts + data.draw(counts)),
        replace(of, same_university=True),
        replace(of, has_followed_tag=True),
        replace(of, is_less_liked=False),
    ]
    if of.is_following:
        better += [replace(of, is_mutual=True), replace(of, affinity=data.draw(st.integers(of.affinity, 8)))]
        better += [replace(of, is_own=True)]
    elif not of.is_own:
        better += [replace(of, is_following=True)]
    for one in better:
        assert total(one) >= total(of) - SLACK


@given(facts(), facts(), ages, ages)
def test_time_alone_changes_no_order(one: Facts, other: Facts, first: timedelta, later: timedelta) -> None:
    """While both are within the window, the difference of two scores stays. Outside of it nothing is ranked."""
    newest = min(one.age, other.age)
    one, other = replace(one, age=one.age - newest), replace(other, age=other.age - newest)

    def lead(after: timedelta) -> float:
        return total(replace(one, age=one.age + after)) - total(replace(other, age=other.age + after))

    if max(one.age, other.age) + max(first, later) < ranking.WINDOW:
        assert lead(first) == pytest.approx(lead(later), abs=SLACK)


def test_at_the_edge_of_the_window_it_would() -> None:
    """Why the claim speaks of the window: past it the older post loses no more, the newer one still does."""
    older = Facts(age=timedelta(days=7), reactions=30)
    newer = Facts(age=timedelta(days=5))
    assert total(newer) < total(older)
    newer_then, older_then = replace(newer, age=timedelta(days=6)), replace(older, age=timedelta(days=8))
    assert total(older_then) - total(newer_then) > total(older) - total(newer)


@pytest.mark.django_db
def test_what_left_the_window_is_not_ranked(alice: User, bob: User, drain: Callable[[], int]) -> None:
    """At the very edge: seven days and a second ago is out, two seconds later is in."""
    now = timezone.now()
    write(alice, now - ranking.WINDOW - timedelta(seconds=1))
    inside = write(alice, now - ranking.WINDOW + timedelta(seconds=1))
    drain()
    assert [item.post_id for item in reading.rank(bob, now).posts] == [inside.pk]


@pytest.mark.parametrize(
    ("of", "points"),
    [
        (Facts(age=timedelta(minutes=1), same_university=True, is_following=True, is_mutual=True), 59),
        (
            Facts(
                age=timedelta(days=3.5), same_university=True, is_following=True, is_mutual=True,
                reactions=100, comments=30, reposts=10,
            ),
            57.9,
        ),
        (Facts(age=timedelta(minutes=1), is_following=True), 43),
        (Facts(age=timedelta(minutes=1), is_following=True, affinity=8), 51),
        (Facts(age=timedelta(minutes=1), is_following=True, affinity=8, has_followed_tag=True), 59),
    ],
)  # fmt: skip
def test_the_examples(of: Facts, points: float) -> None:
    """Those of ranking.py."""
    assert total(of) == pytest.approx(points, abs=0.05)


def scored(reader: User, as_of: datetime) -> list[tuple[int, float]]:
    """What the statement of a first page computes, in its order."""
    statement = reading._RANKED.replace(
        "SELECT id, reason, root, created_at, (SELECT max(at) FROM cut)", "SELECT id, score"
    )
    found = reading.fetch(statement, reader, since=as_of - ranking.WINDOW, as_of=as_of)
    return [(post_id, float(score)) for post_id, score in found]


@pytest.mark.django_db(transaction=True)
@settings(max_examples=8, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    some=st.lists(facts(is_own=False), min_size=1, max_size=6), own=facts(is_own=True), line=st.sampled_from([1, 10**6])
)
def test_the_database_agrees(
    northmere: University, southdale: University, drain: Callable[[], int], some: list[Facts], own: Facts, line: int
) -> None:
    """For random posts, whether they are written to timelines, fetched at read, or found by a hashtag."""
    now = timezone.now()
    names = (f"p{number}x{now.timestamp():.0f}{next(_numbers)}" for number in itertools.count())
    reader = cast.make_person(next(names), university=northmere, password=None)
    tag = Hashtag.objects.create(name=next(names))  # of this example alone: posts of the ones before are there still
    TagFollow.objects.create(person=reader, tag=tag)
    wanted: dict[int, float] = {}
    for of in [*some, replace(own, same_university=True, is_following=False, affinity=0, is_mutual=False)]:
        author = reader
        if not of.is_own:
            author = cast.make_person(
                next(names), university=northmere if of.same_university else southdale, password=None
            )
        _relate(reader, author, of)
        if of.is_less_liked:
            LessLike.objects.create(
                person=reader, post=write(author, now), author=author, until=now + timedelta(days=1)
            )
        post = write(author, now - of.age)
        Post.objects.filter(pk=post.pk).update(
            reaction_count=of.reactions, comment_count=of.comments, repost_count=of.reposts
        )
        if of.has_followed_tag:
            PostTag.objects.create(post=post, tag=tag, created_at=post.created_at)
        if of.age < ranking.WINDOW and (of.is_own or of.is_following or of.has_followed_tag):
            wanted[post.pk] = total(of)
    with override_settings(FEED_PULL_FOLLOWERS=line):
        drain()
    found = scored(reader, now)
    assert dict(found) == pytest.approx(wanted, abs=1e-6)
    assert [score for _pk, score in found] == sorted((score for _pk, score in found), reverse=True)


_numbers = itertools.count()


def _relate(reader: User, author: User, of: Facts) -> None:
    if of.is_following:
        cast.follow(reader, author)
    if of.is_mutual:
        cast.follow(author, reader)
    if of.affinity:
        Affinity.objects.create(author_id=author.pk, reader_id=reader.pk, value=of.affinity)


@pytest.mark.django_db
def test_a_row_keeps_what_moves_slowly(alice: User, bob: User, drain: Callable[[], int]) -> None:
    Affinity.objects.create(author_id=alice.pk, reader_id=bob.pk, value=5)
    cast.follow(alice, bob)
    write(alice, timezone.now())
    drain()
    row = FeedItem.objects.get(user_id=bob.pk)
    assert (row.score, row.reason) == (12 + 12 + 5, FeedItem.Reason.MUTUAL)
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(score) FROM feed_item")
        assert cursor.fetchone()[0] <= ranking.OWN
