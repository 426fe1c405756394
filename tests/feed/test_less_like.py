"""Less like this: the post is out of the home feed, and its author stands lower in it for a month."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from apps.accounts.models import User
from apps.feed import reading, scores, services
from apps.feed.models import LessLike
from apps.kernel.errors import Forbidden
from apps.posts import services as posts
from apps.posts.models import Audience, Post
from tests import cast
from tests.feed.test_crossing import by_page

Drain = Callable[[], int]
MakePost = Callable[..., Post]
Commit = Callable[..., AbstractContextManager[object]]
pytestmark = pytest.mark.django_db


def order(person: User) -> list[int]:
    return [item.root for item in reading.rank(person, timezone.now()).posts]


def test_the_post_goes_and_its_author_sinks(
    alice: User, bob: User, charlie: User, make_post: MakePost, drain: Drain, django_capture_on_commit_callbacks: Commit
) -> None:
    cast.follow(bob, charlie)
    his = make_post(charlie)
    disliked, other = make_post(alice, "Not this"), make_post(alice, "Something else")
    drain()
    assert by_page(bob, "ranked") == [other.pk, disliked.pk, his.pk]
    for _twice in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            services.less_like(actor=bob, post=disliked)
    assert by_page(bob, "ranked") == [his.pk, other.pk]
    assert by_page(bob, "latest") == [other.pk, his.pk]
    assert by_page(alice, "ranked") == [other.pk, disliked.pk]  # nobody else's feed changes
    with django_capture_on_commit_callbacks(execute=True):
        assert services.undo_less_like(actor=bob, post=disliked)
    assert not services.undo_less_like(actor=bob, post=disliked)
    assert by_page(bob, "ranked") == [other.pk, disliked.pk, his.pk]


def test_reposts_of_it_go_too_and_it_ends(
    alice: User, bob: User, charlie: User, make_post: MakePost, drain: Drain
) -> None:
    disliked, other = make_post(charlie, "Not this"), make_post(charlie, "Something else")
    for original in (other, disliked):
        posts.repost(actor=alice, post=original, audience=Audience.PUBLIC)
    plain = make_post(alice)
    drain()
    services.less_like(actor=bob, post=disliked)
    Post.objects.filter(pk=other.pk).update(reaction_count=20)  # else it would be last anyway
    assert order(bob) == [plain.pk, other.pk]
    LessLike.objects.update(until=timezone.now() - timedelta(hours=1))
    assert order(bob) == [other.pk, disliked.pk, plain.pk]


def test_it_takes_no_more_than_there_is(
    alice: User, bob: User, charlie: User, make_post: MakePost, drain: Drain
) -> None:
    """What is taken off is never more than what university and relationship give (ranking.py)."""
    posts.follow_tag(actor=bob, name="choir")
    cast.follow(bob, charlie)
    hidden, plain = make_post(alice), make_post(charlie, "Nothing")
    tagged = make_post(alice, "#choir")
    User.objects.filter(pk=bob.pk).update(university=None)
    bob.refresh_from_db()
    drain()
    services.less_like(actor=bob, post=hidden)
    assert order(bob) == [tagged.pk, plain.pk]  # 0 + 8 for the tag, against 8 for the follow and a moment older


def test_not_of_one_s_own(alice: User, alices_post: Post) -> None:
    with pytest.raises(Forbidden):
        services.less_like(actor=alice, post=alices_post)
    assert not LessLike.objects.exists()


def test_it_is_forgotten_when_it_has_run_out(bob: User, alices_post: Post) -> None:
    services.less_like(actor=bob, post=alices_post)
    assert LessLike.objects.get().until > timezone.now() + timedelta(days=29)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        scores.refresh_scores()
    assert not LessLike.objects.exists()
