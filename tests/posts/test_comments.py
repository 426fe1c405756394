"""The talk under a post: order, depth, pages, and what becomes of comments somebody may not see."""

import re
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.graph import services as graph
from apps.kernel.errors import NotFound
from apps.posts import services
from apps.posts.models import COMMENT_LIMIT, DEEPEST, Audience, Comment, Mention, Post
from tests.conftest import client_of

Say = Callable[..., Comment]


@pytest.fixture
def say(alices_post: Post) -> Say:
    def comment(actor: User, body: str = "Yes", parent: Comment | None = None, post: Post = alices_post) -> Comment:
        return services.add_comment(actor=actor, post=post, body=body, parent=parent, key=uuid.uuid4())

    return comment


def shown(client: Client, post: Post, query: str = "") -> list[int]:
    """Ids of the comments on the page, in order."""
    page = client.get(f"/posts/{post.pk}/{query}").content.decode()
    return [int(number) for number in re.findall(r'id="comment-(\d+)"', page)]


def test_it_is_made_counted_and_announced(
    bob_client: Client, alices_post: Post, events: Callable[[], list[str]]
) -> None:
    response = bob_client.post(f"/posts/{alices_post.pk}/comments/", {"body": "Mine too @alice", "key": uuid.uuid4()})
    comment = Comment.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/comments/{comment.pk}/")
    assert f'id="comment-{comment.pk}"' in bob_client.get(response["Location"]).content.decode()
    assert Post.objects.get().comment_count == 1
    assert events()[-2:] == ["comment.created", "mention.created"]
    assert Mention.objects.get().comment == comment


