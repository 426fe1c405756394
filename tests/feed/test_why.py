"""Why am I seeing this, and less of it, please."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import University, User
from apps.feed import ranking, trending
from apps.feed.models import Affinity, LessLike
from apps.graph import services as graph
from apps.posts import services as posts
from apps.posts.models import Audience, Hashtag, Post, TagFollow
from tests import cast
from tests.conftest import client_of
from tests.feed.conftest import Send, WritePost, ago, cards

MakePost = Callable[..., Post]
Drain = Callable[[], int]


def why(person: User, post: Post) -> str:
    response = client_of(person).get(f"/posts/{post.pk}/why/")
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.text)


def follow_tag(person: User, name: str) -> None:
    TagFollow.objects.create(person=person, tag=Hashtag.objects.get_or_create(name=name)[0])


def reasons(person: User, post: Post) -> list[str]:
    part = why(person, post).partition('<ul class="plain">')[2].partition("</ul>")[0]
    return re.findall(r"<li[^>]*>([^<]+)</li>", part)


def test_own_followed_and_mutual(alice: User, bob: User, alices_post: Post) -> None:
    assert reasons(alice, alices_post) == ["You wrote this."]
    assert reasons(bob, alices_post) == ["You follow Alice Ashdown."]
    cast.follow(alice, bob)
    assert reasons(bob, alices_post) == ["You and Alice Ashdown follow one another."]


def test_passed_on_by_whom_one_follows(alice: User, bob: User, charlie: User, old_post: WritePost) -> None:
    foreign = old_post(cast.make_person("erik", name="Erik Ek"), ago(hours=3))
    old_post(alice, ago(hours=1), "", body_html="", repost_of=foreign)
    assert reasons(bob, foreign) == ["Alice Ashdown, whom you follow, passed it on."]
    assert reasons(charlie, foreign) == ["Nothing of your own brought it here: it is open to you, and you came to it."]


def test_a_repost_that_is_not_for_one_is_not_told(alice: User, bob: User, old_post: WritePost) -> None:
    foreign = old_post(cast.make_person("erik"), ago(hours=3))
    old_post(alice, ago(hours=1), "", body_html="", repost_of=foreign, audience=Audience.ONLY_ME)
    assert "passed it on" not in why(bob, foreign)


def test_for_a_hashtag_and_in_the_trends(charlie: User, alice: User, make_post: MakePost) -> None:
    post = make_post(alice, "About #Soup")
    follow_tag(charlie, "soup")
    Post.objects.filter(pk=post.pk).update(reaction_count=3)
    trending.refresh_trending()
    said = reasons(charlie, post)
    assert said == ["You follow #soup.", "It is among the posts most talked about this week."]


def test_the_parts_of_the_score_add_up(alice: User, bob: User, southdale: University, old_post: WritePost) -> None:
    post = old_post(alice, ago(days=3.4))
    Post.objects.filter(pk=post.pk).update(reaction_count=100, comment_count=30, repost_count=10)
    Affinity.objects.create(author_id=alice.pk, reader_id=bob.pk, value=5)
    page = why(bob, post)
    figures = re.findall(r'<td class="num">(-?\d+) <span class="meta">/ (\d+)</span>', page)
    assert figures == [("18", "35"), ("16", "25"), ("12", "20"), ("13", "20")]
    assert "59 of 100 points" in page
    assert "100 reactions, 30 comments, 10 reposts" in page
    assert "you follow them, and had to do with them lately" in page
    assert sum(map(int, (most for _points, most in figures))) == 100
    User.objects.filter(pk=bob.pk).update(university=southdale)
    assert "from elsewhere" in why(User.objects.get(pk=bob.pk), post)


def test_it_agrees_with_the_ranking(alice: User, bob: User, make_post: MakePost, drain: Drain) -> None:
    """The page's points are those PostgreSQL ranks by."""
    from django.db import connection
    from django.utils import timezone

    from apps.feed.selectors import why_shown

    post = make_post(alice)
    Post.objects.filter(pk=post.pk).update(reaction_count=12)
    drain()
    rows = "feed_item i JOIN posts_post p ON p.id = i.post_id LEFT JOIN posts_post o ON o.id = p.repost_of_id"
    sql = f"SELECT i.score + {ranking.AT_READ} FROM {rows} WHERE i.user_id = %(me)s"
    with connection.cursor() as cursor:
        cursor.execute(sql, {"me": bob.pk, "as_of": timezone.now()})
        (counted,) = cursor.fetchone()
    assert why_shown(bob, Post.objects.get(pk=post.pk)).total == pytest.approx(counted, abs=0.01)


@pytest.mark.parametrize("way", ["why", "less", "less/undo"])
def test_who_may_not_see_a_post_is_told_nothing(
    way: str, dora: User, charlie: User, alice: User, make_post: MakePost
) -> None:
    public, campus = make_post(alice), make_post(alice, audience=Audience.FOLLOWERS)
    for person, post in ((dora, public), (charlie, campus)):
        client = client_of(person)
        path = f"/posts/{post.pk}/{way}/"
        assert (client.get(path) if way == "why" else client.post(path)).status_code == 404
    guest = client_of(None)
    path = f"/posts/{public.pk}/{way}/"
    response = guest.get(path) if way == "why" else guest.post(path)
    assert (response.status_code, response["Location"].partition("?")[0]) == (302, "/accounts/login/")
    assert not LessLike.objects.exists()


def test_the_wrong_method(alice_client: Client, alices_post: Post) -> None:
    assert alice_client.post(f"/posts/{alices_post.pk}/why/").status_code == 405
    assert alice_client.get(f"/posts/{alices_post.pk}/less/").status_code == 405


