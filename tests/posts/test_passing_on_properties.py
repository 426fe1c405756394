"""Passing on never shows a post to anybody who may not see it, on any page, whatever changes afterwards (PO2)."""

import re
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.feed import services as feed
from apps.graph.models import Block, CircleMember, Follow
from apps.kernel.errors import AppError
from apps.posts import selectors, services
from apps.posts.content import Extras
from apps.posts.models import Audience, Post
from tests.conftest import client_of
from tests.graph.test_properties import people, settled, universities  # noqa: F401
from tests.graph.worlds import PEOPLE, Campus, Written, campuses

SETTINGS: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}
PLACE = st.integers(0, PEOPLE - 1)
Pair = tuple[int, int]
# (who passes on, whose post, of which audience, as what, to whom)
WISHES = st.lists(
    st.tuples(PLACE, PLACE, st.sampled_from(Audience), st.booleans(), st.sampled_from(Audience)), max_size=8
)


def mark_all() -> None:
    """A canary in each text, so that a page tells whose it shows."""
    for post in Post.objects.exclude(body=""):
        Post.objects.filter(pk=post.pk).update(body=canary(post.pk), body_html=f"<p>{canary(post.pk)}</p>")


def canary(pk: int) -> str:
    return f"canary{pk}x"


def pass_on(campus: Campus, everybody: list[User], wishes: list[Any]) -> None:
    """What people wish to pass on, as far as the services let them."""
    plain = {
        (one.author, one.audience): pk for pk, one in campus.posts.items() if one.root == pk and one.quoted is None
    }
    for number, (sharer, author, audience, is_quote, to) in enumerate(wishes):
        actor, original = everybody[sharer], plain[author, audience]
        circle = actor.circles.get().pk if to == Audience.CIRCLE else None
        try:
            if is_quote:
                made = services.create_post(
                    actor=actor, body=f"quote {number} #quad", audience=to, key=uuid.uuid4(), circle_id=circle,
                    extras=Extras(quoted_id=original),
                )  # fmt: skip
                campus.posts[made.pk] = Written(sharer, to, made.pk, original)
            else:
                post = selectors.post_for(actor, original)
                made = services.repost(actor=actor, post=post, audience=to, circle_id=circle)
                campus.posts.setdefault(made.pk, Written(sharer, to, original))
        except AppError:
            continue


def change(campus: Campus, everybody: list[User], left: set[Pair], apart: set[Pair], narrowed: set[int]) -> Campus:
    """People leave and block one another, posts are narrowed: nothing that was passed on is told of it."""
    ids = [person.pk for person in everybody]
    cut = {pair for a, b in left | apart for pair in ((a, b), *([(b, a)] if (a, b) in apart else []))}
    for a, b in cut:
        Follow.objects.filter(follower=ids[a], followee=ids[b]).delete()
        CircleMember.objects.filter(circle__owner=ids[b], person=ids[a]).delete()
    new = apart - campus.blocks
    Block.objects.bulk_create((Block(blocker_id=ids[a], blocked_id=ids[b]) for a, b in new), ignore_conflicts=True)
    for pk, written in list(campus.posts.items()):
        if written.author in narrowed and written.root == pk and written.audience in (Audience.PUBLIC, Audience.CAMPUS):
            Post.objects.filter(pk=pk).update(audience=Audience.FOLLOWERS)
            campus.posts[pk] = replace(written, audience=Audience.FOLLOWERS)
    return replace(
        campus,
        follows=campus.follows - cut,
        circle=frozenset((a, b) for a, b in campus.circle if (b, a) not in cut),
        blocks=campus.blocks | new,
        posts=campus.posts,
    )


def check(campus: Campus, everybody: list[User]) -> None:
    """Every page, for every viewer: a text stands there only for who may see its post."""
    shares = [pk for pk, one in campus.posts.items() if one.root != pk or one.quoted is not None]
    passed_on = {campus.posts[pk].quoted or campus.posts[pk].root for pk in shares}
    lists = ["/", "/?view=latest", "/api/feed", "/api/feed?view=latest", "/explore/", "/tags/quad/"]
    lists += [f"/@{person.username}/" for person in everybody]
    lists += [f"/posts/{pk}/{tail}" for pk in passed_on for tail in ("", "quotes/", "reactions/", "share/", "more/")]
    viewers: list[tuple[int | None, User | AnonymousUser]] = [(None, AnonymousUser())]
    viewers += [(number, person) for number, person in enumerate(everybody) if number not in campus.inactive]
    for number, viewer in viewers:
        client = client_of(viewer if isinstance(viewer, User) else None)
        for path in [*lists, *(f"/posts/{pk}/" for pk in shares)]:
            answer = client.get(path)
            shown = {int(pk) for pk in re.findall(r"canary(\d+)x", answer.text)}
            hidden = {pk for pk in shown if not campus.sees(number, pk)}
            assert not hidden, (number, path, [campus.posts[pk] for pk in hidden])
        for pk in shares:
            check_page(campus, number, client, pk)


def check_page(campus: Campus, number: int | None, client: Any, pk: int) -> None:
    """A repost leads to its original who sees both; a quote has the other post inside for who sees that."""
    written, answer = campus.posts[pk], client.get(f"/posts/{pk}/")
    if written.root != pk:
        assert answer.status_code == (302 if campus.sees(number, pk) else 404), (number, written)
        return
    assert answer.status_code == (200 if campus.sees(number, pk) else 404), (number, written)
    if written.quoted is not None and answer.status_code == 200:
        assert (canary(written.quoted) in answer.text) == campus.sees(number, written.quoted), (number, written)


def play(campus: Campus, everybody: list[User], homes: list[int], data: Any) -> None:
    with settled(campus, everybody, homes) as here:
        pass_on(campus, here, data.draw(WISHES))
        mark_all()
        feed.ensure_partitions()
        feed.rebuild_timelines(first=here[0].pk, last=here[-1].pk)
        check(campus, here)
        pair = st.tuples(PLACE, PLACE).filter(lambda two: two[0] != two[1])
        left, apart = data.draw(st.sets(pair, max_size=4)), data.draw(st.sets(pair, max_size=1))
        check(change(campus, here, left, apart, data.draw(st.sets(PLACE, max_size=2))), here)


@settings(max_examples=4, **SETTINGS)
@given(campus=campuses(), data=st.data())
def test_nobody_is_shown_more(campus: Campus, people: list[User], universities: list[int], data: Any) -> None:  # noqa: F811
    play(campus, people, universities, data)


@pytest.mark.slow
@settings(max_examples=40, **SETTINGS)
@given(campus=campuses(), data=st.data())
def test_the_same_on_many_more(campus: Campus, people: list[User], universities: list[int], data: Any) -> None:  # noqa: F811
    play(campus, people, universities, data)
