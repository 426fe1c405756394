"""`/posts/<id>/history/`: every version for whoever sees the post, word by word; and the differences themselves."""

import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.kernel.differences import Piece, differences, words
from apps.posts import services
from apps.posts.models import Audience, Post, Revision
from tests.conftest import client_of

MakePost = Callable[..., Post]
LIMIT = 5_000


def write_versions(post: Post, *bodies: str, warning: str = "") -> None:
    """The post says the last of them, and said the others before."""
    *former, body = bodies
    Revision.objects.bulk_create(
        Revision(post=post, number=number, body=one, warning=warning, written_at=timezone.now())
        for number, one in enumerate(former, start=1)
    )
    Post.objects.filter(pk=post.pk).update(body=body, edited_at=timezone.now())


def test_it_shows_what_came_and_what_went(alice: User, bob_client: Client, make_post: MakePost) -> None:
    post = make_post(alice, "x")
    write_versions(post, "Soup at noon, bring a bowl", "Soup at one, bring a bowl")
    page = bob_client.get(f"/posts/{post.pk}/history/").text
    now, first = page.split('id="version-2"')[1].split('id="version-1"')
    for mark, word, said in (("del", "noon", "went"), ("ins", "one", "came")):
        piece = now.split(f"<{mark}>")[1].split(f"</{mark}>")[0]
        assert word in piece
        assert said in piece  # for who does not see the line under or through it
    assert "as it is now" in now
    assert "Soup at noon, bring a bowl" in first
    assert "<ins>" not in first
    assert 'name="robots" content="noindex"' in page


def test_a_post_that_was_never_edited_has_one_version(bob_client: Client, alices_post: Post) -> None:
    page = bob_client.get(f"/posts/{alices_post.pk}/history/").text
    assert page.count('class="version"') == 1
    assert alices_post.body in page


def test_it_is_for_whom_the_post_is_for(
    alice: User, bob: User, charlie: User, dora: User, anonymous_client: Client, make_post: MakePost
) -> None:
    for audience, seen_by in ((Audience.PUBLIC, {"bob", "charlie", "guest"}), (Audience.FOLLOWERS, {"bob"})):
        post = make_post(alice, "canary", audience=audience)
        write_versions(post, "canary", "bird")
        clients = {"guest": anonymous_client, **{one.username: client_of(one) for one in (bob, charlie, dora)}}
        for name, client in clients.items():
            answer = client.get(f"/posts/{post.pk}/history/")
            assert answer.status_code == (200 if name in seen_by else 404), name
            assert ("canary" in answer.text) == (name in seen_by), name


def test_not_of_what_is_gone_nor_of_a_repost(
    alice: User, bob: User, bob_client: Client, alice_client: Client, alices_post: Post
) -> None:
    repost = services.repost(actor=bob, post=alices_post, audience=Audience.PUBLIC)
    assert bob_client.get(f"/posts/{repost.pk}/history/").status_code == 404
    services.delete_post(actor=alice, post=alices_post)
    for client in (alice_client, bob_client):
        assert client.get(f"/posts/{alices_post.pk}/history/").status_code == 404
    assert bob_client.post(f"/posts/{alices_post.pk}/history/").status_code == 405


def test_a_warning_folds_every_version_that_stood_with_it(
    alice: User, charlie: User, bob_client: Client, make_post: MakePost
) -> None:
    post = make_post(alice, "x")
    write_versions(post, "spoiler", "spoiler, no more")
    Post.objects.update(warning="the end of a film")
    url = f"/posts/{post.pk}/history/"
    assert bob_client.get(url).text.count('<details class="warned">') == 2
    services.set_preferences(actor=charlie, audience=None, unfolds_warnings=True)
    assert client_of(charlie).get(url).text.count('<details class="warned" open>') == 2


def test_many_versions_come_in_pages_each_once(
    alice: User, bob_client: Client, make_post: MakePost, django_assert_num_queries: Any
) -> None:
    one, many = make_post(alice, "x"), make_post(alice, "x")
    write_versions(one, "text 1", "text 2")
    write_versions(many, *(f"text {number}" for number in range(1, 24)))
    url = f"/posts/{many.pk}/history/"
    bob_client.get(url)
    costs = []
    for path in (f"/posts/{one.pk}/history/", url):
        with django_assert_num_queries(3) as counted:  # person, post, versions
            bob_client.get(path)
        costs.append(len(counted))
    assert costs[0] == costs[1]
    found: list[int] = []
    while url:
        answer = bob_client.get(url)
        shown = answer.context["shown"]
        found += [version.number for version in shown.versions]
        assert all("".join(p.text for p in v.text if p.sign != "-") == f"text {v.number}" for v in shown.versions)
        assert all(
            v.is_first or "".join(p.text for p in v.text if p.sign != "+") == f"text {v.number - 1}"
            for v in shown.versions
        )
        url = f"/posts/{many.pk}/history/?cursor={shown.next}" if shown.next else ""
    assert found == list(range(23, 0, -1))


