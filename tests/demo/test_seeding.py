"""Crowds by COPY."""

import re
from collections import Counter
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Sum
from django.utils import timezone

from apps.accounts.models import LastSeen, User
from apps.feed.models import FeedItem
from apps.graph.models import Follow, FollowCount
from apps.kernel import text
from apps.posts import rendering
from apps.posts.models import Poll, Post, PostTag
from tests import cast
from tests.conftest import client_of

pytestmark = pytest.mark.django_db


def run(command: str, *args: Any, **options: Any) -> str:
    said = StringIO()
    call_command(command, *args, stdout=said, **options)
    return said.getvalue()


def test_seed_scale_makes_whole_people(alice: User) -> None:
    said = run("seed_scale", users=2_000, posts=2)
    assert "2,000 people" in said
    assert User.objects.count() == 2_001
    crowd = User.objects.filter(email__endswith="seeded.example")
    assert crowd.filter(profile__isnull=False, last_seen__isnull=False, follow_count__isnull=False).count() == 2_000
    assert 3_600 <= Post.objects.count() <= 4_400
    assert client_of(crowd.first()).get("/").status_code == 200


def test_they_are_of_five_universities_and_most_are_here(db: None) -> None:
    run("seed_scale", users=2_000, posts=0)
    sizes = Counter(User.objects.values_list("university__slug", flat=True))
    assert sorted(sizes.values()) == [200, 200, 300, 500, 800]
    assert LastSeen.objects.filter(at__gt=timezone.now() - timedelta(days=14)).count() == 1_400
    own = Follow.objects.filter(follower__university=F("followee__university")).count()
    assert own > Follow.objects.count() / 2


def test_posts_are_of_every_kind_and_their_counters_agree(db: None) -> None:
    run("seed_scale", users=1_000, posts=4)
    posts = Post.objects.count()
    shares = {"repost": Post.objects.exclude(repost_of=None), "quote": Post.objects.filter(is_quote=True)}
    assert 0.02 < shares["repost"].count() / posts < 0.08
    assert 0.01 < shares["quote"].count() / posts < 0.06
    assert not shares["quote"].filter(quoted=None).exists()
    assert Poll.objects.count() == Post.objects.filter(has_poll=True).count() > posts / 100
    assert Poll.objects.annotate(options_there=Count("options")).exclude(options_there=3).count() == 0
    assert 0.2 < PostTag.objects.values("post").distinct().count() / posts < 0.4
    assert not PostTag.objects.exclude(created_at=F("post__created_at")).exists()
    for post in Post.objects.filter(reaction_count__gt=0)[:200]:
        assert sum(post.reactions.values()) == post.reaction_count
    talked = Post.objects.filter(comments__isnull=False).distinct().annotate(said=Count("comments"))
    assert talked.exists()
    assert all(said == counted for said, counted in talked.values_list("said", "comment_count"))
    words = [len(body.split()) for body in Post.objects.filter(repost_of=None).values_list("body", flat=True)]
    assert min(words) >= 4
    assert max(words) <= 62  # and two hashtags


def test_texts_are_what_the_site_would_make_of_them(db: None) -> None:
    run("seed_scale", users=200, posts=4)
    for post in Post.objects.filter(repost_of=None)[:100]:
        assert post.body_html == rendering.render(post.body)
        assert set(text.find_hashtags(post.body)) == set(post.tag_edges.values_list("tag__name", flat=True))


def test_authors_of_a_set_reach_have_exactly_so_many_who_are_here(db: None) -> None:
    run("seed_scale", users=1_000, posts=1, reach=[10, 100, 400])
    for followers in (10, 100, 400):
        author = User.objects.get(username=f"author{followers}")
        assert author.follow_count.followers == followers
        here = author.follower_edges.filter(follower__last_seen__at__gt=timezone.now() - timedelta(days=14))
        assert here.count() == followers


def test_the_same_seed_draws_the_same_crowd(db: None) -> None:
    def drawn() -> list[object]:
        bodies = sorted(Post.objects.exclude(body="").values_list("body", flat=True))
        edges = Follow.objects.order_by("pk").annotate(apart=F("followee") - F("follower"))
        return [bodies, list(edges.values_list("apart", flat=True))]

    run("seed_scale", users=100, posts=3, seed=7)
    first = drawn()
    User.objects.all().delete()
    run("seed_scale", users=100, posts=3, seed=7)
    assert drawn() == first
    User.objects.all().delete()
    run("seed_scale", users=100, posts=3, seed=8)
    assert drawn() != first


def test_follows_are_many_uneven_and_counted(db: None) -> None:
    run("seed_scale", users=2_000, posts=0)
    edges = Follow.objects.count()
    assert 14 <= edges / 2_000 <= 26
    totals = FollowCount.objects.aggregate(Sum("followers"), Sum("following"))
    assert set(totals.values()) == {edges}
    most = FollowCount.objects.order_by("-followers").first()
    assert most is not None
    assert most.followers > 10 * 20
    assert most.followers == Follow.objects.filter(followee=most.person_id).count()


def test_timelines_hold_what_they_should(db: None) -> None:
    run("seed_scale", users=200, posts=10)
    assert FeedItem.objects.count() > 2_000
    rows, expected, missing, double, stray, _pulled = map(int, re.findall(r"\d+", run("check_feeds")))
    assert (rows, missing, double, stray) == (expected, 0, 0, 0)


def test_a_second_crowd_stands_beside_the_first(db: None) -> None:
    run("seed_scale", users=50, posts=0)
    run("seed_scale", users=50, posts=0)
    names = list(User.objects.order_by("pk").values_list("username", flat=True))
    assert names == [f"n{number:05d}" for number in range(1, 101)]


def test_who_signs_up_afterwards_gets_an_id_of_their_own(db: None) -> None:
    run("seed_scale", users=50, posts=0)
    assert cast.make_person("alice").pk > User.objects.get(username="n00050").pk


NONSENSE = [{"users": 0}, {"users": -1}, {"users": 1, "posts": -1}, {"users": 10, "reach": [6]}]
NONSENSE += [{"users": 10, "reach": [0]}, {"users": 10, "reach": [2, 2]}]


@pytest.mark.parametrize("options", NONSENSE)
def test_seed_scale_refuses_nonsense(options: dict[str, Any], db: None) -> None:
    with pytest.raises(CommandError):
        run("seed_scale", **options)


def test_import_graph_makes_mutual_follows(tmp_path: Path) -> None:
    file = tmp_path / "edges.txt"
    file.write_text("# three friends\n0 1\n1 7\n1 0\n7 7\n\n")
    assert "Imported 3 people" in run("import_graph", str(file))
    pairs = set(Follow.objects.values_list("follower__username", "followee__username"))
    assert pairs == {("n00001", "n00002"), ("n00002", "n00001"), ("n00002", "n00003"), ("n00003", "n00002")}
    counts = dict(FollowCount.objects.values_list("person__username", "followers"))
    assert counts == {"n00001": 1, "n00002": 2, "n00003": 1}
    assert LastSeen.objects.filter(at__gt=timezone.now() - timedelta(minutes=1)).count() == 3


@pytest.mark.parametrize("content", ["", "a b\n", "1\n", "1 -2\n"])
def test_import_graph_refuses_what_is_no_edge_list(content: str, tmp_path: Path) -> None:
    file = tmp_path / "edges.txt"
    file.write_text(content)
    with pytest.raises(CommandError):
        run("import_graph", str(file))
    assert not User.objects.exists()


def test_import_graph_says_when_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        run("import_graph", str(tmp_path / "none.txt"))
