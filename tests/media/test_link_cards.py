"""Cards of the pages posts link to. A real server stands for the pages elsewhere; what is inside is never asked."""

import gzip
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from apps.accounts.models import User
from apps.media import services
from apps.media.addresses import normalised
from apps.media.models import LinkCard
from apps.posts import services as posts
from apps.posts.content import PLAIN
from apps.posts.models import Audience, Post
from tests.foreign import Foreign, html, redirect

PAGE = """<!doctype html><html><head><title>Plain title</title>
<meta name="description" content="Plain words"><meta property="og:title" content="Night hours &amp; more">
<meta property="og:description" content="Open until two."><meta property="og:site_name" content="The Journal">
<meta property="og:image" content="http://127.0.0.1/spy.png"></head>
<body><meta property="og:title" content="no"></body>"""

Write = Callable[..., Post]


@pytest.fixture
def server(settings: Settings) -> Iterator[Foreign]:
    with Foreign() as running:
        settings.SAFE_FETCH_ALSO = [running.host]
        settings.ALLOWED_HOSTS = ["testserver"]
        running.pages["/a"] = html(PAGE)
        yield running


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Where sockets were told to connect to, ours to PostgreSQL and Redis left out. None of them gets there."""
    made: list[tuple[str, int]] = []
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family == socket.AF_UNIX:
            return real(self, address)
        made.append(address[:2])
        raise ConnectionRefusedError("the guard")

    monkeypatch.setattr(socket.socket, "connect", connect)
    return made


@pytest.fixture
def write(alice: User) -> Write:
    def post(body: str, author: User = alice) -> Post:
        return posts.create_post(
            actor=author, body=body, audience=Audience.PUBLIC, key=uuid.uuid4(), circle_id=None, extras=PLAIN
        )

    return post


def card_of(url: str) -> LinkCard:
    """The card as a worker leaves it."""
    card = services.want_card(url=url)
    assert card is not None
    services.fetch_card(card_id=card.pk)
    card.refresh_from_db()
    return card


def age(card: LinkCard, **by: float) -> None:
    then = timezone.now() - timedelta(**by)
    LinkCard.objects.filter(pk=card.pk).update(fetched_at=card.fetched_at and then, created_at=then)
    card.refresh_from_db()


# --- wanted -------------------------------------------------------------------------------------------------------


def test_an_address_has_one_card_and_one_worker_looks(db: None, events: Callable[[], list[str]]) -> None:
    first = services.want_card(url="HTTP://Bücher.Example:80?q=ä#part")
    second = services.want_card(url="http://xn--bcher-kva.example/?q=%C3%A4")
    assert first is not None
    assert first == second
    assert (first.url, first.state) == ("http://xn--bcher-kva.example/?q=%C3%A4", LinkCard.State.WAITING)
    assert events() == ["link.wanted"]


@pytest.mark.parametrize(
    "url",
    [
        "", "mailto:a@x.example", "ftp://x.example/", "http://", "http://[::1", "http://x.example:99999/",
        "javascript:x",
        "http://me:secret@x.example/", "http://a..b/", "https://x.example/" + "a" * 2_000, "//x.example/",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_has_none(db: None, url: str) -> None:
    assert normalised(url) == ""
    assert services.want_card(url=url) is None
    assert not LinkCard.objects.exists()


def test_it_is_looked_at_again_after_a_week(server: Foreign, db: None, events: Callable[[], list[str]]) -> None:
    card = card_of(server.url("/a"))
    for _turn in range(2):
        card_of(server.url("/a"))
    assert len(server.asked) == 1
    age(card, days=8)
    server.pages["/a"] = html(PAGE.replace("Night hours", "Longer hours"))
    assert card_of(server.url("/a")).title == "Longer hours & more"
    assert events() == ["link.wanted", "link.ready", "link.wanted", "link.ready"]


# --- fetched ------------------------------------------------------------------------------------------------------


def test_what_a_page_says_of_itself(server: Foreign, db: None) -> None:
    card = card_of(server.url("/a"))
    assert (card.state, card.site, card.title, card.description) == (
        LinkCard.State.READY, "The Journal", "Night hours & more", "Open until two.",
    )  # fmt: skip
    assert [path for path, _headers in server.asked] == ["/a"]  # and no picture


def test_a_page_that_is_away_keeps_what_it_said_and_one_that_is_gone_does_not(server: Foreign, db: None) -> None:
    card = card_of(server.url("/a"))
    age(card, days=8)
    server.pages["/a"] = lambda request: request.connection.close()
    assert card_of(server.url("/a")).is_shown
    age(card, days=8)
    server.pages["/a"] = html("Gone", status=404)
    assert card_of(server.url("/a")).state == LinkCard.State.NOTHING
    card.refresh_from_db()
    assert card.title == ""


@pytest.mark.parametrize(
    "answer",
    [
        html("no", status=404), html("no", status=500), html("%PDF", kind="application/pdf"),
        html("{}", kind="application/json"),
        html("<p>nothing said</p>"), html(""), html("<title> \u200b </title>"), redirect("/b"),
        html(PAGE, Content_Encoding="br"),
    ],
)  # fmt: skip
def test_a_page_with_nothing_to_show(answer: Any, server: Foreign, db: None, events: Callable[[], list[str]]) -> None:
    server.pages["/b"] = answer
    assert card_of(server.url("/b")).state == LinkCard.State.NOTHING
    assert events() == ["link.wanted"]


def test_it_follows_a_redirect(server: Foreign, db: None) -> None:
    server.pages["/old"] = redirect("/a")
    assert card_of(server.url("/old")).title == "Night hours & more"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://2130706433/", "http://0x7f000001/", "http://[::ffff:10.0.0.1]/", "http://93.184.216.34:22/",
    ],
)  # fmt: skip
def test_nothing_inside_is_connected_to(url: str, db: None, connects: list[tuple[str, int]]) -> None:
    assert card_of(url).state == LinkCard.State.NOTHING
    assert connects == []


def test_nor_after_a_redirect(server: Foreign, db: None, settings: Settings) -> None:
    with Foreign() as inside:
        inside.pages["/"] = html(PAGE)
        server.pages["/out"] = redirect(inside.url("/"))
        assert card_of(server.url("/out")).state == LinkCard.State.NOTHING
        assert inside.asked == []


def test_nor_when_a_name_changes_its_mind(
    db: None, monkeypatch: pytest.MonkeyPatch, connects: list[tuple[str, int]]
) -> None:
    """What was looked at is what is connected to: the second answer of the name server is never asked for."""
    answers = [["93.184.216.34"], ["127.0.0.1"]]
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> list[Any]:
        if host != "rebinding.example":
            return real(host, port, *args, **kwargs)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in answers.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert card_of("http://rebinding.example/").state == LinkCard.State.NOTHING
    assert connects == [("93.184.216.34", 80)]


def test_no_transaction_waits_for_a_stranger(
    server: Foreign, transactional_db: None, alice: User, drain: Callable[[], int]
) -> None:
    inside: list[bool] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        with connection.cursor() as cursor:  # of this thread: sees what other connections are at
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND state = 'idle in transaction'"
            )
            inside.append(bool(cursor.fetchone()[0]))
        connection.close()
        html(PAGE)(request)

    server.pages["/slow"] = answer
    services.want_card(url=server.url("/slow"))
    drain()
    assert LinkCard.objects.get().is_shown
    assert inside == [False]


# --- hostile pages ------------------------------------------------------------------------------------------------


def sending(*pieces: bytes, encoding: str = "identity", times: int = 1) -> Callable[..., None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.send_header("Content-Encoding", encoding)
        request.end_headers()
        for _time in range(times):
            for piece in pieces:
                request.wfile.write(piece)

    return answer


HEAD = b"<head><title>Long page</title></head><body>"


@pytest.mark.parametrize(
    "answer",
    [
        sending(HEAD + b"x" * 100_000, b"x" * 100_000, times=10_000),
        sending(gzip.compress(HEAD + b"\0" * 100_000_000), encoding="gzip"),
        sending(b"<head><title>Long page</title>" + b"<div>" * 100_000),
    ],
    ids=["endless", "bomb", "nested"],
)
def test_of_a_long_page_the_beginning_is_enough(answer: Any, server: Foreign, db: None) -> None:
    server.pages["/b"] = answer
    started = time.process_time()
    assert card_of(server.url("/b")).title == "Long page"
    assert time.process_time() - started < 5


# --- in posts -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_post_gets_its_card_when_the_page_was_read(
    server: Foreign, write: Write, bob_client: Client, drain: Callable[[], int]
) -> None:
    post = write(f"Read `http://no.example` http://testserver/x and {server.url('/a')} (or http://other.example)")
    assert post.link_card is not None
    assert post.link_card.url == server.url("/a")
    assert "link-card" not in bob_client.get(f"/posts/{post.pk}/").content.decode()
    drain()
    page = bob_client.get(f"/posts/{post.pk}/").content.decode()
    assert "Night hours &amp; more" in page
    assert f'href="{server.url("/a")}" rel="nofollow ugc noopener"' in page
    assert "Remove link preview" not in page
    assert "spy.png" not in page
    later = write(f"Again {server.url('/a')}")
    assert "link-card" in bob_client.get(f"/posts/{later.pk}/").content.decode()
    assert len(server.asked) == 1


@pytest.mark.django_db(transaction=True)
def test_a_page_with_nothing_leaves_the_post_alone(server: Foreign, write: Write, drain: Callable[[], int]) -> None:
    post = write(f"Read {server.url('/none')}")
    drain()
    post.refresh_from_db()
    assert post.version == 1


@pytest.mark.parametrize(
    "body", ["no link", "http://testserver/posts/1/", "`https://x.example`", "```\nhttps://x.example\n```", "$https://x.example$"]
)  # fmt: skip
def test_links_of_our_own_and_in_code_get_none(body: str, write: Write, settings: Settings) -> None:
    settings.SITE_URL = "http://testserver"
    assert write(body).link_card is None
    assert not LinkCard.objects.exists()


def test_many_posts_are_drawn_anew_in_batches(alice: User, db: None, django_assert_max_num_queries: Any) -> None:
    card = LinkCard.objects.create(url="https://x.example/", digest="x")
    Post.objects.bulk_create(
        Post(author=alice, body="x", body_html="<p>x</p>", link_card=card, audience=Audience.PUBLIC)
        for _number in range(1_200)
    )
    with django_assert_max_num_queries(3 * 5 + 1):
        assert posts.draw_anew(card_id=card.pk) == 1_200
    assert set(Post.objects.values_list("version", flat=True)) == {2}


def shown_card(alice: User, write: Write) -> Post:
    post = write("Read https://x.example/a")
    LinkCard.objects.update(state=LinkCard.State.READY, site="x.example", title="A title", fetched_at=timezone.now())
    return post


def test_its_author_can_do_without_the_card(alice: User, write: Write, alice_client: Client) -> None:
    post = shown_card(alice, write)
    address = f"/posts/{post.pk}/remove-card/"
    assert f'formaction="{address}"' in alice_client.get(f"/posts/{post.pk}/").content.decode()
    for _turn in range(2):
        assert alice_client.post(address, {"next": "/explore/"})["Location"] == f"/explore/#post-{post.pk}"
    post.refresh_from_db()
    assert (post.link_card, post.version) == (None, 2)
    assert "A title" not in alice_client.get(f"/posts/{post.pk}/").content.decode()


def test_a_dismissed_card_comes_back_only_with_another_link(alice: User, write: Write) -> None:
    post = shown_card(alice, write)
    posts.remove_card(actor=alice, post=post)
    for body, host in (("Still https://x.example/a", None), ("Now https://y.example/", "y.example"), ("None", None)):
        post.refresh_from_db()
        wording = posts.wording_of(post)
        posts.edit_post(actor=alice, post=post, wording=replace(wording, body=body), seen=posts.edition_of(post))
        post.refresh_from_db()
        assert (post.link_card.host if post.link_card else None) == host


def test_nobody_else_removes_it(
    alice: User, write: Write, bob_client: Client, dora_client: Client, anonymous_client: Client
) -> None:
    post = shown_card(alice, write)
    address = f"/posts/{post.pk}/remove-card/"
    assert bob_client.post(address).status_code == 403
    assert dora_client.post(address).status_code == 404
    assert anonymous_client.post(address).status_code == 302
    assert bob_client.get(address).status_code == 405
    post.refresh_from_db()
    assert post.link_card is not None


def test_hostile_words_of_a_page_are_only_words(alice: User, write: Write, alice_client: Client) -> None:
    post = write("Read https://x.example/'onmouseover='x?<b>")
    hostile = "<script>alert(1)</script>"
    LinkCard.objects.update(state=LinkCard.State.READY, site=hostile, title=hostile, description='"><img src=x>')
    page = alice_client.get(f"/posts/{post.pk}/").content.decode()
    card = page[page.index('class="slip link-card"') - 3 :].partition("</a>")[0]
    assert "<script" not in card
    assert "<img" not in card
    assert "onmouseover='" not in card


# --- forgotten ----------------------------------------------------------------------------------------------------


def test_cards_nobody_points_to_are_forgotten_after_a_month(alice: User, write: Write) -> None:
    used = shown_card(alice, write).link_card
    unused = LinkCard.objects.create(url="https://y.example/", digest="y")
    assert used is not None
    assert services.purge_cards() == 0
    for card in (used, unused):
        age(card, days=31)
    assert services.purge_cards() == 1
    assert list(LinkCard.objects.all()) == [used]
