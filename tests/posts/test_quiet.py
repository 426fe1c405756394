"""Threads and words one wants to hear no more of: out of one's own lists, until it is undone or runs out."""

import re
import string
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.graph import services as graph
from apps.kernel.text import clean_name, fold
from apps.posts import keeping, selectors, services
from apps.posts.content import Extras, PollPlan
from apps.posts.models import Audience, MutedThread, MutedWord, Post
from apps.posts.selectors.quiet import QUIET, pattern_of
from tests.conftest import client_of

MakePost = Callable[..., Post]
LISTS = ["/explore/", "/tags/quad/"]
FRAGMENT = {"HX-Request": "true"}


def mute(client: Client, word: str, days: str = "") -> Any:
    return client.post("/settings/muted-words/", {"word": word, "days": days})


def shown(client: Client, post: Post) -> list[bool]:
    return [f'id="post-{post.pk}"' in client.get(path).text for path in LISTS]


def quiet_ids(person: User) -> set[int]:
    """By the statement that other apps use."""
    values = {"me": person.pk, "quiet": selectors.muted_words_pattern(person)}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT p.id FROM posts_post p WHERE {QUIET}", values)
        return {row[0] for row in cursor.fetchall()}


def is_found(words: list[str], text: str) -> bool:
    """Whether PostgreSQL finds one of the folded words in the text, as QUIET asks it."""
    from apps.posts.selectors.quiet import _folded

    with connection.cursor() as cursor:
        statement = f"SELECT ({_folded('t')}) ~ %(pattern)s FROM (SELECT %(text)s::text AS t) said"
        cursor.execute(statement, {"pattern": pattern_of(words), "text": text})
        return bool(cursor.fetchone()[0])


# --- words -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "text", "expected"),
    [
        ("art", "Modern ART, tonight", True),
        ("art", "the party", False),
        ("art", "artful", False),
        ("art", "art_history", False),
        ("Straße", "die strasse", True),
        ("strasse", "Die STRAẞE", True),
        ("strasse", "Die Straße", True),
        ("Σίσυφος", "ο ΣΊΣΥΦΟΣ", True),
        ("final exam", "FINAL\n  exam!", True),
        ("final exam", "final-exam", False),
        ("#exams", "about #Exams today", True),
        ("#exams", "about #examsday", False),
        ("#exams", "exams", False),
        ("c++", "I write C++ all day", True),
        ("c++", "I write C all day", False),
        ("naïve", "NAI\u0308VE", True),
        ("ｃａｆｅ", "the cafe", True),
        ("考试", "明天有考试吗", True),
        ("ラーメン", "今日はラーメンを食べた", True),
        ("สอบ", "พรุ่งนี้สอบแล้ว", True),
        ("시험", "시험이 내일", True),
        ("परीक्षा", "कल परीक्षा है", True),
        ("परीक्", "कल परीक्षा है", False),
        ("امتحان", "غدا امتحان صعب", True),
        ("می‌روم", "من می‌روم", True),
        ("🎃", "boo 🎃🎃", True),
        (".*", "anything", False),
        ("a.c", "abc", False),
        ("a.c", "see a.c now", True),
        ("[a-z]+", "letters", False),
        ("x|y", "y", False),
        ("(", "no bracket", False),
        ("a\\", "a\\ b", True),
        ("***=", "stars", False),
        ("(?i)x", "X", False),
        ("$", "end", False),
    ],
)
def test_a_word_is_found_where_it_stands_and_nowhere_else(word: str, text: str, expected: bool, db: None) -> None:
    assert is_found([fold(clean_name(word))], text) is expected
    assert is_found(["unrelated", fold(clean_name(word))], text) is expected, "among others, too"


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(word=st.text(string.printable + "äßσςİéñ漢字한ก🎃\u0301\u200d", min_size=1, max_size=60))
def test_whatever_is_muted_finds_itself_and_breaks_nothing(word: str, db: None) -> None:
    folded = fold(clean_name(word))
    if folded:
        assert is_found([folded], f"so: {clean_name(word)} !")
        assert not is_found([folded], "\u2603")


def test_a_hundred_long_words_are_found_in_time(db: None) -> None:
    words = [f"{'ab.(' * 13}{number}" for number in range(keeping.MUTED_WORDS)]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '1s'")
    assert not is_found(words, "ab.(" * 1_200)


