"""Querysets that are put into words once: the rows are Django's own, and no value of one call is left for the next."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Count, F, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.utils import timezone

from apps.accounts.models import University, User
from apps.graph import selectors as graph
from apps.kernel import cursors
from apps.kernel.cursors import page_statement
from apps.kernel.insertion import insert_once
from apps.kernel.statements import Statement, statement
from apps.posts.models import Audience, Post
from tests import cast

pytestmark = pytest.mark.django_db
MakePost = Callable[..., Post]


def _of_none(username: str) -> User:
    person = cast.make_person(username)
    person.university = None
    person.save(update_fields=["university"])
    return person


@statement
def _written(only_public: bool, *, author: int) -> QuerySet[Post]:
    posts = (
        Post.objects.filter(author=author)
        .select_related("author__university")
        .only("id", "created_at", "author__username", "author__university__name")
    )
    return posts.filter(audience=Audience.PUBLIC) if only_public else posts.annotate(double=F("id") * 2)


def test_each_call_has_its_own_values(alice: User, bob: User, make_post: MakePost) -> None:
    posts = {person: make_post(person) for person in (alice, bob)}
    for person, post in [*posts.items(), *posts.items()]:
        assert _written(True, author=person.pk) == [post]
        assert [one.double for one in _written(False, author=person.pk)] == [2 * post.pk]
    assert _written(True, author=0) == []


def test_rows_are_as_the_queryset_gives_them(alice: User, make_post: MakePost, django_assert_num_queries: Any) -> None:
    post = make_post(alice)
    _written(True, author=alice.pk)
    with django_assert_num_queries(1):
        found = _written(True, author=alice.pk)[0]
        assert (found.author.username, found.author.university.name) == ("alice", "Northmere University")
        assert not found._state.adding
    assert found.get_deferred_fields() == _written.build(True, author=alice.pk)[0].get_deferred_fields()
    assert found.body == post.body  # what was not asked for is still to be had


def test_lists_of_values_and_firsts(alice: User, make_post: MakePost) -> None:
    post = make_post(alice)

    @statement
    def pairs(*, author: int) -> QuerySet[Any]:
        return Post.objects.filter(author=author).values_list("pk", "body")

    @statement
    def ids(*, wanted: Any) -> QuerySet[Any]:
        return Post.objects.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [wanted])).values_list("pk", flat=True)

    assert pairs(author=alice.pk) == [(post.pk, post.body)]
    assert ids(wanted=[post.pk, 7]) == [post.pk]
    assert ids(wanted=[]) == []
    assert pairs.first(author=alice.pk) == (post.pk, post.body)
    assert pairs.first(author=0) is None


def test_words_and_moments_are_values(alice: User, make_post: MakePost) -> None:
    post = make_post(alice)

    @statement
    def found(*, word: str, since: Any, key: str) -> QuerySet[Post]:
        return Post.objects.filter(body=word, created_at__gt=since).annotate(key_given=Value(key))

    past, future = timezone.now() - timedelta(hours=1), timezone.now() + timedelta(hours=1)
    assert found(word=post.body, since=past, key="a'b%s") == [post]
    assert found(word=post.body, since=past, key="a'b%s")[0].key_given == "a'b%s"
    assert found(word=post.body, since=future, key="") == []
    assert found(word="something else", since=past, key="") == []


def test_nothing_and_something_are_two_shapes(northmere: University, alice: User) -> None:
    lone = _of_none("lone")

    @statement
    def of(*, university: int | None) -> QuerySet[User]:
        return User.objects.filter(university=university)

    assert of(university=northmere.pk) == [alice]
    assert of(university=None) == [lone]
    assert of(university=northmere.pk) == [alice]


@pytest.mark.parametrize(
    ("build", "values"),
    [
        (lambda *, number: Post.objects.filter(pk=number + 1), {"number": 5}),
        (lambda *, word: Post.objects.filter(body__contains=word), {"word": "a"}),
        (lambda *, unused: Post.objects.all(), {"unused": 1}),
        (lambda *, wrong: Post.objects.filter(pk=wrong), {"wrong": uuid.uuid4()}),
        (lambda *, number: Post.objects.filter(pk=number, created_at__lt=timezone.now()), {"number": 5}),
    ],
    ids=["calculated with", "changed on its way", "not used", "of no known kind", "a moment that would stand still"],
)
def test_what_cannot_be_put_into_words_once_is_refused(build: Any, values: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        Statement(build)(**values)


def test_pages_go_on_where_the_last_ended(alice: User, bob: User, make_post: MakePost) -> None:
    mine = [make_post(alice) for _ in range(5)]
    make_post(bob)

    @page_statement
    def by(*, author: int) -> QuerySet[Post]:
        return Post.objects.filter(author=author)

    seen: list[Post] = []
    after: str | None = None
    for _ in range(3):
        page = by(by=("-created_at", "-id"), after=after, size=2, author=alice.pk)
        same = cursors.keyset_page(Post.objects.filter(author=alice), by=("-created_at", "-id"), after=after, size=2)
        assert (page.items, page.next) == (same.items, same.next)
        seen += page.items
        after = page.next
    assert seen == sorted(mine, key=lambda post: (post.created_at, post.pk), reverse=True)
    assert after is None


@pytest.mark.parametrize("viewer", ["guest", "campus", "stranger", "member of none", "follower", "blocked"])
def test_one_statement_answers_every_viewer_as_the_queryset_does(
    viewer: str, alice: User, southdale: University, make_post: MakePost
) -> None:
    """`visible_to`, written once for each kind of viewer, and asked by one after the other."""
    from django.contrib.auth.models import AnonymousUser

    @statement
    def visible(kind: graph.Kind, **ids: int) -> QuerySet[Any]:
        return Post.objects.visible_to(graph.stand_in(kind, ids)).order_by("pk").values_list("pk", flat=True)

    people: dict[str, Any] = {
        "guest": AnonymousUser(),
        "campus": cast.make_person("campus"),
        "stranger": cast.make_person("stranger", university=southdale),
        "member of none": _of_none("none"),
        "follower": cast.make_person("follower", university=southdale),
        "blocked": cast.make_person("blocked"),
    }
    cast.follow(people["follower"], alice)
    cast.block(alice, people["blocked"])
    for audience in (Audience.PUBLIC, Audience.CAMPUS, Audience.FOLLOWERS, Audience.ONLY_ME):
        make_post(alice, audience=audience)
    for name in [*people, viewer]:
        one = people[name]
        expected = list(Post.objects.visible_to(one).order_by("pk").values_list("pk", flat=True))
        assert visible(graph.kind_of(one), **graph.ids_of(one)) == expected
        assert Post.objects.visible_to(one).aggregate(n=Count("pk"))["n"] == len(expected)


@cursors.page_statement
def _named(*, author: int) -> QuerySet[Any]:
    return Post.objects.filter(author=author).values_list("id", "created_at", named=True)


def test_a_page_of_named_tuples_goes_on_like_one_of_objects(alice: User, make_post: MakePost) -> None:
    posts = [make_post(alice) for _ in range(3)][::-1]
    first = _named(by=("-id",), after=None, size=2, author=alice.pk)
    assert [(one.id, one.created_at) for one in first.items] == [(post.pk, post.created_at) for post in posts[:2]]
    rest = _named(by=("-id",), after=first.next, size=2, author=alice.pk)
    assert [one.id for one in rest.items] == [posts[2].pk]


def test_numbers_hidden_from_the_planner_are_still_those_of_the_call(alice: User, bob: User) -> None:
    people: Statement[User] = Statement(lambda *, person: User.objects.filter(pk=person), planned_once=True)
    for person in (alice, bob) * 4:
        assert people(person=person.pk) == [person]


def test_a_form_is_a_value(alice: User, make_post: MakePost) -> None:
    sent: Statement[Post] = Statement(lambda *, key: Post.objects.filter(key=key))
    post = make_post(alice)
    assert sent(key=post.key) == [post]
    assert sent(key=uuid.uuid4()) == []


def test_a_row_whose_place_is_taken_is_left_alone(alice: User) -> None:
    key = uuid.uuid4()
    first, second = (Post(author=alice, body=body, key=key) for body in ("first", "second"))
    assert insert_once(first)
    assert not insert_once(second)
    kept = Post.objects.get(author=alice, key=key)
    assert (kept.pk, kept.body, kept.created_at) == (first.pk, "first", first.created_at)
    assert (first.reactions, first.is_quote) == ({}, False)
