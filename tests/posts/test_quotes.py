"""Quotes: a post with somebody's post inside, which its author can take out again."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.graph import services as graph
from apps.kernel.errors import Forbidden, Invalid
from apps.posts import counters, services
from apps.posts.content import Extras
from apps.posts.models import Audience, Post, Quoting
from tests.conftest import client_of

CANARY = "oranges"  # in alice's post
GONE = "The post that was quoted here is not shown."


@pytest.fixture
def quote(bob: User, alices_post: Post, make_post: Callable[..., Post]) -> Post:
    return make_post(bob, "Read this", extras=Extras(quoted_id=alices_post.pk))


def count(post: Post) -> int:
    post.refresh_from_db()
    return post.repost_count


def test_a_quote_has_the_post_inside_and_counts(
    quote: Post, alices_post: Post, charlie_client: Client, events: Callable[[], list[str]]
) -> None:
    page = charlie_client.get(f"/posts/{quote.pk}/").text
    assert "Read this" in page
    assert f'<blockquote class="slip slip-body quote" cite="/posts/{alices_post.pk}/">' in page
    assert CANARY in page
    assert count(alices_post) == 1
    assert "post.shared" in events()


def test_a_reposted_quote_still_has_it_inside(quote: Post, mira: User, charlie_client: Client) -> None:
    services.repost(actor=mira, post=quote, audience=Audience.PUBLIC)
    page = charlie_client.get("/@mira/").text
    assert "Read this" in page
    assert CANARY in page
    assert GONE not in page


@pytest.mark.parametrize("how", ["deleted", "hidden", "detached", "purged", "narrowed", "blocked"])
def test_one_sentence_stands_for_what_is_not_shown(
    how: str, quote: Post, alices_post: Post, alice: User, charlie: User
) -> None:
    if how == "deleted":
        services.delete_post(actor=alice, post=alices_post)
    elif how == "hidden":
        Post.objects.filter(pk=alices_post.pk).update(hidden_at=timezone.now())
    elif how == "detached":
        services.detach_quote(actor=alice, quote=Post.objects.select_related("quoted").get(pk=quote.pk))
    elif how == "purged":
        Post.objects.filter(pk=alices_post.pk).delete()
    elif how == "narrowed":
        Post.objects.filter(pk=alices_post.pk).update(audience=Audience.FOLLOWERS)
    else:
        graph.block(actor=charlie, target=alice)
    pages = [client_of(charlie).get(path).text for path in (f"/posts/{quote.pk}/", "/@bob/", "/explore/")]
    for page in pages:
        assert "Read this" in page
        assert GONE in page
    if how != "hidden":  # explore has the original itself where charlie may see it
        assert CANARY not in pages[0]
        assert "Alice Ashdown" not in pages[0]


# --- who may quote


@pytest.mark.parametrize(("quoting", "who"), [(Quoting.FOLLOWERS, "bob"), (Quoting.NOBODY, "")])
def test_its_author_says_who_may_quote(
    quoting: Quoting, who: str, alice: User, bob: User, charlie: User, make_post: Callable[..., Post]
) -> None:
    post = make_post(alice, "Hello", extras=Extras(quoting=quoting))
    for person in (alice, bob, charlie):
        page = client_of(person).get(f"/posts/{post.pk}/share/")
        allowed = person.username in ("alice", who)
        assert (f"/posts/new/?quote={post.pk}" in page.text) == allowed
        assert ("does not wish to be quoted" in page.text) == (not allowed)
        assert page.context["passing"].choices  # reposting is another matter
        if not allowed:
            with pytest.raises(Forbidden):
                make_post(person, "x", extras=Extras(quoted_id=post.pk))
    assert count(post) == 0


def test_a_quote_goes_to_nobody_the_post_was_not_written_for(
    alice: User, bob: User, make_post: Callable[..., Post]
) -> None:
    campus, few = make_post(alice, audience=Audience.CAMPUS), make_post(alice, audience=Audience.FOLLOWERS)
    with pytest.raises(Invalid):
        make_post(bob, "x", audience=Audience.PUBLIC, extras=Extras(quoted_id=campus.pk))
    for author in (alice, bob):
        with pytest.raises(Forbidden):
            make_post(author, "x", audience=Audience.FOLLOWERS, extras=Extras(quoted_id=few.pk))


# --- the list of quotes


def test_visible_quotes_stand_in_a_list(
    quote: Post, alices_post: Post, mira: User, charlie: User, charlie_client: Client, make_post: Callable[..., Post]
) -> None:
    secret = make_post(mira, "Hush", audience=Audience.FOLLOWERS, extras=Extras(quoted_id=alices_post.pk))
    page = charlie_client.get(f"/posts/{alices_post.pk}/quotes/")
    assert f'id="post-{quote.pk}"' in page.text
    assert f'id="post-{secret.pk}"' not in page.text
    assert "Take my post out" not in page.text
    assert page["X-Robots-Tag"] == "noindex"
    graph.block(actor=charlie, target=quote.author)
    assert "Nobody has quoted it yet" in charlie_client.get(f"/posts/{alices_post.pk}/quotes/").text


def test_a_guest_reads_it_of_a_public_post_only(
    quote: Post, alices_post: Post, alice: User, anonymous_client: Client, make_post: Callable[..., Post]
) -> None:
    assert "Read this" in anonymous_client.get(f"/posts/{alices_post.pk}/quotes/").text
    campus = make_post(alice, audience=Audience.CAMPUS)
    assert anonymous_client.get(f"/posts/{campus.pk}/quotes/").status_code == 404


def test_pages_and_their_cost(
    alice: User, bob: User, alices_post: Post, alice_client: Client, make_post: Callable[..., Post],
    django_assert_num_queries: Callable[..., AbstractContextManager[object]],
) -> None:  # fmt: skip
    url, made = f"/posts/{alices_post.pk}/quotes/", []
    for number in range(25):
        made.append(make_post(bob, f"Number {number}", extras=Extras(quoted_id=alices_post.pk)).pk)
        if number in (0, 19):
            alice_client.get(url)
            with django_assert_num_queries(4):  # person, post, which, rows
                assert alice_client.get(url).text.count("Take my post out") == number + 1
    first = alice_client.get(url)
    second = alice_client.get(url, {"cursor": first.context["next"]})
    shown = first.text + second.text
    assert [pk for pk in made if f'id="post-{pk}"' in shown] == made
    assert (len(first.context["cards"]), len(second.context["cards"])) == (20, 5)


# --- detach


def test_its_author_takes_the_post_out_and_puts_it_back(
    quote: Post, alices_post: Post, alice_client: Client, bob_client: Client, events: Callable[[], list[str]]
) -> None:
    page = f"/posts/{alices_post.pk}/quotes/"
    for path, shown, number, said in (
        ("detach", False, 0, "quote.detached"),
        ("detach", False, 0, "quote.detached"),
        ("reattach", True, 1, "post.updated"),
        ("reattach", True, 1, "post.updated"),
    ):
        version = Post.objects.get(pk=quote.pk).version
        answer = alice_client.post(f"/posts/{quote.pk}/{path}/", headers={"Referer": f"http://testserver{page}"})
        assert answer["Location"] == f"{page}#post-{quote.pk}"
        assert (CANARY in bob_client.get(f"/posts/{quote.pk}/").text) == shown
        assert (count(alices_post), events()[-1]) == (number, said)
        assert Post.objects.get(pk=quote.pk).version - version in (0, 1)
        listed = alice_client.get(page).text
        assert ("Put it back" in listed) == (not shown)
        assert (f'id="post-{quote.pk}"' in bob_client.get(page).text) == shown
    assert Post.objects.get(pk=quote.pk).version == quote.version + 2
    assert events().count("quote.detached") == 1


@pytest.mark.parametrize("act", ["detach", "reattach"])
def test_nobody_else_detaches(
    act: str, quote: Post, alices_post: Post, bob_client: Client, charlie_client: Client, dora_client: Client,
    anonymous_client: Client, alice_client: Client, mira_client: Client,
) -> None:  # fmt: skip
    for client in (bob_client, charlie_client, mira_client):
        assert client.post(f"/posts/{quote.pk}/{act}/").status_code == 403
    assert anonymous_client.post(f"/posts/{quote.pk}/{act}/")["Location"].startswith("/accounts/login/")
    assert alice_client.post(f"/posts/{alices_post.pk}/{act}/").status_code == 404  # no quote
    assert alice_client.get(f"/posts/{quote.pk}/{act}/").status_code == 405
    assert Post.objects.get(pk=quote.pk).detached_at is None


def test_a_detached_quote_is_no_longer_counted_whatever_becomes_of_it(
    quote: Post, alices_post: Post, alice: User, bob: User
) -> None:
    loaded = Post.objects.select_related("quoted").get(pk=quote.pk)
    services.detach_quote(actor=alice, quote=loaded)
    services.delete_post(actor=bob, post=quote)
    assert count(alices_post) == 0
    services.reattach_quote(actor=alice, quote=loaded)
    assert count(alices_post) == 0
    services.restore_post(actor=bob, post=quote)
    assert count(alices_post) == 1
    assert not any(counters.wrong().values())


@pytest.mark.django_db(transaction=True)
def test_deleting_and_detaching_at_once_counts_once(alices_post: Post, alice: User, bob: User) -> None:
    quotes = [
        services.create_post(
            actor=bob, body="x", audience=Audience.PUBLIC, key=uuid.uuid4(), extras=Extras(quoted_id=alices_post.pk)
        )
        for _ in range(8)
    ]

    def act(number: int) -> None:
        quote = Post.objects.select_related("quoted").get(pk=quotes[number // 4].pk)
        acts: list[Callable[[], object]] = [
            lambda: services.delete_post(actor=bob, post=quote),
            lambda: services.detach_quote(actor=alice, quote=quote),
            lambda: services.restore_post(actor=bob, post=quote),
            lambda: services.reattach_quote(actor=alice, quote=quote),
        ]
        try:
            acts[number % 4]()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(32)))
    live = Post.objects.filter(quoted=alices_post, deleted_at=None, detached_at=None).count()
    assert count(alices_post) == live
    assert not any(counters.wrong().values())
