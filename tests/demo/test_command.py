"""The command that builds the demo campus and takes it away."""

import uuid
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import University, User
from apps.graph import services as graph
from apps.graph.models import Follow, FollowCount
from apps.kernel import demo
from apps.posts import services as posts
from apps.posts.models import Audience, Comment, Post
from tests import cast
from tests.demo.rows import rows


def everything(seed: int) -> list[Any]:
    """What a campus consists of, without the numbers the database gives."""
    people = User.objects.order_by("pk").values_list("username", "name", "role", "created_at")
    follows = Follow.objects.order_by("follower__username", "followee__username")
    posts = Post.objects.order_by("pk").values_list("pk", "author__username", "audience", "body", "reaction_count")
    comments = Comment.objects.order_by("pk").values_list("pk", "author__username", "body", "depth")
    return [
        list(rows)
        for rows in (people, follows.values_list("follower__username", "followee__username"), posts, comments)
    ]


def test_if_empty_leaves_a_site_with_people_alone(alice: User) -> None:
    call_command("demo", if_empty=True, stdout=StringIO())
    assert User.objects.count() == 1


@pytest.mark.slow
def test_the_same_seed_makes_the_same_campus(db: None) -> None:
    now, built = datetime(2026, 11, 20, 12, tzinfo=UTC), []
    for seed in (3, 3, 4):
        demo.build(seed=seed, now=now)
        built.append(everything(seed))
        demo.remove(now=now)
    assert built[0] == built[1]
    assert built[0] != built[2]


def test_removal_takes_exactly_it_away(db: None, make_post: Any, drain: Any) -> None:
    """Somebody who joined before, one who joined the demo's university after, and all that is between them stay."""
    zoe, yan = cast.make_person("zoe.before"), cast.make_person("yan.before")
    graph.follow(actor=zoe, target=yan)
    post = make_post(zoe, "Mine, and it stays #exams", Audience.PUBLIC)
    posts.react(actor=yan, post=post, feeling=1)
    drain()
    before = rows()
    call_command("demo", stdout=StringIO())
    alice = User.objects.get(username="alice")
    graph.follow(actor=alice, target=zoe)
    graph.block(actor=yan, target=User.objects.get(username="bob"))
    posts.react(actor=alice, post=post, feeling=1)
    posts.add_comment(actor=alice, post=post, body="Lovely", parent=None, key=uuid.uuid4())
    drain()
    call_command("demo", remove=True, stdout=StringIO())
    assert rows() == before
    post.refresh_from_db()
    assert (post.reaction_count, post.comment_count) == (1, 0)
    assert FollowCount.objects.get(person=zoe).followers == 0
    assert FollowCount.objects.get(person=yan).followers == 1
    assert not demo.is_built()


@pytest.mark.slow
def test_who_joined_a_university_of_the_demo_keeps_it(db: None) -> None:
    call_command("demo", stdout=StringIO())
    cast.make_person("later", university=University.objects.get(slug="valdoria"))
    call_command("demo", remove=True, stdout=StringIO())
    assert list(University.objects.values_list("slug", flat=True)) == ["valdoria"]
    assert User.objects.get().username == "later"


def test_it_is_refused_where_it_would_be_a_hole(db: None, settings: Any) -> None:
    settings.DEBUG, settings.ALLOW_DEMO = False, False
    with pytest.raises(CommandError, match="ALLOW_DEMO"):
        call_command("demo")
    assert not User.objects.exists()
