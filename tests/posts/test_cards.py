"""Shapes of cards are rendered once for all: nothing of one viewer may stand in another's, and nothing may be old."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Profile, User
from apps.graph import services as graph
from apps.kernel.fragments import MARK, Shape, fill
from apps.media.models import LinkCard
from apps.posts import cards, selectors, services, shapes
from apps.posts.content import Extras, PollPlan
from apps.posts.models import Audience, Feeling, Post, Reaction
from tests.conftest import client_of

Make = Callable[..., Post]
KINDS = ["plain", "warned", "poll", "quote", "link", "repost", "long"]


@pytest.fixture
def make_kind(alice: User, mira: User, make_post: Make) -> Callable[[str], Post]:
    """A post of each kind there is; of a repost, the repost."""

    def make(kind: str) -> Post:
        if kind == "warned":
            return make_post(alice, "A spider sat there", extras=Extras(warning="Spiders"))
        if kind == "poll":
            return make_post(alice, "Soup?", extras=Extras(poll=PollPlan(options=("lentil", "leek"))))
        if kind in ("quote", "repost"):
            original = make_post(mira, "The original")
            if kind == "quote":
                return make_post(alice, "Look", extras=Extras(quoted_id=original.pk))
            return services.repost(actor=alice, post=original, audience=Audience.PUBLIC)
        post = make_post(alice, "word " * 400 if kind == "long" else "Plain")
        if kind == "link":
            card = LinkCard.objects.create(
                url="https://a.example/", site="a.example", title="A page", fetched_at=timezone.now()
            )
            Post.objects.filter(pk=post.pk).update(link_card=card)
        return post

    return make


def shape_of(post: Post, viewer: User | AnonymousUser) -> Shape:
    """What is kept, with slots: of a repost, that of what it passes on."""
    row = selectors.card_rows(viewer, [post.pk])[post.pk]
    shown = row.passed_on if row.repost_of_id and row.passed_on else row
    return shapes.card(cards._look(shown, viewer, False), "en")


def act_on(post: Post, person: User) -> None:
    """Everything that leaves a mark of one's own on a card."""
    original = Post.objects.get(pk=post.repost_of_id or post.pk)
    services.react(actor=person, post=original, feeling=Feeling.SORRY)
    services.repost(actor=person, post=original, audience=Audience.FOLLOWERS)
    services.save_post(actor=person, post=original)
    if original.has_poll:
        services.vote(actor=person, post=original, choices=[1])


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_kept_is_the_same_for_all_members(
    kind: str, alice: User, bob: User, charlie: User, make_kind: Callable[[str], Post]
) -> None:
    """Who wrote it among them; a guest has another shape, for all guests. Nobody stands in either."""
    post = make_kind(kind)
    act_on(post, bob)
    kept = {shape_of(post, viewer) for viewer in (alice, bob, charlie)}
    assert len(kept) == 1
    assert shape_of(post, AnonymousUser()) not in kept
    for shape in (*kept, shape_of(post, AnonymousUser())):
        text = "".join(shape._pieces)
        for personal in ("csrf", "Alice", "Bob", str(Feeling.SORRY.label), str(post.pk)):
            assert personal not in text


@pytest.mark.parametrize("kind", KINDS)
def test_each_gets_their_own_bits(
    kind: str, bob: User, charlie: User, mira: User, make_kind: Callable[[str], Post]
) -> None:
    """Word, saved, shared, vote: bob's marks are on bob's card, and on nobody else's."""
    post = make_kind(kind)
    act_on(post, bob)
    for person in (bob, charlie, mira, None, bob):
        card = selectors.cards(person or AnonymousUser(), [post.pk])[0]
        is_mine = person == bob
        assert ("data-word>Sorry to hear</span>" in card) == is_mine
        assert ('data-shared="true"' in card) == is_mine
        assert ('aria-pressed="true" data-save' in card) == is_mine
        assert ("Reposted by you" in card) == is_mine
        if kind == "poll":
            assert ("is-mine" in card) == is_mine
        if person is None:
            assert "data-react" not in card
            assert "data-menu" not in card


def test_a_circle_is_named_to_its_owner_only(alice: User, bob: User, make_post: Make) -> None:
    circle = graph.create_circle(actor=alice, name="canarycircle")
    graph.set_circle_members(actor=alice, circle=circle, people=[bob.pk])
    post = make_post(alice, "For some", audience=Audience.CIRCLE, circle_id=circle.pk)
    for _turn in range(2):
        assert "canarycircle" in selectors.cards(alice, [post.pk])[0]
        assert "canarycircle" not in selectors.cards(bob, [post.pk])[0]


