"""The three orders of a talk: links, pages, and that the choice is remembered."""

import re
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.posts import services
from apps.posts.models import Comment, Post
from tests.conftest import client_of

Say = Callable[..., Comment]


@pytest.fixture
def say(alices_post: Post, bob: User) -> Say:
    def comment(body: str = "Yes", parent: Comment | None = None, liked: int = 0, actor: User = bob) -> Comment:
        made = services.add_comment(actor=actor, post=alices_post, body=body, parent=parent, key=uuid.uuid4())
        Comment.objects.filter(pk=made.pk).update(reaction_count=liked)
        return made

    return comment


def shown(client: Client, path: str) -> list[int]:
    return [int(number) for number in re.findall(r'id="comment-(\d+)"', client.get(path).content.decode())]


def walk(client: Client, post: Post, sort: str) -> list[int]:
    """Every page of the talk, by the links to the next."""
    path, seen = f"/posts/{post.pk}/?sort={sort}", []
    while path:
        seen += shown(client, path)
        onward = re.search(
            rf'href="(/posts/\d+/\?sort={sort}&amp;cursor=[^"#]+)#comments"', client.get(path).content.decode()
        )
        path = unescape(onward[1]) if onward else ""
    return seen


def test_threads_move_and_answers_stay_with_what_they_answer(alices_post: Post, say: Say, bob_client: Client) -> None:
    a, b, c = say("a", liked=1), say("b", liked=3), say("c", liked=1)
    under_a, under_b = say("aa", a, liked=9), say("bb", b)
    later_a = say("ab", a)
    orders = {
        "oldest": [a, under_a, later_a, b, under_b, c],
        "newest": [c, b, under_b, a, under_a, later_a],
        "best": [b, under_b, a, under_a, later_a, c],  # what was said first among equals
    }
    for sort, order in orders.items():
        assert shown(bob_client, f"/posts/{alices_post.pk}/?sort={sort}") == [one.pk for one in order], sort


@pytest.mark.parametrize("sort", ["oldest", "newest", "best"])
def test_pages_of_every_order(sort: str, bob: User, alices_post: Post, bob_client: Client) -> None:
    """120 comments in 12 threads, reactions in ties; pages end in the middle of threads."""
    made = []
    for number in range(1, 121):
        root = (number - 1) // 10 * 10 + 1
        path = f"{root:016x}" + (f"{number:016x}" if number != root else "")
        made.append(
            Comment(
                pk=number, post=alices_post, author=bob, body="x", body_html="<p>x</p>", path=path,
                depth=int(number != root), parent_id=root if number != root else None, reaction_count=root % 3,
            )
        )  # fmt: skip
    Comment.objects.bulk_create(made)
    roots = list(range(1, 120, 10))
    if sort == "newest":
        roots.reverse()
    elif sort == "best":
        roots.sort(key=lambda root: (-(root % 3), root))
    assert walk(bob_client, alices_post, sort) == [root + number for root in roots for number in range(10)]


def test_the_choice_is_remembered_on_this_device(alices_post: Post, say: Say, bob: User, bob_client: Client) -> None:
    first, second = say("a"), say("b")
    path = f"/posts/{alices_post.pk}/"
    assert shown(bob_client, path) == [first.pk, second.pk]
    assert "talk" not in bob_client.cookies
    bob_client.get(f"{path}?sort=newest")
    assert bob_client.cookies["talk"]["httponly"]
    assert shown(bob_client, path) == [second.pk, first.pk]
    assert shown(client_of(bob), path) == [first.pk, second.pk]
    page = bob_client.get(path).content.decode()
    assert re.search(r'\?sort=newest#comments" aria-current="true"', page)
    assert f'href="{path}?sort=best#comments"' in page


@pytest.mark.parametrize("asked", ["worst", "", "path", "-path", "<script>"])
def test_another_order_is_the_usual_one(asked: str, alices_post: Post, say: Say, bob_client: Client) -> None:
    first, second = say("a"), say("b")
    bob_client.cookies["talk"] = asked
    response = bob_client.get(f"/posts/{alices_post.pk}/", {"sort": asked})
    assert "talk" not in response.cookies
    assert shown(bob_client, f"/posts/{alices_post.pk}/") == [first.pk, second.pk]


def test_a_cursor_of_another_order_is_told(alices_post: Post, say: Say, bob: User, bob_client: Client) -> None:
    Comment.objects.bulk_create(
        Comment(post=alices_post, author=bob, body="x", body_html="x", path=f"{number:016x}", pk=number)
        for number in range(1, 60)
    )
    page = bob_client.get(f"/posts/{alices_post.pk}/?sort=best").content.decode()
    cursor = re.search(r"cursor=([^\"#]+)#", page)
    assert cursor
    assert bob_client.get(f"/posts/{alices_post.pk}/?sort=newest&cursor={cursor[1]}").status_code == 400


def test_a_guest_may_choose_too(alices_post: Post, say: Say, anonymous_client: Client) -> None:
    first, second = say("a"), say("b")
    assert shown(anonymous_client, f"/posts/{alices_post.pk}/?sort=newest") == [second.pk, first.pk]


@pytest.mark.parametrize("sort", ["oldest", "newest", "best"])
def test_query_count_is_flat(
    sort: str, alices_post: Post, say: Say, bob_client: Client,
    django_assert_max_num_queries: Callable[..., AbstractContextManager[object]],
) -> None:  # fmt: skip
    path = f"/posts/{alices_post.pk}/?sort={sort}"
    for count in (1, 20):
        while Comment.objects.count() < count:
            say("x", Comment.objects.order_by("pk").last())
        bob_client.get(path)  # the card is drawn once and kept
        with django_assert_max_num_queries(3):
            bob_client.get(path)


def test_a_talk_of_five_hundred_stays_light(alices_post: Post, bob: User, bob_client: Client) -> None:
    made = [
        Comment(pk=number, post=alices_post, author=bob, body="x", body_html="<p>x</p>", path=f"{number:016x}")
        for number in range(1, 501)
    ]
    Comment.objects.bulk_create(made)
    response = bob_client.get(f"/posts/{alices_post.pk}/?sort=best")
    assert len(re.findall(r'id="comment-\d+"', response.content.decode())) == 50
    assert len(response.content) < 160_000


def test_answers_fold_with_their_number(alices_post: Post, say: Say, alice: User, bob_client: Client) -> None:
    first = say("a")
    answer = say("aa", first, actor=alice)
    say("aaa", answer)
    say("ab", first)
    say("b")
    page = bob_client.get(f"/posts/{alices_post.pk}/").content.decode()
    talk = page[page.index('id="comments"') :]
    folds = re.findall(r'<details class="answers depth-(\d)" open><summary class="meta">([^<]+)</summary>', talk)
    assert folds == [("0", "3 answers"), ("1", "1 answer")]
    assert talk.count("<details") == talk.count("</details>")
    inside = talk[talk.index('<details class="answers depth-0"') : talk.rindex(">b<")]
    assert inside.count('id="comment-') == 4  # three answers, and the comment that stands after them
