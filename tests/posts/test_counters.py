"""rebuild_counters: proves every number that stands on a row, and puts right those that differ (PO3)."""

import re
import uuid
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import connection

from apps.accounts.models import User
from apps.posts import counters, services
from apps.posts.content import Extras, PollPlan
from apps.posts.models import Audience, Ballot, Comment, Poll, PollOption, Post

EVERYTHING = {
    "reactions to posts",
    "words of reactions to posts",
    "comments",
    "reposts and quotes",
    "voters",
    "votes",
    "reactions to comments",
    "words of reactions to comments",
}


@pytest.fixture
def campus(alice: User, bob: User, charlie: User, make_post: Callable[..., Post]) -> Post:
    """A post with one of everything that is counted, and two of some."""
    plan = PollPlan(options=("yes", "no", "both"), is_multiple=True)
    post = make_post(alice, "Soup?", extras=Extras(poll=plan))
    comment = services.add_comment(actor=bob, post=post, body="x", parent=None, key=uuid.uuid4())
    for person, feeling in ((bob, 1), (charlie, 2)):
        services.react(actor=person, post=post, feeling=feeling)
        services.react_to_comment(actor=person, comment=comment, feeling=feeling)
    services.repost(actor=bob, post=post, audience=Audience.PUBLIC)
    make_post(charlie, "Look", extras=Extras(quoted_id=post.pk))
    poll = Poll.objects.get()
    Ballot.objects.create(poll=poll, person=bob, choices=[0, 2])
    Ballot.objects.create(poll=poll, person=charlie, choices=[2])
    Poll.objects.update(voter_count=2)
    PollOption.objects.filter(place=0).update(vote_count=1)
    PollOption.objects.filter(place=2).update(vote_count=2)
    return post


def numbers(post: Post) -> tuple[object, ...]:
    post.refresh_from_db()
    comment, poll = Comment.objects.get(), Poll.objects.get()
    votes = tuple(PollOption.objects.order_by("place").values_list("vote_count", flat=True))
    return (
        *(post.reaction_count, post.reactions, post.comment_count, post.repost_count),
        *(comment.reaction_count, comment.reactions, poll.voter_count, votes),
    )


RIGHT = (2, {"1": 1, "2": 1}, 1, 2, 2, {"1": 1, "2": 1}, 2, (1, 0, 2))


def test_services_leave_nothing_to_repair(campus: Post) -> None:
    assert numbers(campus) == RIGHT
    assert counters.wrong() == dict.fromkeys(EVERYTHING, 0)


def test_everything_is_proved_and_repaired(campus: Post, capsys: pytest.CaptureFixture[str]) -> None:
    Post.objects.filter(pk=campus.pk).update(
        reaction_count=7, reactions={"1": 9, "5": 1}, comment_count=0, repost_count=0
    )
    Comment.objects.update(reaction_count=3, reactions={})
    Poll.objects.update(voter_count=0)
    PollOption.objects.update(vote_count=8)
    broken = numbers(campus)
    call_command("rebuild_counters", "--dry-run")
    told = dict(re.findall(r"([a-z ]+?): (\d+) wrong", capsys.readouterr().out.replace(", ", "\n")))
    assert told == {name: "3" if name == "votes" else "1" for name in EVERYTHING}
    assert numbers(campus) == broken
    call_command("rebuild_counters")
    assert "votes: 3 put right" in capsys.readouterr().out
    assert numbers(campus) == RIGHT
    call_command("rebuild_counters")
    assert not re.search(r"[1-9]\d* put right", capsys.readouterr().out)


def test_a_word_that_nobody_says_any_more_is_no_fault(campus: Post, bob: User) -> None:
    services.react(actor=bob, post=campus, feeling=None)
    campus.refresh_from_db()
    assert campus.reactions == {"1": 0, "2": 1}
    assert not any(counters.wrong().values())


def test_what_is_deleted_or_hidden_is_not_counted(campus: Post, bob: User, charlie: User) -> None:
    services.delete_comment(actor=bob, comment=Comment.objects.get())
    services.delete_post(actor=charlie, post=Post.objects.get(is_quote=True))
    services.unrepost(actor=bob, post=campus)
    assert numbers(campus)[2:4] == (0, 0)
    assert not any(counters.wrong().values())


def test_when_an_account_goes_the_numbers_of_others_are_counted_anew(campus: Post, bob: User) -> None:
    """Its rows go with it; `recount` is what whoever deletes it calls."""
    services.react(actor=bob, post=campus, feeling=2)
    connection.check_constraints()
    posts, comments = counters.counted_of([bob.pk])
    assert (posts, comments) == ({campus.pk}, {Comment.objects.get().pk})
    User.objects.get(pk=bob.pk).delete()
    counters.recount(posts=posts, comments=comments)
    assert not any(counters.wrong().values())
    campus.refresh_from_db()
    assert (campus.reaction_count, campus.comment_count, campus.repost_count) == (1, 0, 1)
    assert Poll.objects.get().voter_count == 1