def test_a_fragment_is_the_whole_talk(bob_client: Client, alices_post: Post) -> None:
    url = f"/posts/{alices_post.pk}/comments/"
    response = bob_client.post(url, {"body": "Mine too"}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert "Mine too" in response.content.decode()
    assert "<html" not in response.content.decode()


def test_the_same_form_twice_is_one_comment(bob_client: Client, alices_post: Post) -> None:
    data = {"body": "Once", "key": uuid.uuid4()}
    for _turn in range(2):
        assert bob_client.post(f"/posts/{alices_post.pk}/comments/", data).status_code == 302
    assert Comment.objects.count() == 1
    assert Post.objects.get().comment_count == 1


@pytest.mark.parametrize(
    ("body", "said"), [("", "Write something"), ("y" * (COMMENT_LIMIT + 1), "1 character too many")]
)
def test_bad_text_is_told_and_kept(
    bob_client: Client, alices_post: Post, say: Say, bob: User, body: str, said: str
) -> None:
    parent = say(bob, "First")
    url = f"/posts/{alices_post.pk}/comments/"
    response = bob_client.post(url, {"body": body, "parent": parent.pk})
    page = response.content.decode()
    assert response.status_code == 400
    assert said in page
    assert f">{body}</textarea>" in page
    assert f'name="parent" value="{parent.pk}"' in page
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("parent", ["0", "-3", "x", str(2**63), "<b>"])
def test_a_bad_parent_is_no_error_of_ours(bob_client: Client, alices_post: Post, parent: str) -> None:
    response = bob_client.post(f"/posts/{alices_post.pk}/comments/", {"body": "Hi", "parent": parent})
    assert response.status_code in (400, 404)
    assert not Comment.objects.exists()


def test_an_answer_to_a_comment_elsewhere_is_refused(
    bob_client: Client, bob: User, alices_post: Post, say: Say, make_post: Callable[..., Post]
) -> None:
    elsewhere = say(bob, post=make_post(bob))
    response = bob_client.post(f"/posts/{alices_post.pk}/comments/", {"body": "Hi", "parent": elsewhere.pk})
    assert response.status_code == 404


def test_who_may_not_see_the_post_is_not_told_what_names_them_under_it(
    alice: User, bob: User, dora: User, make_person: Callable[..., User], southdale: object, say: Say,
    make_post: Callable[..., Post],
) -> None:  # fmt: skip
    """Dora is blocked by the post's author, erik is of another campus, alice wrote the post.

    That their names become links all the same tells bob nothing: not of the block, and not of who follows alice.
    """
    make_person("erik", university=southdale)
    campus = make_post(alice, audience=Audience.CAMPUS)
    followers = make_post(alice, audience=Audience.FOLLOWERS)
    say(bob, "Look, @dora @erik @alice", post=campus)
    say(bob, "Look, @dora @erik @alice", post=followers)
    assert set(Mention.objects.values_list("person__username", flat=True)) == {"alice"}
    assert Comment.objects.filter(body_html__contains="/@dora/", body_html__regex="/@erik/").count() == 2


def test_reading_order_and_depth(alice: User, bob: User, alices_post: Post, say: Say, alice_client: Client) -> None:
    first = say(bob, "first")
    second = say(bob, "second")
    chain = [first]
    for _level in range(DEEPEST + 2):
        chain.append(say(alice, "deeper", chain[-1]))
    assert [comment.depth for comment in chain] == [0, 1, 2, 3, 4, 4, 4]
    assert shown(alice_client, alices_post) == [*(comment.pk for comment in chain), second.pk]
    page = alice_client.get(f"/posts/{alices_post.pk}/").content.decode()
    assert page.count('<span class="word">to</span> <span dir="auto">Bob Birch</span>') == 1
    assert page.count('<span class="word">to</span> <span dir="auto">Alice Ashdown</span>') == 5


def test_pages_of_a_long_talk(bob: User, alices_post: Post, bob_client: Client) -> None:
    made = [
        Comment(post=alices_post, author=bob, body="x", body_html="<p>x</p>", path=f"{number:016x}", pk=number, depth=0)
        for number in range(1, 121)
    ]
    Comment.objects.bulk_create(made)
    page, seen = "", []
    while True:
        seen += shown(bob_client, alices_post, page)
        html = bob_client.get(f"/posts/{alices_post.pk}/{page}").content.decode()
        onward = re.search(r'href="/posts/\d+/(\?sort=oldest&amp;cursor=[^"#]+)#comments"', html)
        if not onward:
            break
        page = unescape(onward[1])
    assert seen == list(range(1, 121))
    whole = re.search(r'href="([^"]+)#comment-115"', bob_client.get("/comments/115/").content.decode())
    assert whole
    assert 'id="comment-115"' in bob_client.get(unescape(whole[1])).content.decode()
    assert f'href="/posts/{alices_post.pk}/?sort=oldest#comment-3"' in bob_client.get("/comments/3/").content.decode()


def test_a_bad_cursor_is_told(alices_post: Post, alice_client: Client) -> None:
    assert alice_client.get(f"/posts/{alices_post.pk}/?cursor=rubbish").status_code == 400


def test_query_count_is_flat(
    bob: User,
    alices_post: Post,
    bob_client: Client,
    say: Say,
    django_assert_max_num_queries: Callable[..., AbstractContextManager[object]],
) -> None:
    for count in (1, 20):
        while Comment.objects.count() < count:
            say(bob, "x")
        bob_client.get(f"/posts/{alices_post.pk}/")  # the card is drawn once and kept
        with django_assert_max_num_queries(3):
            bob_client.get(f"/posts/{alices_post.pk}/")


def test_a_deleted_comment_leaves_its_answers(
    alice: User, bob: User, alices_post: Post, say: Say, bob_client: Client
) -> None:
    parent = say(bob, "The secret word is plum")
    answer = say(alice, "Indeed", parent)
    alone = say(bob, "Nobody answered this")
    for comment in (parent, alone):
        services.delete_comment(actor=bob, comment=comment)
    page = bob_client.get(f"/posts/{alices_post.pk}/").content.decode()
    assert "plum" not in page
    assert "This comment is not available." in page
    assert shown(bob_client, alices_post) == [parent.pk, answer.pk]
    assert '<span dir="auto">Bob Birch</span>' not in page  # the answer no longer says whom it answers
    assert Post.objects.get().comment_count == 1


def test_what_a_blocked_person_wrote_is_neutral(
    alice: User, bob: User, charlie: User, alices_post: Post, say: Say
) -> None:
    parent = say(charlie, "The secret word is plum")
    under = say(bob, "I know", parent)
    lonely = say(charlie, "Nobody answers me")
    graph.block(actor=bob, target=charlie)
    for viewer, hidden in ((bob, [parent, lonely]), (charlie, [under])):
        page = client_of(viewer).get(f"/posts/{alices_post.pk}/").content.decode()
        for comment in hidden:
            assert comment.body not in page
            assert client_of(viewer).get(f"/comments/{comment.pk}/").status_code == 404
    page = client_of(bob).get(f"/posts/{alices_post.pk}/").content.decode()
    assert shown(client_of(bob), alices_post) == [parent.pk, under.pk]
    assert "Charlie" not in page
    assert len(shown(client_of(alice), alices_post)) == 3


def test_delete_and_undo(
    bob: User, alices_post: Post, say: Say, bob_client: Client, events: Callable[[], list[str]]
) -> None:
    comment = say(bob)
    for _turn in range(2):
        bob_client.post(f"/comments/{comment.pk}/delete/")
    assert Post.objects.get().comment_count == 0
    assert bob_client.get(f"/posts/{alices_post.pk}/").content.decode().count(f"/comments/{comment.pk}/restore/") >= 1
    for _turn in range(2):
        assert bob_client.post(f"/comments/{comment.pk}/restore/").status_code == 302
    assert Post.objects.get().comment_count == 1
    assert events().count("comment.deleted") == events().count("comment.restored") == 1


@pytest.mark.parametrize("act", ["delete/", "restore/"])
def test_only_its_author_deletes_it(act: str, alice: User, bob: User, say: Say, alice_client: Client) -> None:
    comment = say(bob)
    assert alice_client.post(f"/comments/{comment.pk}/{act}").status_code == 403


@pytest.mark.parametrize("act", ["react/", "delete/", "restore/", "fold/"])
def test_comments_of_posts_one_may_not_see(act: str, bob: User, dora: User, say: Say) -> None:
    comment = say(bob)
    assert client_of(dora).post(f"/comments/{comment.pk}/{act}").status_code == 404
    assert client_of(None).post(f"/comments/{comment.pk}/{act}").status_code == 302
    assert client_of(bob).get(f"/comments/{comment.pk}/{act}").status_code == 405


def test_nothing_is_added_to_a_deleted_post(alice: User, bob: User, alices_post: Post, say: Say) -> None:
    services.delete_post(actor=alice, post=alices_post)
    with pytest.raises(NotFound):
        say(bob)
    assert not Comment.objects.exists()