def test_a_part_of_it_is_the_part_alone(alice: User, bob_client: Client, make_post: MakePost) -> None:
    post = make_post(alice, "x")
    write_versions(post, "one", "two")
    part = bob_client.get(f"/posts/{post.pk}/history/", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert part.count('class="version"') == 2


def test_a_cursor_nobody_gave_is_refused(bob_client: Client, alices_post: Post) -> None:
    assert bob_client.get(f"/posts/{alices_post.pk}/history/?cursor=forged").status_code == 400


def test_old_texts_are_escaped(alice: User, bob_client: Client, make_post: MakePost) -> None:
    post = make_post(alice, "x")
    write_versions(post, "<script>alert(1)</script>", "<b>fine</b>")
    page = bob_client.get(f"/posts/{post.pk}/history/").text
    assert "<script>alert" not in page
    assert "<b>fine" not in page


# --- the differences ----------------------------------------------------------------------------------------------


@given(st.text(max_size=80), st.text(max_size=80))
def test_both_texts_can_be_read_out_of_them(older: str, newer: str) -> None:
    pieces = differences(older, newer)
    assert "".join(piece.text for piece in pieces if piece.sign != "+") == older
    assert "".join(piece.text for piece in pieces if piece.sign != "-") == newer
    assert "".join(words(older)) == older
    if older == newer:
        assert {piece.sign for piece in pieces} <= {" "}


@pytest.mark.parametrize(
    ("older", "newer", "pieces"),
    [
        ("soup at noon", "soup at one", [(" ", "soup at "), ("-", "noon"), ("+", "one")]),
        ("a b c", "a c", [(" ", "a "), ("-", "b "), (" ", "c")]),
        ("the brown fox", "the red dog", [(" ", "the "), ("-", "brown fox"), ("+", "red dog")]),
        ("我喜欢茶", "我喜欢咖啡", [(" ", "我喜欢"), ("-", "茶"), ("+", "咖啡")]),
        ("ที่นี่ดี", "ที่นี่ดีมาก", [(" ", "ที่นี่ดี"), ("+", "มาก")]),
        ("नमस्ते दोस्त", "नमस्ते मित्र", [(" ", "नमस्ते "), ("-", "दोस्त"), ("+", "मित्र")]),
        ("go 👩‍💻 🇩🇪", "go 👩‍🚀 🇩🇰", [(" ", "go "), ("-", "👩‍💻 🇩🇪"), ("+", "👩‍🚀 🇩🇰")]),
    ],
)
def test_they_are_of_words_in_any_script(older: str, newer: str, pieces: list[tuple[str, str]]) -> None:
    assert differences(older, newer) == [Piece(*piece) for piece in pieces]


def test_a_few_words_in_a_long_text_are_a_few_pieces() -> None:
    draw = random.Random(7)
    older = [draw.choice(["and", "the", "sea", "a", "of", "ship", "went", "down"]) for _word in range(900)]
    newer = list(older)
    for place in range(50, 900, 100):
        newer[place] = "CHANGED"
    changed = [piece for piece in differences(" ".join(older), " ".join(newer)) if piece.sign == "+"]
    assert sum(len(piece.text) for piece in changed) < 1_000


def hostile() -> dict[str, tuple[str, str]]:
    draw = random.Random(1)
    letters = [chr(0x4E00 + number) for number in range(LIMIT)]

    def of(signs: str | list[str]) -> str:
        return "".join(draw.choice(signs) for _place in range(LIMIT))

    def held() -> str:
        return "".join(chr(0x4E00 + gap) + "".join(draw.choice("!?") for _p in range(141)) for gap in range(35))

    return {
        "one word": ("x " * 2_500, "x " * 2_499),
        "two words": (of("中国"), of("中国")),
        "few words": (of(letters[:100]), of(letters[:100])),
        "backwards": ("".join(letters), "".join(letters[::-1])),
        "shuffled": ("".join(letters), "".join(draw.sample(letters, LIMIT))),
        "gaps": (held(), held()),
        "marks": ("e" + "\u0301" * 4_999, "e" + "\u0301" * 4_998),
    }


@pytest.mark.parametrize("name", hostile())
def test_nothing_makes_them_slow(name: str) -> None:
    older, newer = hostile()[name]
    started = time.process_time()
    differences(older, newer)
    assert time.process_time() - started < 1  # seconds; 0.1 on the slowest machine seen, and 20 with difflib alone
