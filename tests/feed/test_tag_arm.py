"""Posts of hashtags that somebody follows stand in their home feed, as far as strangers may see them; and boosts."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import Reach, University, User
from apps.feed import ranking, reading, selectors
from apps.feed.models import FeedItem
from apps.graph import services as graph
from apps.posts import services as posts
from apps.posts.models import Audience, Boost, Post
from tests import cast
from tests.feed.test_crossing import by_page

Drain = Callable[[], int]
MakePost = Callable[..., Post]
MakePerson = Callable[..., User]
Commit = Callable[..., AbstractContextManager[object]]
Reason = FeedItem.Reason
pytestmark = pytest.mark.django_db


@pytest.fixture
def zoe(make_person: MakePerson) -> User:
    return make_person("zoe")


def follow_tag(person: User, commit: Commit, name: str = "choir") -> None:
    with commit(execute=True):
        posts.follow_tag(actor=person, name=name)


def reasons(person: User) -> dict[int, int]:
    return {item.post_id: item.reason for item in reading.rank(person, timezone.now()).posts}


def test_posts_of_a_followed_hashtag(
    bob: User, zoe: User, make_post: MakePost, drain: Drain, django_capture_on_commit_callbacks: Commit
) -> None:
    tagged, _other = make_post(zoe, "We sing #Choir"), make_post(zoe, "We dance #ballet")
    drain()
    assert by_page(bob, "ranked") == by_page(bob, "latest") == []
    follow_tag(bob, django_capture_on_commit_callbacks)
    assert by_page(bob, "ranked") == by_page(bob, "latest") == [tagged.pk]  # the kept order was forgotten
    assert reasons(bob) == {tagged.pk: Reason.TAG}
    with django_capture_on_commit_callbacks(execute=True):
        posts.unfollow_tag(actor=bob, name="choir")
    assert by_page(bob, "ranked") == by_page(bob, "latest") == []


def test_only_what_its_author_lets_strangers_see(
    alice: User, bob: User, zoe: User, southdale: University, make_person: MakePerson, make_post: MakePost,
    drain: Drain, django_capture_on_commit_callbacks: Commit,
) -> None:  # fmt: skip
    """Never what is for followers or a circle, from another campus, of people apart, of who lets followers read."""
    follow_tag(bob, django_capture_on_commit_callbacks)
    far, shy, blocked, muted = (
        make_person("erik", university=southdale), make_person("shy"), make_person("dan"), make_person("mo"),
    )  # fmt: skip
    for reader in (zoe, far):
        make_post(reader, "#choir", audience=Audience.FOLLOWERS)
        make_post(reader, "#choir", audience=Audience.ONLY_ME)
    make_post(far, "#choir", audience=Audience.CAMPUS)
    make_post(shy, "#choir")
    User.objects.filter(pk=shy.pk).update(profile_for=Reach.FOLLOWERS, posts_for=Reach.FOLLOWERS)
    make_post(blocked, "#choir")
    make_post(muted, "#choir")
    graph.block(actor=blocked, target=bob)
    graph.mute(actor=bob, target=muted)
    circle = graph.create_circle(actor=zoe, name="Choir")
    cast.follow(alice, zoe)
    graph.set_circle_members(actor=zoe, circle=circle, people=[alice.pk])
    make_post(zoe, "#choir", audience=Audience.CIRCLE, circle_id=circle.pk)
    campus, public = make_post(zoe, "#choir", audience=Audience.CAMPUS), make_post(far, "#choir")
    gone = make_post(zoe, "#choir")
    posts.delete_post(actor=zoe, post=gone)
    drain()
    assert set(by_page(bob, "ranked")) == set(by_page(bob, "latest")) == {campus.pk, public.pk}


def test_followed_people_come_first(
    alice: User, bob: User, make_post: MakePost, drain: Drain, django_capture_on_commit_callbacks: Commit
) -> None:
    """Somebody's post with the tag is there once, because they are followed, and ranks above their others."""
    follow_tag(bob, django_capture_on_commit_callbacks)
    tagged, own = make_post(alice, "#choir"), make_post(bob, "#choir")
    secret, plain = make_post(alice, "#choir", audience=Audience.FOLLOWERS), make_post(alice, "Nothing")
    drain()
    assert reasons(bob) == {
        own.pk: Reason.OWN, tagged.pk: Reason.FOLLOW, secret.pk: Reason.FOLLOW, plain.pk: Reason.FOLLOW,
    }  # fmt: skip
    assert list(reasons(bob))[-1] == plain.pk


@pytest.mark.parametrize("view", ["ranked", "latest"])
def test_many_posts_of_a_hashtag(
    view: str, bob: User, zoe: User, make_person: MakePerson, drain: Drain, django_capture_on_commit_callbacks: Commit,
    make_post: MakePost,
) -> None:  # fmt: skip
    follow_tag(bob, django_capture_on_commit_callbacks)
    writers = [zoe, make_person("yan")]
    made = [make_post(writers[number % 2], f"{number} #choir") for number in range(50)]
    drain()
    assert sorted(by_page(bob, view)) == sorted(post.pk for post in made)


def test_a_repost_of_a_tagged_post_gives_way(
    alice: User, bob: User, zoe: User, make_post: MakePost, drain: Drain, django_capture_on_commit_callbacks: Commit
) -> None:
    follow_tag(bob, django_capture_on_commit_callbacks)
    tagged = make_post(zoe, "#choir")
    posts.repost(actor=alice, post=tagged, audience=Audience.PUBLIC)
    drain()
    for view in ("ranked", "latest"):
        assert [int(item["id"]) for item in selectors.api_page(bob, view=view)["items"]] == [tagged.pk]


def boost(post: Post, hours: float = 1) -> None:
    now = timezone.now()
    Boost.objects.create(post=post, starts_at=now - timedelta(hours=2), ends_at=now + timedelta(hours=hours))


def shown(person: User) -> list[int]:
    return [int(item["id"]) for item in selectors.api_page(person, view="ranked")["items"]]


def test_a_boost_stands_third_on_the_first_page_alone(
    alice: User, bob: User, zoe: User, make_post: MakePost, drain: Drain
) -> None:
    made = [make_post(alice, f"Number {number}") for number in range(25)]
    boosted, another = make_post(zoe, "Come to the concert"), make_post(zoe, "Or to this one")
    boost(another)
    boost(boosted)
    drain()
    first = selectors.api_page(bob, view="ranked")
    found = [int(item["id"]) for item in first["items"]]
    assert found[2] == boosted.pk
    assert another.pk not in found
    everything = by_page(bob, "ranked")
    assert len(everything) == len(set(everything))
    assert set(everything) == {boosted.pk, *(post.pk for post in made)}
    assert boosted.pk not in by_page(bob, "latest")


def test_a_boost_of_what_is_there_anyway_changes_nothing(
    alice: User, bob: User, make_post: MakePost, drain: Drain
) -> None:
    made = [make_post(alice, f"Number {number}") for number in range(4)]
    boost(made[0])
    drain()
    assert shown(bob) == [post.pk for post in reversed(made)]
    assert ranking.CANDIDATES > 4
