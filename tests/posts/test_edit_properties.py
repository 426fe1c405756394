"""Edits at once, and chains of them: nothing is overwritten, and nobody comes to see a post who could not before."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.graph import services as graph
from apps.kernel.errors import Conflict, Invalid
from apps.posts import selectors, services
from apps.posts.content import Extras, Wording
from apps.posts.models import Audience, Post, Revision
from tests.cast import follow
from tests.conftest import client_of
from tests.posts.racing import at_once, edit

MakePost = Callable[..., Post]
AUDIENCES = sorted(Audience)


@pytest.mark.django_db(transaction=True)
def test_of_two_edits_at_once_one_wins_and_nothing_is_overwritten(alice: User, alices_post: Post) -> None:
    seen, was = services.edition_of(alices_post), services.wording_of(alices_post)
    fields = {name: getattr(was, name) for name in Wording.__slots__}

    def write(number: int) -> Callable[[], object]:
        wording = Wording(**(fields | {"body": f"edit {number}"}))
        return lambda: services.edit_post(actor=alice, post=alices_post, wording=wording, seen=seen)

    came = at_once(*(write(number) for number in range(6)))
    assert sum(isinstance(one, Conflict) for one in came) == 5
    assert list(Revision.objects.values_list("number", "body")) == [(1, alices_post.body)]


@pytest.mark.django_db(transaction=True)
def test_narrowing_while_others_quote_it_shows_it_to_nobody(
    alice: User, bob: User, charlie: User, make_post: MakePost
) -> None:
    for _round in range(5):
        post = make_post(alice, "canary")

        def quote(post: Post = post) -> object:
            return make_post(bob, "look", extras=Extras(quoted_id=post.pk))

        def narrow(post: Post = post) -> object:
            return edit(alice, post, audience=Audience.ONLY_ME)

        at_once(quote, narrow, quote)
        for person in (bob, charlie):
            client = client_of(person)
            for path in ("/explore/", "/@bob/", f"/posts/{post.pk}/"):
                assert "canary" not in client.get(path).text


SETTINGS: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}


@pytest.mark.django_db
@settings(max_examples=10, **SETTINGS)
@given(data=st.data())
def test_no_chain_of_edits_shows_a_post_to_anybody_new(
    data: st.DataObject, stage: dict[str, Any], make_post: MakePost
) -> None:
    """Whatever is sent, in whatever order: the readers of a post only ever become fewer."""
    try_a_chain(data, stage, make_post)


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=60, **SETTINGS)
@given(data=st.data())
def test_no_chain_of_very_many(data: st.DataObject, stage: dict[str, Any], make_post: MakePost) -> None:
    try_a_chain(data, stage, make_post)


def try_a_chain(data: st.DataObject, stage: dict[str, Any], make_post: MakePost) -> None:
    cache.delete_pattern("*")  # type: ignore[attr-defined]  # what was counted against the limits
    author, readers, circles = stage["author"], stage["readers"], stage["circles"]
    first = data.draw(st.sampled_from(AUDIENCES))
    circle_id = data.draw(st.sampled_from(circles)) if first == Audience.CIRCLE else None
    post = make_post(author, audience=first, circle_id=circle_id)
    saw = {person.pk for person in readers if selectors.visible_posts(person).filter(pk=post.pk).exists()}
    assert author.pk in saw
    for _step in range(data.draw(st.integers(1, 5))):
        audience = data.draw(st.sampled_from([*AUDIENCES, 9]))
        circle_id = data.draw(st.sampled_from([None, *circles]))
        with suppress(Invalid):
            edit(author, post, audience=audience, circle_id=circle_id, body=data.draw(st.sampled_from(["a", "b"])))
        sees = {person.pk for person in readers if selectors.visible_posts(person).filter(pk=post.pk).exists()}
        assert sees <= saw
        assert author.pk in sees
        saw = sees


@pytest.fixture
def stage(northmere: Any, southdale: Any, make_person: Callable[..., User]) -> dict[str, Any]:
    """An author with followers here and elsewhere, in and out of circles, strangers of both campuses, and of none."""
    author = make_person("author")
    readers = [author]
    for name, university, follows in (
        ("near", northmere, True),
        ("near2", northmere, True),
        ("far", southdale, True),
        ("stranger", northmere, False),
        ("outsider", southdale, False),
    ):
        person = make_person(name, university=university)
        readers.append(person)
        if follows:
            follow(person, author)
    circles = []
    for name, members in (("Choir", readers[1:2]), ("Rowing", readers[2:4])):
        circle = graph.create_circle(actor=author, name=name)
        graph.set_circle_members(actor=author, circle=circle, people=[person.pk for person in members])
        circles.append(circle.pk)
    return {"author": author, "readers": readers, "circles": circles}
