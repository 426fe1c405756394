"""Reposts in timelines: written like posts, for whoever may see the original too; an original stands once in a list."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from apps.accounts.models import University, User
from apps.feed import audit, ranking, reading, selectors
from apps.feed.models import FeedItem
from apps.graph import services as graph
from apps.posts import services as posts
from apps.posts.models import Audience, Post
from tests import cast
from tests.feed.test_crossing import by_page, by_time, narrow, write

Drain = Callable[[], int]
MakePost = Callable[..., Post]
MakePerson = Callable[..., User]
Reason = FeedItem.Reason
pytestmark = pytest.mark.django_db


def ago(**how: float) -> datetime:
    return timezone.now() - timedelta(**how)


def holders(post: Post) -> set[str]:
    found = FeedItem.objects.filter(post_id=post.pk).values_list("user_id", flat=True)
    return set(User.objects.filter(pk__in=found).values_list("username", flat=True))


def are_right() -> bool:
    return audit.figures().are_right


def test_it_goes_to_followers_who_may_see_the_original(
    alice: User, bob: User, charlie: User, southdale: University, make_person: MakePerson, make_post: MakePost,
    drain: Drain,
) -> None:  # fmt: skip
    erik = make_person("erik", university=southdale)
    cast.follow(erik, alice)
    campus = posts.repost(actor=alice, post=make_post(charlie, audience=Audience.CAMPUS), audience=Audience.FOLLOWERS)
    public = posts.repost(actor=alice, post=make_post(charlie), audience=Audience.PUBLIC)
    drain()
    assert holders(campus) == {"alice", "bob"}
    assert holders(public) == {"alice", "bob", "erik"}
    row = FeedItem.objects.get(user_id=bob.pk, post_id=public.pk)
    assert (row.reason, row.score) == (Reason.REPOST, ranking.UNIVERSITY + ranking.FOLLOWING)
    assert FeedItem.objects.get(user_id=alice.pk, post_id=public.pk).reason == Reason.OWN
    assert are_right()


@pytest.mark.parametrize("line", [1, 10**6])
@pytest.mark.parametrize("view", ["ranked", "latest"])
def test_the_original_stands_for_its_reposts(
    view: str, line: int, alice: User, bob: User, charlie: User, make_person: MakePerson, drain: Drain
) -> None:
    eve = make_person("eve")
    cast.follow(bob, charlie)
    cast.follow(bob, eve)
    with override_settings(FEED_PULL_FOLLOWERS=line):
        followed, strange = write(alice, ago(hours=9)), write(make_person("zoe"), ago(hours=8))
        write(charlie, ago(hours=2), repost_of=followed)
        write(charlie, ago(hours=4), repost_of=strange)
        newest = write(eve, ago(hours=1), repost_of=strange)
        drain()
    shown = selectors.api_page(bob, view=view)["items"]
    assert [int(item["id"]) for item in shown] == [newest.pk, followed.pk]
    assert len(by_time(bob, size=1)) == 2


@pytest.mark.parametrize("view", ["ranked", "latest"])
def test_once_on_all_pages_though_the_original_is_old(
    view: str, alice: User, bob: User, charlie: User, make_person: MakePerson, drain: Drain
) -> None:
    cast.follow(bob, charlie)
    originals = [write(alice, ago(days=20 + number)) for number in range(12)]
    strangers = make_person("zoe")
    for number, original in enumerate(originals):
        write(charlie, ago(hours=number), repost_of=original)
    for number in range(30):
        passed_on = write(strangers, ago(days=3, hours=number))
        write(charlie, ago(days=1, hours=number), repost_of=passed_on)
        write(alice, ago(days=2, hours=number), repost_of=passed_on)
    drain()
    shown = by_page(bob, view)
    assert len(shown) == len(set(shown)) == 42


def test_it_is_as_good_as_what_it_passes_on(alice: User, bob: User, charlie: User, drain: Drain) -> None:
    """Talk about the original counts, not about the repost; the time is that of the repost."""
    loved, plain = write(charlie, ago(days=2)), write(charlie, ago(days=2))
    Post.objects.filter(pk=loved.pk).update(reaction_count=500)
    passed_on = write(alice, ago(hours=20), repost_of=loved)
    newer = write(alice, ago(hours=1), repost_of=plain)
    drain()
    assert [item.post_id for item in reading.rank(bob, timezone.now()).posts] == [passed_on.pk, newer.pk]


def test_what_becomes_of_the_original_becomes_of_its_reposts(
    alice: User, bob: User, charlie: User, make_post: MakePost, drain: Drain
) -> None:
    original = make_post(charlie)
    passed_on = posts.repost(actor=alice, post=original, audience=Audience.PUBLIC)
    drain()
    assert by_time(bob) == [original.pk]
    posts.delete_post(actor=charlie, post=original)
    assert by_time(bob) == []  # before any worker ran
    drain()
    assert holders(passed_on) == set()
    posts.restore_post(actor=charlie, post=original)
    drain()
    assert holders(passed_on) == {"alice", "bob"}
    narrow(original, Audience.FOLLOWERS)
    assert by_time(bob) == []
    drain()
    assert holders(passed_on) == set()
    assert are_right()


def test_undone_it_is_gone(alice: User, bob: User, charlie: User, make_post: MakePost, drain: Drain) -> None:
    original = make_post(charlie)
    passed_on = posts.repost(actor=alice, post=original, audience=Audience.PUBLIC)
    drain()
    posts.unrepost(actor=alice, post=original)
    assert by_time(bob) == []
    drain()
    assert holders(passed_on) == set()
    assert are_right()


@pytest.mark.parametrize("against", ["reposter", "author"])
def test_nothing_of_whom_one_has_muted_or_blocked(
    against: str, alice: User, bob: User, charlie: User, make_post: MakePost, drain: Drain
) -> None:
    posts.repost(actor=alice, post=make_post(charlie), audience=Audience.PUBLIC)
    drain()
    person = alice if against == "reposter" else charlie
    graph.mute(actor=bob, target=person)
    assert by_time(bob) == by_page(bob, "ranked") == []
    graph.unmute(actor=bob, target=person)
    assert len(by_time(bob)) == 1
    graph.block(actor=person, target=bob)
    assert by_time(bob) == []
    drain()
    assert are_right()


def test_new_above_the_order_that_is_kept(alice: User, bob: User, charlie: User, drain: Drain) -> None:
    """A fresh repost of what is ranked already is no news; a fresh original replaces the repost that stood for it."""
    cast.follow(bob, charlie)
    known = write(charlie, ago(minutes=30))
    strange = write(alice, ago(minutes=20))
    kept = [reading.Item(known.pk, 1, known.pk, known.created_at), reading.Item(9, 3, strange.pk, strange.created_at)]
    fresh = [
        reading.Item(7, 3, known.pk, timezone.now()),
        reading.Item(strange.pk, 1, strange.pk, timezone.now()),
        reading.Item(8, 3, 55, timezone.now()),
    ]
    assert [item.post_id for item in reading.joined(fresh, kept)] == [strange.pk, 8, known.pk]