@pytest.mark.parametrize("where", ["text", "warning", "poll question", "poll answer", "repost", "quote"])
def test_posts_with_it_stay_out_of_the_lists(
    where: str, charlie_client: Client, charlie: User, alice: User, bob: User, make_post: MakePost
) -> None:
    said = {"body": "about pumpkins #quad"} if where in ("text", "repost", "quote") else {"body": "hello #quad"}
    if where == "warning":
        said["extras"] = Extras(warning="Pumpkins")  # type: ignore[assignment]
    elif where.startswith("poll"):
        question, answer = ("Pumpkins?", "yes") if where.endswith("question") else ("What?", "PUMPKINS")
        said["extras"] = Extras(poll=PollPlan(question=question, options=(answer, "no")))  # type: ignore[assignment]
    post = make_post(alice, **said)
    other = make_post(alice, "nothing of the kind #quad")
    if where == "repost":
        post = Post.objects.create(author=bob, audience=Audience.PUBLIC, repost_of=post, body="", body_html="")
    elif where == "quote":
        post = make_post(bob, "look at this #quad", extras=Extras(quoted_id=post.pk))
    assert mute(charlie_client, "  PUMPKINS ").status_code == 302
    assert post.pk in quiet_ids(charlie)
    assert other.pk not in quiet_ids(charlie)
    assert selectors.visible_posts(charlie).filter(selectors.not_quiet(charlie), pk=post.pk).first() is None
    assert shown(charlie_client, other) == [True, True]
    if where != "repost":
        assert shown(charlie_client, post) == [False, False]
        assert charlie_client.get(f"/posts/{post.pk}/").status_code == 200, "asked for by name it is there"


def test_a_quote_that_was_taken_out_says_nothing(charlie: User, alice: User, bob: User, make_post: MakePost) -> None:
    quote = make_post(bob, "look", extras=Extras(quoted_id=make_post(alice, "pumpkins").pk))
    services.mute_word(actor=charlie, word="pumpkins", lasts=None)
    assert quote.pk in quiet_ids(charlie)
    Post.objects.filter(pk=quote.pk).update(detached_at=timezone.now())
    assert quote.pk not in quiet_ids(charlie)


def test_ones_own_posts_are_never_quiet(alice_client: Client, alice: User, make_post: MakePost) -> None:
    post = make_post(alice, "my pumpkins #quad")
    mute(alice_client, "pumpkins")
    assert shown(alice_client, post) == [True, True]
    assert quiet_ids(alice) == set()


def test_nobody_else_hears_less(charlie_client: Client, bob_client: Client, alice: User, make_post: MakePost) -> None:
    post = make_post(alice, "pumpkins #quad")
    mute(charlie_client, "pumpkins")
    assert shown(charlie_client, post) == [False, False]
    assert shown(bob_client, post) == [True, True]
    assert shown(Client(), post) == [True, True]


@pytest.mark.django_db(transaction=True)
def test_it_ends_the_moment_it_runs_out(
    charlie_client: Client, charlie: User, alice: User, make_post: MakePost
) -> None:
    post = make_post(alice, "pumpkins #quad")
    mute(charlie_client, "pumpkins", "1")
    word = MutedWord.objects.get()
    assert word.until is not None
    assert abs(word.until - timezone.now() - timedelta(days=1)) < timedelta(minutes=1)
    assert shown(charlie_client, post) == [False, False]
    # The kept answer knows when each ends: nothing has to tell it.
    services.mute_word(actor=charlie, word="pumpkins", lasts=timedelta(milliseconds=300))
    assert selectors.muted_words_pattern(charlie) is not None
    import time

    time.sleep(0.4)
    assert selectors.muted_words_pattern(charlie) is None
    assert shown(charlie_client, post) == [True, True]
    assert services.purge_muted_words() == 1


@pytest.mark.django_db(transaction=True)
def test_words_are_listed_and_undone(charlie_client: Client, charlie: User, alice: User, make_post: MakePost) -> None:
    post = make_post(alice, "pumpkins #quad")
    for _twice in range(2):
        mute(charlie_client, "Pumpkins", "7")
    word = MutedWord.objects.get()
    assert word.word == "pumpkins"
    assert "pumpkins" in charlie_client.get("/settings/muted-words/").text
    assert charlie_client.post(f"/settings/muted-words/{word.pk}/remove/").status_code == 302
    assert not MutedWord.objects.exists()
    assert shown(charlie_client, post) == [True, True]
    assert charlie_client.post(f"/settings/muted-words/{word.pk}/remove/").status_code == 404


def test_nobody_reads_or_undoes_anothers(charlie_client: Client, bob_client: Client) -> None:
    mute(charlie_client, "pumpkins")
    word = MutedWord.objects.get()
    assert "pumpkins" not in bob_client.get("/settings/muted-words/").text
    assert bob_client.post(f"/settings/muted-words/{word.pk}/remove/").status_code == 404