def test_a_fragment_is_the_answer_alone(bob_client: Client, alices_post: Post) -> None:
    page = bob_client.get(f"/posts/{alices_post.pk}/why/", headers={"HX-Request": "true"}).text
    assert "<html" not in page
    assert "You follow Alice Ashdown." in page
    assert f'hx-post="/posts/{alices_post.pk}/less/"' in page


def test_plain_follows_need_no_line_on_the_card(bob: User, alice: User, make_post: MakePost, drain: Drain) -> None:
    make_post(alice)
    drain()
    assert 'class="why"' not in client_of(bob).get("/").text


def line(html: str) -> str:
    found = re.search(r'<p class="why"><span>(.*?)</span></p>', html)
    return re.sub(r"<[^>]+>", "", found[1]) if found else ""


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("ann",), ""),
        (("ann", "ben"), "because Ann and Ben passed it on"),
        (("ann", "ben", "cat"), "because Ann, Ben and one more passed it on"),
        (("ann", "ben", "cat", "dan"), "because Ann, Ben and 2 more passed it on"),
    ],
)
def test_several_who_passed_it_on_are_named(names: tuple[str, ...], said: str, bob: User, old_post: WritePost) -> None:
    foreign = old_post(cast.make_person("erik"), ago(hours=30))
    for hours, name in enumerate(names):
        person = cast.make_person(name, name=name.title())
        cast.follow(bob, person)
        old_post(person, ago(hours=hours + 1), "", body_html="", repost_of=foreign)
    Post.objects.filter(pk=foreign.pk).update(repost_count=len(names))
    page = client_of(bob).get("/?view=latest").text
    assert cards(page) == [foreign.pk]
    assert sorted(re.findall(r"\w+", line(page))) == sorted(re.findall(r"\w+", said))


def test_a_hashtag_is_named(bob: User, charlie: User, make_post: MakePost) -> None:
    make_post(charlie, "About #Soup")
    follow_tag(bob, "soup")
    assert line(client_of(bob).get("/?view=latest").text) == "because you follow #soup"
    (item,) = client_of(bob).get("/api/feed?view=latest").json()["items"]
    assert item["why"] == "You follow #soup."


def test_a_name_is_text(bob: User, old_post: WritePost) -> None:
    foreign = old_post(cast.make_person("erik"), ago(hours=30))
    for number in range(2):
        person = cast.make_person(f"evil{number}", name="<b>{0} %s</b>")
        cast.follow(bob, person)
        old_post(person, ago(hours=number + 1), "", body_html="", repost_of=foreign)
    Post.objects.filter(pk=foreign.pk).update(repost_count=2)
    page = client_of(bob).get("/?view=latest").text
    assert "&lt;b&gt;{0} %s&lt;/b&gt;" in page
    assert "<b>{0}" not in page
    assert client_of(bob).get(f"/posts/{foreign.pk}/why/").status_code == 200


@pytest.fixture
def two(alice: User, bob: User, make_post: MakePost, drain: Drain) -> tuple[Post, Post]:
    made = make_post(alice, "One"), make_post(alice, "Two")
    drain()
    return made


def test_less_like_this_is_gone_at_once_and_can_be_undone(bob: User, two: tuple[Post, Post], send: Send) -> None:
    one, other = two
    client = client_of(bob)
    assert set(cards(client.get("/").text)) == {one.pk, other.pk}
    response = send(client, f"/posts/{one.pk}/less/")
    assert (response.status_code, response["Location"]) == (302, "/")
    page = client.get("/").text
    assert cards(page) == [other.pk]
    assert f'formaction="/posts/{one.pk}/less/undo/"' in page  # without JavaScript
    assert "You asked for less like this" in why(bob, one)
    send(client, f"/posts/{one.pk}/less/undo/")
    assert set(cards(client.get("/").text)) == {one.pk, other.pk}
    assert not LessLike.objects.exists()


def test_with_htmx_it_answers_with_a_toast(bob: User, two: tuple[Post, Post], send: Send) -> None:
    response = send(client_of(bob), f"/posts/{two[0].pk}/less/", HX_Request="true")
    assert response.status_code == 200
    assert response.content == b""
    assert f"/posts/{two[0].pk}/less/undo/" in response["HX-Trigger"]
    back = send(client_of(bob), f"/posts/{two[0].pk}/less/undo/", HX_Request="true")
    assert cards(back.content.decode()) == [two[0].pk]


def test_twice_is_once_and_own_posts_cannot(bob: User, alice: User, two: tuple[Post, Post], send: Send) -> None:
    for _turn in range(2):
        assert send(client_of(bob), f"/posts/{two[0].pk}/less/").status_code == 302
    assert LessLike.objects.count() == 1
    assert send(client_of(alice), f"/posts/{two[0].pk}/less/").status_code in (400, 403)
    assert LessLike.objects.count() == 1


def test_it_is_mine_alone(
    bob: User, charlie: User, alice: User, two: tuple[Post, Post], send: Send, drain: Drain
) -> None:
    graph.follow(actor=charlie, target=alice)
    drain()
    send(client_of(bob), f"/posts/{two[0].pk}/less/")
    assert two[0].pk in cards(client_of(charlie).get("/").text)
    assert two[0].pk in cards(client_of(alice).get("/").text)


def test_a_comment_that_is_not_there_for_one_is_not_counted(
    bob: User, charlie: User, alices_post: Post, make_post: Any
) -> None:
    import uuid

    posts.add_comment(actor=charlie, post=alices_post, body="hello", parent=None, key=uuid.uuid4())
    assert "1 comment" in why(bob, alices_post)
    graph.block(actor=charlie, target=bob)
    assert "0 comments" in why(bob, alices_post)
