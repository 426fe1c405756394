"""Crowds by COPY."""

import re
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum
from django.utils import timezone

from apps.accounts.models import LastSeen, User
from apps.feed.models import FeedItem
from apps.graph.models import Follow, FollowCount
from apps.posts.models import Post
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
    crowd = User.objects.filter(email__endswith="@seeded.example")
    assert crowd.filter(profile__isnull=False, last_seen__isnull=False, follow_count__isnull=False).count() == 2_000
    assert Post.objects.count() == 4_000
    assert client_of(crowd.first()).get("/").status_code == 200


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
    rows, expected, missing, double, stray = map(int, re.findall(r"\d+", run("check_feeds")))
    assert (rows, missing, double, stray) == (expected, 0, 0, 0)


def test_a_second_crowd_stands_beside_the_first(db: None) -> None:
    run("seed_scale", users=50, posts=0)
    run("seed_scale", users=50, posts=0)
    names = list(User.objects.order_by("pk").values_list("username", flat=True))
    assert names == [f"n{number:05d}" for number in range(1, 101)]


def test_who_signs_up_afterwards_gets_an_id_of_their_own(db: None) -> None:
    run("seed_scale", users=50, posts=0)
    assert cast.make_person("alice").pk > User.objects.get(username="n00050").pk


@pytest.mark.parametrize("options", [{"users": 0}, {"users": -1}, {"users": 1, "posts": -1}])
def test_seed_scale_refuses_nonsense(options: dict[str, int], db: None) -> None:
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