@pytest.mark.parametrize("word", ["", "   ", "!?", "x" * 61, "\u200d"])
def test_what_is_no_word_is_refused_and_kept(word: str, charlie_client: Client) -> None:
    answer = mute(charlie_client, word)
    assert answer.status_code == 400
    assert not MutedWord.objects.exists()


def test_a_hundred_words_are_enough(charlie_client: Client, charlie: User) -> None:
    MutedWord.objects.bulk_create(MutedWord(person=charlie, word=f"w{n}") for n in range(keeping.MUTED_WORDS))
    assert mute(charlie_client, "one more").status_code == 400
    assert mute(charlie_client, "w7", "7").status_code == 302, "a new wish about the same one"


# --- threads ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_thread_is_muted_and_undone(
    charlie_client: Client, charlie: User, bob: User, alice: User, make_post: MakePost
) -> None:
    post = make_post(alice, "hello #quad")
    passed_on = Post.objects.create(author=bob, audience=Audience.PUBLIC, repost_of=post, body="", body_html="")
    for _twice in range(2):
        answer = charlie_client.post(f"/posts/{post.pk}/mute/", headers=FRAGMENT)
        assert f'"undo": "/posts/{post.pk}/unmute/"' in answer["HX-Trigger"]
    assert MutedThread.objects.count() == 1
    assert shown(charlie_client, post) == [False, False]
    assert quiet_ids(charlie) == {post.pk, passed_on.pk}
    assert "Alice Ashdown" in charlie_client.get("/settings/muted-words/").text
    assert charlie_client.get(f"/posts/{post.pk}/").status_code == 200
    for _twice in range(2):
        assert charlie_client.post(f"/posts/{post.pk}/unmute/").status_code == 302
    assert shown(charlie_client, post) == [True, True]


def test_what_one_may_not_see_cannot_be_muted_but_undone(
    dora_client: Client, charlie_client: Client, charlie: User, alice: User, alices_post: Post
) -> None:
    assert dora_client.post(f"/posts/{alices_post.pk}/mute/").status_code == 404
    assert dora_client.post(f"/posts/{alices_post.pk}/unmute/").status_code == 404
    charlie_client.post(f"/posts/{alices_post.pk}/mute/")
    graph.block(actor=alice, target=charlie)
    page = charlie_client.get("/settings/muted-words/").text
    assert "A post that is not there for you any more" in page
    assert "oranges" not in page
    assert charlie_client.post(f"/posts/{alices_post.pk}/unmute/").status_code == 302
    assert not MutedThread.objects.exists()


@pytest.mark.parametrize("act", ["mute", "unmute"])
def test_a_guest_is_asked_to_log_in_and_a_link_does_nothing(
    act: str, alices_post: Post, charlie_client: Client
) -> None:
    assert Client().post(f"/posts/{alices_post.pk}/{act}/")["Location"].startswith("/accounts/login/")
    assert charlie_client.get(f"/posts/{alices_post.pk}/{act}/").status_code == 405


def test_nothing_is_announced(charlie_client: Client, alices_post: Post, events: Callable[[], list[str]]) -> None:
    before = events()
    charlie_client.post(f"/posts/{alices_post.pk}/mute/")
    mute(charlie_client, "oranges")
    assert events() == before


def test_the_lists_of_somebody_with_mutes_are_flat(
    charlie: User, alice: User, make_post: MakePost, django_assert_num_queries: Any
) -> None:
    services.mute_word(actor=charlie, word="pumpkins", lasts=None)
    services.mute_thread(actor=charlie, post=make_post(alice, "x #quad"))
    client = client_of(charlie)
    from django.test.utils import CaptureQueriesContext

    counts = []
    for rows in (1, 19):
        for number in range(rows):
            make_post(alice, f"row {rows} {number} #quad")
        for path in LISTS:
            client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert all(client.get(path).text.count("<article") >= rows for path in LISTS)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_page_of_mutes_is_flat(charlie: User, alice: User, make_post: MakePost) -> None:
    from django.test.utils import CaptureQueriesContext

    client, counts = client_of(charlie), []
    for rows in (1, 18):
        for number in range(rows):
            services.mute_thread(actor=charlie, post=make_post(alice, f"row {rows} {number}"))
            services.mute_word(actor=charlie, word=f"word{rows}x{number}", lasts=None)
        client.get("/settings/muted-words/")
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/settings/muted-words/").text
        assert len(re.findall("Alice Ashdown</bdi>", page)) == rows + (rows == 18)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6
