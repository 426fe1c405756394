"""The page of one comment: what it answers, itself, what answers it."""

import re
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client

from apps.accounts.models import Privacy, User
from apps.graph import services as graph
from apps.posts import services
from apps.posts.comments import CHAIN
from apps.posts.models import DEEPEST, Audience, Comment, Post
from tests.conftest import client_of

Say = Callable[..., Comment]


@pytest.fixture
def say(alices_post: Post) -> Say:
    def comment(actor: User, body: str = "Yes", parent: Comment | None = None, post: Post = alices_post) -> Comment:
        return services.add_comment(actor=actor, post=post, body=body, parent=parent, key=uuid.uuid4())

    return comment


@pytest.fixture
def chain(say: Say, alice: User, bob: User) -> list[Comment]:
    """Each answers the one before; beside each but the first stands another answer."""
    made = [say(bob, "said 0")]
    for number in range(1, DEEPEST + 6):
        made.append(say(alice if number % 2 else bob, f"said {number}", made[-1]))
        say(bob, f"beside {number}", made[-2])
    return made


def page_of(client: Client, comment: Comment, query: str = "") -> str:
    response = client.get(f"/comments/{comment.pk}/{query}")
    assert response.status_code == 200
    return response.content.decode()


def shown(page: str) -> list[tuple[int, int]]:
    """Id and depth of each comment."""
    found = re.findall(r'class="entry comment depth-(\d)" id="comment-(\d+)"', page)
    return [(int(number), int(depth)) for depth, number in found]


@pytest.mark.parametrize("place", [0, 1, DEEPEST - 1, DEEPEST, DEEPEST + 1, DEEPEST + 4])
def test_however_deep_it_is_read_in_its_place(place: int, chain: list[Comment], bob_client: Client) -> None:
    page = page_of(bob_client, chain[place])
    numbers = shown(page)
    assert numbers[: place + 1] == [(one.pk, 0) for one in chain[: place + 1]]
    after = [number for number, _depth in numbers[place + 1 :]]
    assert set(after) == {
        *(one.pk for one in chain[place + 1 :]),
        *Comment.objects.filter(body__startswith="beside", parent__in=chain[place:]).values_list("pk", flat=True),
    }
    assert all(depth > 0 for _number, depth in numbers[place + 1 :])
    focused = page[page.index('<div class="focused">') :]
    assert f'id="comment-{chain[place].pk}"' in focused[:400]


def test_a_long_chain_begins_further_down_and_leads_up(say: Say, bob: User, bob_client: Client) -> None:
    made = [say(bob, "0")]
    for number in range(CHAIN + 5):
        made.append(say(bob, str(number + 1), made[-1]))
    page = page_of(bob_client, made[-1])
    above = made[-1 - CHAIN : -1]
    assert [number for number, _depth in shown(page)] == [one.pk for one in [*above, made[-1]]]
    assert f'href="/comments/{above[0].pk}/">What was said before' in page
    assert "What was said before" not in page_of(bob_client, above[0])


def test_it_shows_the_post_and_leads_to_the_whole_talk(
    chain: list[Comment], alices_post: Post, bob_client: Client
) -> None:
    page = page_of(bob_client, chain[2])
    assert f'cite="/posts/{alices_post.pk}/"' in page
    assert f'href="/posts/{alices_post.pk}/?sort=oldest#comment-{chain[2].pk}">The whole talk' in page


def test_answers_come_in_pages(say: Say, bob: User, alices_post: Post, bob_client: Client) -> None:
    first = say(bob)
    Comment.objects.bulk_create(
        Comment(pk=number, post=alices_post, author=bob, body="x", body_html="x", depth=1, parent=first,
                path=f"{first.path}{number:016x}")
        for number in range(1, 71)
    )  # fmt: skip
    page = page_of(bob_client, first)
    assert len(shown(page)) == 51
    onward = re.search(r'href="(/comments/\d+/\?cursor=[^"]+)">More answers', page)
    assert onward
    rest = bob_client.get(onward[1]).content.decode()
    assert [number for number, _depth in shown(rest)] == [first.pk, *range(51, 71)]
    assert "More answers" not in rest


def test_query_count_is_flat(
    say: Say, bob: User, bob_client: Client,
    django_assert_max_num_queries: Callable[..., AbstractContextManager[object]],
) -> None:  # fmt: skip
    first = say(bob)
    for count in (1, 20):
        while Comment.objects.count() < count:
            say(bob, "x", first)
        page_of(bob_client, first)  # the cards are drawn once and kept
        with django_assert_max_num_queries(9):
            page_of(bob_client, first)


def test_what_one_may_not_read_is_a_line_that_names_nobody(
    say: Say, alice: User, bob: User, charlie: User, bob_client: Client
) -> None:
    first = say(charlie, "The secret word is plum")
    second = say(alice, "I know", first)
    third = say(charlie, "And the other is quince", second)
    graph.block(actor=bob, target=charlie)
    page = page_of(bob_client, second)
    assert shown(page) == [(first.pk, 0), (second.pk, 0)]
    assert "This comment is not available." in page
    for secret in ("plum", "quince", "Charlie"):
        assert secret not in page
    assert bob_client.get(f"/comments/{first.pk}/").status_code == 404
    assert bob_client.get(f"/comments/{third.pk}/").status_code == 404


def test_who_may_not_see_the_post_gets_404(
    alice: User, bob: User, dora: User, make_post: Callable[..., Post], say: Say
) -> None:
    comment = say(alice, post=make_post(alice, audience=Audience.FOLLOWERS))
    for person, status in ((bob, 200), (dora, 404), (None, 404)):
        assert client_of(person).get(f"/comments/{comment.pk}/").status_code == status
    services.delete_comment(actor=alice, comment=comment)
    assert client_of(bob).get(f"/comments/{comment.pk}/").status_code == 404


def test_search_engines_keep_it_as_they_keep_the_post(
    say: Say, alice: User, bob: User, make_post: Callable[..., Post], anonymous_client: Client
) -> None:
    post = make_post(alice, audience=Audience.PUBLIC)
    comment = say(bob, post=post)
    for indexed in (True, False):
        Privacy.objects.filter(user=alice).update(search_engines=indexed)
        paths = (f"/posts/{post.pk}/", f"/comments/{comment.pk}/")
        of_post, of_comment = (anonymous_client.get(path) for path in paths)
        assert of_post.headers.get("X-Robots-Tag") == of_comment.headers.get("X-Robots-Tag")


def test_a_fragment_has_no_frame(chain: list[Comment], bob_client: Client) -> None:
    html = bob_client.get(f"/comments/{chain[1].pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in html
    assert "said 1" in html


def test_wrong_method_and_bad_cursor(chain: list[Comment], bob_client: Client) -> None:
    assert bob_client.post(f"/comments/{chain[1].pk}/").status_code == 405
    assert bob_client.get(f"/comments/{chain[1].pk}/?cursor=rubbish").status_code == 400
