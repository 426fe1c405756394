"""Trending posts: the best of seven days, for each university and for everybody, made anew by the clock."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Reach, University, User
from apps.feed import trending
from apps.feed.tasks import refresh_trending
from apps.graph import services as graph
from apps.posts.models import Audience, Post
from config.celery import app
from tests import cast
from tests.conftest import client_of
from tests.feed.conftest import WritePost, ago, cards

URL = "/explore/trending/"
MakePost = Callable[..., Post]


@pytest.fixture
def refresh(django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]) -> Callable[[], bool]:
    def run() -> bool:
        with django_capture_on_commit_callbacks(execute=True):
            return trending.refresh_trending()

    return run


def liked(post: Post, reactions: int = 1, comments: int = 0, **fields: object) -> Post:
    Post.objects.filter(pk=post.pk).update(reaction_count=reactions, comment_count=comments, **fields)
    return post


def test_by_reactions_twice_and_comments_three_times(
    alice: User, anonymous_client: Client, make_post: MakePost, refresh: Callable[[], bool]
) -> None:
    three_likes = liked(make_post(alice), 3)  # 6
    two_comments = liked(make_post(alice), 0, 2)  # 6, but newer
    both = liked(make_post(alice), 2, 1)  # 7
    liked(make_post(alice), 0, 0)
    liked(make_post(alice), 500, created_at=ago(days=8))
    assert refresh()
    page = anonymous_client.get(URL)
    assert page.status_code == 200
    assert cards(page.text) == [both.pk, two_comments.pk, three_likes.pk]


def test_nothing_yet_says_why(anonymous_client: Client, refresh: Callable[[], bool]) -> None:
    refresh()
    assert "Nothing is talked about yet" in anonymous_client.get(URL).text


def test_guests_get_what_is_for_everyone(
    alice: User, anonymous_client: Client, make_post: MakePost, refresh: Callable[[], bool]
) -> None:
    open_to_all = liked(make_post(alice))
    for audience in (Audience.CAMPUS, Audience.FOLLOWERS, Audience.ONLY_ME):
        liked(make_post(alice, audience=audience), 99)
    shy = cast.make_person("shy")
    User.objects.filter(pk=shy.pk).update(posts_for=Reach.CAMPUS)
    liked(make_post(shy), 99)
    refresh()
    assert cards(anonymous_client.get(URL).text) == [open_to_all.pk]


def test_members_get_their_university_or_everywhere(
    alice: User, charlie: User, southdale: University, make_post: MakePost, refresh: Callable[[], bool]
) -> None:
    erik = cast.make_person("erik", university=southdale)
    here, campus = liked(make_post(alice), 3), liked(make_post(alice, audience=Audience.CAMPUS), 2)
    there, inside = liked(make_post(erik), 1), liked(make_post(erik, audience=Audience.CAMPUS), 9)
    refresh()
    member = client_of(charlie)
    assert cards(member.get(URL).text) == [here.pk, campus.pk]
    assert cards(member.get(f"{URL}?of=everywhere").text) == [here.pk, there.pk]
    assert cards(client_of(erik).get(URL).text) == [inside.pk, there.pk]
    assert "Everywhere instead" in member.get(URL).text


def test_the_hundred_are_a_list_of_names_and_nothing_more(
    alice: User, bob: User, dora: User, charlie: User, make_post: MakePost, refresh: Callable[[], bool]
) -> None:
    """Gone, narrowed, blocked, muted: not a refresh but the next look tells."""
    made = [liked(make_post(alice, f"Number {number}"), 9 - number) for number in range(5)]
    refresh()
    client = client_of(charlie)
    assert cards(client.get(URL).text) == [post.pk for post in made]
    assert cards(client_of(dora).get(URL).text) == []  # whom alice has blocked
    Post.objects.filter(pk=made[0].pk).update(deleted_at=timezone.now())
    Post.objects.filter(pk=made[1].pk).update(hidden_at=timezone.now())
    Post.objects.filter(pk=made[2].pk).update(audience=Audience.FOLLOWERS)
    assert cards(client.get(URL).text) == [made[3].pk, made[4].pk]
    assert cards(client_of(bob).get(URL).text) == [made[2].pk, made[3].pk, made[4].pk]
    graph.mute(actor=charlie, target=alice)
    assert cards(client.get(URL).text) == []


def test_no_more_than_a_hundred_page_after_page(
    alice: User, anonymous_client: Client, old_post: WritePost, refresh: Callable[[], bool]
) -> None:
    made = [liked(old_post(alice, ago(hours=number)), 200 - number // 2) for number in range(110)]
    refresh()
    shown, cursor = [], ""
    for _page in range(5):
        page = anonymous_client.get(URL, {"cursor": cursor} if cursor else {})
        shown += cards(page.text)
        cursor = page.context["next"]
    assert cursor == ""
    order = sorted(made, key=lambda post: (-(200 - made.index(post) // 2), -post.pk))
    assert shown == [post.pk for post in order[:100]]


def test_a_refresh_between_two_pages_shows_nothing_twice(
    alice: User, anonymous_client: Client, old_post: WritePost, refresh: Callable[[], bool]
) -> None:
    made = [liked(old_post(alice, ago(hours=number)), 200 - number) for number in range(30)]
    refresh()
    first = anonymous_client.get(URL)
    liked(made[25], 1000)
    refresh()
    second = anonymous_client.get(URL, {"cursor": first.context["next"]})
    assert cards(second.text) == [post.pk for post in made[20:] if post != made[25]]


@pytest.mark.parametrize("cursor", ["rubbish", "A" * 5000, "é"])
def test_a_cursor_that_is_not_ours_is_refused(cursor: str, anonymous_client: Client) -> None:
    assert anonymous_client.get(URL, {"cursor": cursor}).status_code == 400


def test_a_fragment_is_the_list_alone(
    alice: User, anonymous_client: Client, make_post: MakePost, refresh: Callable[[], bool]
) -> None:
    liked(make_post(alice))
    refresh()
    page = anonymous_client.get(URL, headers={"HX-Request": "true"})
    assert "<html" not in page.text
    assert len(cards(page.text)) == 1
    assert anonymous_client.post(URL).status_code == 405


def test_the_number_of_queries_is_flat(
    alice: User, make_post: MakePost, refresh: Callable[[], bool],
    django_assert_max_num_queries: Callable[..., AbstractContextManager[object]],
) -> None:  # fmt: skip
    client = client_of(alice)
    for rows in (1, 19):
        for number in range(rows):
            liked(make_post(alice, f"Post {rows} {number}"))
        refresh()
        client.get(URL)
        with django_assert_max_num_queries(4):
            client.get(URL)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_harmless(alice: User, make_post: MakePost) -> None:
    """Who comes second leaves it to the first; readers never wait."""
    liked(make_post(alice))
    done: list[bool] = []

    def run() -> None:
        done.append(trending.refresh_trending())
        connection.close()

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('feed trending'))")  # somebody is at it
        assert not in_thread(run, done)
        cursor.execute("SELECT pg_advisory_unlock(hashtext('feed trending'))")
    threads = [threading.Thread(target=run) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert any(done[1:])
    assert len(cards(client_of(None).get(URL).text)) == 1


def in_thread(run: Callable[[], None], done: list[bool]) -> bool:
    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    return done[-1]


@pytest.mark.django_db(transaction=True)
def test_a_view_that_was_never_filled_is_filled(alice: User, make_post: MakePost) -> None:
    liked(make_post(alice))
    with connection.cursor() as cursor:
        cursor.execute("REFRESH MATERIALIZED VIEW feed_trending WITH NO DATA")
    assert trending.refresh_trending()
    assert len(cards(client_of(None).get(URL).text)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_failure_is_told_and_the_old_list_stays(
    alice: User, make_post: MakePost, caplog: pytest.LogCaptureFixture
) -> None:
    liked(make_post(alice))
    assert trending.refresh_trending()
    with connection.cursor() as cursor:
        cursor.execute("ALTER INDEX feed_trending_once RENAME TO kept; DROP INDEX kept")
    try:
        with pytest.raises(DatabaseError):
            refresh_trending()
        assert len(cards(client_of(None).get(URL).text)) == 1
    finally:
        with connection.cursor() as cursor:
            cursor.execute("CREATE UNIQUE INDEX feed_trending_once ON feed_trending (university_id, post_id)")


def test_the_clock_starts_it() -> None:
    entry = app.conf.beat_schedule["trending"]
    assert entry["task"] == refresh_trending.name
    assert entry["schedule"].total_seconds() == 15 * 60