def test_interleaved_readers_get_their_own(alice: User, bob: User, charlie: User, make_post: Make) -> None:
    posts = [make_post(alice, f"Number {number}") for number in range(6)]
    for number, post in enumerate(posts):
        services.react(actor=bob if number % 2 else charlie, post=post, feeling=1 + number % 6)
    clients = {person: client_of(person) for person in (bob, charlie, alice)}
    for _turn in range(2):
        for person, client in clients.items():
            page = client.get("/explore/").content.decode()
            for post in posts:
                mine = Reaction.objects.filter(person=person, post=post).exists()
                button = (
                    f'formaction="/posts/{post.pk}/react/" name="feeling" value="{"" if mine else "1"}"'
                    f' aria-pressed="{"true" if mine else "false"}"'
                )
                assert button in page
            assert page.count("/delete/") == page.count("/report/") == 0  # what may be done is asked for when it is


@pytest.mark.parametrize("sign", ["\x00", "\x00feeling\x00", "\x00\x00", "{% slot %}", "\u2028", "\ufeff"])
def test_signs_that_mark_slots_do_no_harm(sign: str, alice: User, bob: User, make_post: Make) -> None:
    warned = Extras(warning=f"b{sign}c", poll=PollPlan(options=(f"yes{sign}", f"no{sign}"), question=f"q{sign}?"))
    post = make_post(alice, f"before{sign}after", extras=warned)
    card = selectors.cards(bob, [post.pk])[0]
    assert MARK not in card
    assert "before" in card
    assert "after" in card


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
    Post.objects.update(reaction_count=41, comment_count=13)
    page = bob_client.get("/explore/").content.decode()
    assert ">41</span>" in page
    assert ">13</span>" in page


def test_a_card_that_was_never_drawn_costs_no_more_than_one_that_was(alice: User, bob: User, make_post: Make) -> None:
    made = [make_post(alice, f"Number {number}").pk for number in range(20)]
    with CaptureQueriesContext(connection) as queries:
        assert len(selectors.cards(bob, made)) == 20
    assert len(queries) == 1


def test_order_is_kept_and_what_is_not_visible_left_out(
    alice: User, charlie: User, make_post: Callable[..., Post]
) -> None:
    one, two = make_post(alice, "one"), make_post(alice, "two")
    secret = make_post(alice, "three", audience=Audience.FOLLOWERS)
    found = selectors.cards(charlie, [two.pk, secret.pk, 5, one.pk])
    assert ["two" in found[0], "one" in found[1], len(found)] == [True, True, 2]


@pytest.mark.parametrize("path", ["/explore/", "/@alice/", "/tags/red/"])
def test_lists_cost_the_same_for_1_and_20(
    path: str, alice: User, charlie: User, bob_client: Client, make_post: Callable[..., Post]
) -> None:
    """Also when every third has a poll, is a quote, stands behind a warning."""
    quoted = make_post(charlie, "Quoted")
    extras = [Extras(quoted_id=quoted.pk), Extras(warning="w"), Extras(poll=PollPlan(options=("a", "b")))]
    costs = []
    for number in range(21):
        make_post(alice, f"Number {number} #red", extras=extras[number % 3])
        if number in (2, 20):
            bob_client.get(path)  # what a page keeps for everybody is kept
            with CaptureQueriesContext(connection) as queries:
                assert bob_client.get(path).status_code == 200
            costs.append([query["sql"] for query in queries])
    assert len(costs[0]) == len(costs[1]) <= 8, costs


def test_pages_by_cursor_show_each_post_once(alice: User, bob: User, make_post: Callable[..., Post]) -> None:
    made = [make_post(alice, f"Number {number}").pk for number in range(29)]
    first = selectors.author_page(bob, alice)
    make_post(alice, "In between")
    second = selectors.author_page(bob, alice, first.next)
    shown = [pk for pk in reversed(made) for card in first.cards + second.cards if f'id="post-{pk}"' in card]
    assert shown == list(reversed(made))
    assert (len(first.cards), second.next) == (20, "")


def test_values_are_escaped() -> None:
    parts = ["<p>", "who", "</p>"]
    assert fill(parts, {"who": "<script>"}) == "<p>&lt;script&gt;</p>"
    with pytest.raises(KeyError):
        fill(parts, {})
