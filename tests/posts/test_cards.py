"""Cards are rendered once for everybody: nothing of one viewer may stand in another's, and nothing may be old."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.test import Client

from apps.accounts.models import Profile, User
from apps.kernel.fragments import LOCAL, MARK, Fragments, fill
from apps.posts import cards, comments, selectors, services
from apps.posts.models import Audience, Like, Post
from tests.conftest import client_of


def raw(post: Post, viewer: User | AnonymousUser) -> str:
    """The bytes that are kept, with slots."""
    row = selectors.card_rows(viewer, [post.pk])[post.pk]
    return cards._render(row, viewer, False)


def test_the_kept_bytes_are_the_same_for_two_viewers(alice: User, bob: User, charlie: User, alices_post: Post) -> None:
    Like.objects.create(person=bob, post=alices_post)
    Post.objects.update(like_count=1)
    assert raw(alices_post, bob) == raw(alices_post, charlie)
    assert raw(alices_post, alice) != raw(alices_post, bob)
    for viewer in (bob, alice, AnonymousUser()):
        kept = raw(alices_post, viewer)
        assert "csrf" not in kept
        assert "Bob" not in kept


def test_kept_comments_are_the_same_for_two_viewers(bob: User, charlie: User, alice: User, alices_post: Post) -> None:
    services.add_comment(actor=alice, post=alices_post, body="x", parent=None, key=uuid.uuid4())
    kept = [comments._render(comments._rows(alices_post, viewer).get(), viewer) for viewer in (bob, charlie)]
    assert kept[0] == kept[1]
    assert f'name="csrfmiddlewaretoken" value="{MARK}csrf{MARK}"' in kept[0]


def test_interleaved_readers_get_their_own(
    alice: User, bob: User, charlie: User, make_post: Callable[..., Post]
) -> None:
    posts = [make_post(alice, f"Number {number}") for number in range(6)]
    for number, post in enumerate(posts):
        Like.objects.create(person=bob if number % 2 else charlie, post=post)
        Post.objects.filter(pk=post.pk).update(like_count=1)
    clients = {bob: client_of(bob), charlie: client_of(charlie)}
    for _turn in range(2):
        for person, client in clients.items():
            page = client.get("/explore/").content.decode()
            for post in posts:
                mine = Like.objects.filter(person=person, post=post).exists()
                button = f'formaction="/posts/{post.pk}/like/" name="liked" value="{"0" if mine else "1"}"'
                assert button in page
            assert page.count("/delete/") == 0
    own = client_of(alice).get("/explore/").content.decode()
    assert own.count('class="is-danger"') == 6
    assert "/report/" not in own


def test_a_new_name_shows_at_once(alice: User, alices_post: Post, bob_client: Client) -> None:
    url = f"/posts/{alices_post.pk}/"
    assert "Alice Ashdown" in bob_client.get(url).content.decode()
    User.objects.filter(pk=alice.pk).update(name="Alice <b>Newname</b>")
    Profile.objects.update_or_create(user=alice, defaults={"programme": "Physics & more"})
    page = bob_client.get(url).content.decode()
    assert "Alice &lt;b&gt;Newname&lt;/b&gt;" in page
    assert "Physics &amp; more" in page
    assert "Ashdown" not in page


def test_counts_are_live(alices_post: Post, bob_client: Client) -> None:
    bob_client.get("/explore/")
    Post.objects.update(like_count=41, comment_count=13)
    page = bob_client.get("/explore/").content.decode()
    assert ">41</span>" in page
    assert ">13</span>" in page


def test_a_card_kept_by_another_process_is_used(alices_post: Post, bob: User) -> None:
    first = selectors.cards(bob, [alices_post.pk])
    cards.CARD._kept.clear()
    assert selectors.cards(bob, [alices_post.pk]) == first
    cards.CARD._kept.clear()
    cache.clear()
    assert selectors.cards(bob, [alices_post.pk]) == first


def test_order_is_kept_and_what_is_not_visible_left_out(
    alice: User, charlie: User, make_post: Callable[..., Post]
) -> None:
    one, two = make_post(alice, "one"), make_post(alice, "two")
    secret = make_post(alice, "three", audience=Audience.FOLLOWERS)
    found = selectors.cards(charlie, [two.pk, secret.pk, 5, one.pk])
    assert ["two" in found[0], "one" in found[1], len(found)] == [True, True, 2]


@pytest.mark.parametrize("path", ["/explore/", "/@alice/", "/tags/red/"])
def test_lists_cost_the_same_for_1_and_20(
    path: str, alice: User, bob_client: Client, make_post: Callable[..., Post],
    django_assert_max_num_queries: Callable[..., AbstractContextManager[object]],
) -> None:  # fmt: skip
    for number in range(21):
        make_post(alice, f"Number {number} #red")
        if number in (0, 20):
            bob_client.get(path)  # what a page keeps for everybody is kept
            with django_assert_max_num_queries(6):
                assert bob_client.get(path).status_code == 200


def test_pages_by_cursor_show_each_post_once(alice: User, bob: User, make_post: Callable[..., Post]) -> None:
    made = [make_post(alice, f"Number {number}").pk for number in range(29)]
    first = selectors.author_page(bob, alice)
    make_post(alice, "In between")
    second = selectors.author_page(bob, alice, first.next)
    shown = [pk for pk in reversed(made) for card in first.cards + second.cards if f'id="post-{pk}"' in card]
    assert shown == list(reversed(made))
    assert (len(first.cards), second.next) == (20, "")


def test_fragments_keep_a_bounded_number() -> None:
    fragments = Fragments("posts/_gone.html")
    keys = [str(number) for number in range(LOCAL + 50)]
    fragments.get(keys, lambda missing: {key: f"<p>{key}</p>" for key in missing})
    assert len(fragments._kept) == LOCAL


def test_values_are_escaped() -> None:
    parts = ["<p>", "who", "</p>"]
    assert fill(parts, {"who": "<script>"}) == "<p>&lt;script&gt;</p>"
    with pytest.raises(KeyError):
        fill(parts, {})
