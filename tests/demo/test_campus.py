"""What the demo campus is like."""

from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.test import Client

from apps.accounts.models import University, User
from apps.feed.models import FeedItem
from apps.graph.models import Block, Follow, FollowCount
from apps.posts.models import Comment, Like, Post
from tests.cast import moderators
from tests.conftest import client_of
from tests.demo.rows import rows

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def campus(django_db_setup: None, django_db_blocker: Any) -> Any:
    """Built once for this file, and removed after it."""
    with django_db_blocker.unblock():
        moderators()
        call_command("demo", stdout=StringIO())
        yield
        call_command("demo", remove=True, stdout=StringIO())


def test_it_is_as_large_as_promised(campus: None) -> None:
    assert University.objects.count() == 3
    assert 290 <= User.objects.count() <= 320
    assert Post.objects.count() == 2_000
    assert Comment.objects.count() > 1_500
    assert len({post.body for post in Post.objects.all()}) == 2_000
    oldest, newest = Post.objects.earliest("created_at"), Post.objects.latest("created_at")
    assert 55 <= (newest.created_at - oldest.created_at).days <= 60


def test_a_page_repeats_no_text(campus: None) -> None:
    bodies = list(Post.objects.order_by("-created_at").values_list("body", flat=True))
    for start in range(0, 400, 20):
        openings = [" ".join(body.split()[:3]) for body in bodies[start : start + 20]]
        assert len(set(openings)) >= 18, openings


def test_names_are_of_many_scripts_and_lengths(campus: None) -> None:
    names = list(User.objects.values_list("name", flat=True))
    for first, last in [
        ("\u0600", "\u06ff"),
        ("\u4e00", "\u9fff"),
        ("\u0e00", "\u0e7f"),
        ("\u0400", "\u04ff"),
        ("\uac00", "\ud7af"),
    ]:
        assert any(first <= letter <= last for name in names for letter in name), (first, last)
    assert min(map(len, names)) == 1
    assert max(map(len, names)) > 60


@pytest.mark.parametrize("username", ["alice", "bob", "charlie", "dora", "mira", "admin"])
def test_everybody_promised_can_log_in(username: str, campus: None, client: Client) -> None:
    response = client.post("/accounts/login/", {"login": username, "password": "campus-demo"})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert EmailAddress.objects.filter(email=f"{username}@northmere.example", verified=True, primary=True).exists()


def test_the_cast_stand_to_one_another_as_promised(campus: None) -> None:
    people = {
        person.username: person for person in User.objects.filter(username__in=["alice", "bob", "charlie", "dora"])
    }
    pairs = {
        (a, b) for a in people for b in people if Follow.objects.filter(follower=people[a], followee=people[b]).exists()
    }
    assert ("bob", "alice") in pairs
    assert not pairs & {
        ("charlie", "alice"),
        ("alice", "charlie"),
        ("charlie", "bob"),
        ("bob", "charlie"),
        ("alice", "bob"),
    }
    assert Block.objects.filter(blocker=people["alice"], blocked=people["dora"]).exists()
    admin, mira = User.objects.get(username="admin"), User.objects.get(username="mira")
    assert (admin.is_superuser, mira.is_superuser, mira.is_staff) == (True, False, True)
    assert mira.groups.filter(name="Moderators").exists()


def test_follows_obey_a_power_law_and_counters_are_right(campus: None) -> None:
    counts = sorted(FollowCount.objects.values_list("followers", flat=True), reverse=True)
    top_tenth = sum(counts[: len(counts) // 10])
    assert top_tenth > 0.25 * sum(counts)
    for row in FollowCount.objects.order_by("-followers")[:20]:
        assert row.followers == Follow.objects.filter(followee=row.person_id).count()
        assert row.following == Follow.objects.filter(follower=row.person_id).count()


def test_nobody_says_or_likes_what_they_may_not_see(campus: None) -> None:
    for person in User.objects.order_by("?")[:40]:
        seen = Post.objects.visible_to(person)
        assert not Like.objects.filter(person=person).exclude(post__in=seen).exists()
        assert not Comment.objects.filter(author=person).exclude(post__in=seen).exists()


def test_counters_are_right(campus: None) -> None:
    for post in Post.objects.order_by("-like_count")[:30]:
        assert post.like_count == post.likes.count()
        assert post.comment_count == post.comments.count()


def test_the_timeline_is_there(campus: None) -> None:
    alice = User.objects.get(username="alice")
    assert FeedItem.objects.filter(user_id=alice.pk).count() > 20
    page = client_of(alice).get("/").content.decode()
    assert page.count("<article") == 20


def test_a_second_one_changes_nothing(campus: None) -> None:
    before = rows()
    for options in ({}, {"if_empty": True}, {"seed": 7}):
        call_command("demo", stdout=StringIO(), **options)
    assert rows() == before
