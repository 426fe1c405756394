"""What the demo campus is like."""

from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.db.models import F
from django.test import Client
from django.utils import timezone

from apps.accounts.models import University, User
from apps.feed.models import FeedItem
from apps.graph.models import Block, Follow, FollowCount
from apps.posts import counters
from apps.posts.models import (
    Audience,
    Ballot,
    Bookmark,
    Boost,
    Comment,
    Draft,
    Feeling,
    Folder,
    MutedThread,
    MutedWord,
    Pin,
    Poll,
    Post,
    Reaction,
    Revision,
    TagFollow,
)
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
    written = Post.objects.filter(repost_of=None)
    assert 2_000 < written.count() < 2_100
    assert Comment.objects.count() > 1_500
    assert len({post.body for post in written}) == written.count()
    oldest, newest = Post.objects.earliest("created_at"), Post.objects.latest("created_at")
    assert 55 <= (newest.created_at - oldest.created_at).days <= 60


def test_a_page_repeats_no_text(campus: None) -> None:
    bodies = list(Post.objects.filter(repost_of=None).order_by("-created_at").values_list("body", flat=True))
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
        assert not Reaction.objects.filter(person=person).exclude(post__in=seen).exists()
        assert not Comment.objects.filter(author=person).exclude(post__in=seen).exists()
        assert not Ballot.objects.filter(person=person).exclude(poll__post__in=seen).exists()
        assert not Bookmark.objects.filter(person=person).exclude(post__in=seen).exists()
        shared = Post.objects.filter(author=person).exclude(repost_of=None, quoted=None)
        assert not shared.filter(repost_of__isnull=False).exclude(repost_of__in=seen).exists()
        assert not shared.filter(quoted__isnull=False).exclude(quoted__in=seen).exists()


def test_there_is_some_of_every_kind(campus: None) -> None:
    now = timezone.now()
    assert Post.objects.exclude(repost_of=None).count() == 160
    assert Post.objects.filter(is_quote=True).count() > 10
    assert Post.objects.exclude(warning="").count() > 5
    assert Revision.objects.filter(post__version=2).exclude(post__edited_at=None).count() > 5
    assert set(Reaction.objects.values_list("feeling", flat=True)) == set(Feeling.values)
    assert Poll.objects.filter(closes_at__gt=now, closed_at=None).exists()
    assert Poll.objects.filter(closes_at__lt=now).exclude(closed_at=None).exists()
    assert not Poll.objects.filter(closes_at__lt=now, closed_at=None).exists(), "or the clock would tell of each"
    assert Poll.objects.filter(is_multiple=True, voter_count__gt=0).exists()
    assert Boost.objects.filter(ends_at__gt=now, post__audience=Audience.PUBLIC).count() == 1
    assert Pin.objects.count() == 6
    assert not Pin.objects.exclude(post__author=F("author")).exists()
    assert Post.objects.filter(body__contains="```").count() > 3
    assert Post.objects.filter(body__contains="$").count() > 3
    assert Post.objects.filter(comment_count__gt=60).count() >= 1


def test_nothing_is_passed_on_to_more_people(campus: None) -> None:
    for column in ("repost_of", "quoted"):
        shares = Post.objects.exclude(**{column: None}).select_related(column)
        for share in shares:
            original = getattr(share, column)
            assert original.audience in (Audience.PUBLIC, Audience.CAMPUS)
            assert share.audience == original.audience
            assert share.audience == Audience.PUBLIC or share.university_id == original.university_id


def test_the_cast_keep_things_for_themselves(campus: None) -> None:
    alice = User.objects.get(username="alice")
    own = Bookmark.objects.filter(person=alice)
    assert own.count() >= 10
    assert own.exclude(note="").exists()
    assert own.exclude(folder=None).exists()
    assert own.exclude(done_at=None).exists()
    assert own.filter(remind_at__gt=timezone.now()).count() == 1
    assert own.exclude(reminded_at=None).count() == 1, "one that is due stands at the top"
    assert not Bookmark.objects.filter(remind_at__lt=timezone.now(), reminded_at=None).exists()
    assert Folder.objects.filter(owner=alice).count() == 3
    assert Draft.objects.filter(author=alice).count() == 3
    assert Draft.objects.filter(author=alice, publish_at__gt=timezone.now()).count() == 1
    assert TagFollow.objects.filter(person=alice).count() == 4
    assert MutedWord.objects.filter(person=alice).count() == MutedThread.objects.filter(person=alice).count() == 1
    page = client_of(alice).get("/bookmarks/").text
    assert 'class="due"' in page


def test_counters_are_right(campus: None) -> None:
    assert not any(counters.wrong().values())


def test_the_timeline_is_there(campus: None) -> None:
    alice = User.objects.get(username="alice")
    assert FeedItem.objects.filter(user_id=alice.pk).count() > 20
    page = client_of(alice).get("/").content.decode()
    assert page.count("<article") in (20, 21), "a page, and perhaps what is boosted"


def test_a_second_one_changes_nothing(campus: None) -> None:
    before = rows()
    for options in ({}, {"if_empty": True}, {"seed": 7}):
        call_command("demo", stdout=StringIO(), **options)
    assert rows() == before
