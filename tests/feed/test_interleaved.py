"""The order of a first page is kept for a minute, nothing else is: the very next page is right, and everybody's own."""

import random
import re
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.graph import services as graph
from apps.kernel import outbox
from apps.posts import services as posts
from apps.posts.models import Audience, Bookmark, Post, Reaction
from tests import cast
from tests.conftest import client_of
from tests.feed.conftest import cards

pytestmark = pytest.mark.django_db(transaction=True)
MakePost = Callable[..., Post]


@pytest.fixture
def warm(alice: User, bob: User, make_post: MakePost) -> tuple[Client, list[Post]]:
    """bob's home page with three posts of alice's on it, kept."""
    made = [make_post(alice, f"Number {number}") for number in range(3)]
    outbox.drain()
    client = client_of(bob)
    for _look in range(2):
        assert set(cards(client.get("/").text)) == {post.pk for post in made}
    return client, made


ACTS: dict[str, Callable[[User, User, Post], object]] = {
    "delete": lambda alice, bob, post: posts.delete_post(actor=alice, post=post),
    "hide": lambda alice, bob, post: Post.objects.filter(pk=post.pk).update(hidden_at=timezone.now()),
    "narrow": lambda alice, bob, post: Post.objects.filter(pk=post.pk).update(audience=Audience.ONLY_ME),
    "block": lambda alice, bob, post: graph.block(actor=alice, target=bob),
    "mute": lambda alice, bob, post: graph.mute(actor=bob, target=alice),
}


@pytest.mark.parametrize("view", ["", "?view=latest"])
@pytest.mark.parametrize("act", ACTS)
def test_the_very_next_page_is_right(
    act: str, view: str, warm: tuple[Client, list[Post]], alice: User, bob: User
) -> None:
    """Before any worker has run, and after."""
    client, made = warm
    ACTS[act](alice, bob, made[1])
    left = set() if act in ("block", "mute") else {made[0].pk, made[2].pk}
    assert set(cards(client.get(f"/{view}").text)) == left
    outbox.drain()
    assert set(cards(client.get(f"/{view}").text)) == left
    assert {int(item["id"]) for item in client.get("/api/feed").json()["items"]} == left


def test_an_unfollow_a_wish_for_less_an_edit_and_a_new_post(
    warm: tuple[Client, list[Post]], alice: User, bob: User, make_post: MakePost
) -> None:
    client, made = warm
    client.post(f"/posts/{made[0].pk}/less/")
    assert set(cards(client.get("/").text)) == {made[1].pk, made[2].pk}
    client.post(f"/posts/{made[0].pk}/less/undo/")
    assert len(cards(client.get("/").text)) == 3
    form = client_of(alice).get(f"/posts/{made[1].pk}/edit/").text
    seen = form.partition('name="seen" value="')[2].partition('"')[0]
    edited = {"body": "Another word", "audience": "0", "replies": "0", "quoting": "0", "warning": "", "seen": seen}
    assert client_of(alice).post(f"/posts/{made[1].pk}/edit/", edited).status_code == 302
    page = client.get("/").text
    assert "Another word" in page
    assert "Number 1" not in page
    own = make_post(bob, "Mine")
    assert cards(client.get("/").text)[0] == own.pk
    new = make_post(alice, "New")
    outbox.drain()
    assert new.pk in cards(client.get("/").text)[:2]  # below their own, should a minute have passed meanwhile
    graph.unfollow(actor=bob, target=alice)
    outbox.drain()
    assert cards(client.get("/").text) == [own.pk]


def ask(handler: WSGIHandler, path: str, session: str, method: str = "GET") -> str:
    """One request through the very WSGI application, as a server makes it."""
    path, _mark, query = path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "testserver",
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(), "wsgi.url_scheme": "http", "wsgi.version": (1, 0), "wsgi.multithread": True,
        "wsgi.multiprocess": False, "wsgi.run_once": False,
    }  # fmt: skip
    if session:
        environ["HTTP_COOKIE"] = f"{settings.SESSION_COOKIE_NAME}={session}"
    told: list[str] = []

    def start(status: str, headers: Any, error: Any = None, /) -> Any:
        told.append(status)

    response = handler(environ, start)
    try:
        body = b"".join(response)
    finally:
        response.close()
    assert told[0].startswith("200"), (path, told)
    return body.decode()


PATHS = ["/", "/", "/?view=latest", "/explore/", "/explore/trending/", "/api/feed", "/@poster/", "/tags/quad/"]
REQUESTS = 5_000


@pytest.mark.slow
def test_nobody_ever_gets_anothers_bits(northmere: object, make_post: MakePost) -> None:
    """5,000 interleaved requests of five people and a guest, in eight threads, all of them with one cache.

    Everybody has a name, a reaction, a bookmark, a repost, a circle and a post to nobody else of their own.
    """
    people, shared = stage(make_post)
    poster = shared[0].author
    sessions = {n: str(client_of(person).session.session_key) for n, person in enumerate(people)} | {-1: ""}
    handler = WSGIHandler()
    bits = {n: (shared[n].pk, shared[n + 5].pk) for n in range(5)}
    wrong: list[str] = []
    dice = random.Random(4)
    jobs = [(dice.choice(list(sessions)), dice.choice(PATHS)) for _number in range(REQUESTS)]
    stop = threading.Event()

    def look(job: tuple[int, str]) -> None:
        who, path = job
        if path == "/api/feed" and who == -1:
            return
        page = ask(handler, path, sessions[who])
        wrong.extend(f"{who} at {path}: {fault}" for fault in faults(page, path, who, bits))

    stirring = threading.Thread(target=stir, args=[stop, poster, make_post])
    stirring.start()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(look, jobs))
        list(pool.map(lambda _n: connection.close(), range(8)))
    stop.set()
    stirring.join()
    assert not wrong, wrong[:10]


def stir(stop: threading.Event, poster: User, make_post: MakePost) -> None:
    """News and forgetting all the while, so that answers are kept, found and made anew."""
    number = 0
    while not stop.wait(0.2):
        if number % 18 == 17:  # nobody may post without end
            poster = cast.make_person(f"poster{number}", name="Another Poster")
        make_post(poster, f"Meanwhile {number} #quad")
        outbox.drain()
        number += 1
    connection.close()


def stage(make_post: MakePost) -> tuple[list[User], list[Post]]:
    """The people with what is theirs alone, and the posts that are for all of them."""
    poster = cast.make_person("poster", name="Paula Poster")
    people = [cast.make_person(f"canary{n}", name=f"Canary{n} Person") for n in range(5)]
    shared = [make_post(poster, f"For everybody {n} #quad") for n in range(12)]
    for n, person in enumerate(people):
        cast.follow(person, poster)
        make_post(person, f"secretword{n} #quad", audience=Audience.ONLY_ME)
        circle = graph.create_circle(actor=person, name=f"circlename{n}")
        posts.create_post(
            actor=person, body=f"circleword{n} #quad", audience=Audience.CIRCLE, circle_id=circle.pk, key=uuid.uuid4()
        )
        Reaction.objects.create(person=person, post=shared[n])
        Bookmark.objects.create(person=person, post=shared[n + 5])
    Post.objects.filter(pk__in=[post.pk for post in shared]).update(reaction_count=1)
    outbox.drain()
    return people, shared


def faults(page: str, path: str, who: int, bits: dict[int, tuple[int, int]]) -> list[str]:
    """What of somebody else's stands in a page, and what of one's own is missing."""
    found = []
    for n in range(5):
        words = (f"secretword{n}", f"circleword{n}", f"circlename{n}", f'data-member="canary{n}"')
        if n != who:
            found += [word for word in words if word in page]
    if who >= 0 and path in ("/", "/?view=latest") and f"secretword{who}" not in page:
        found.append("own post is missing")
    for card in re.findall(r'<article class="entry" id="post-\d+".*?</article>', page, re.S):
        pk = int(card.partition('id="post-')[2].partition('"')[0])
        liked, saved = pressed(card, "data-react"), pressed(card, "data-save")
        if who >= 0 and (liked, saved) != (pk == bits[who][0], pk == bits[who][1]):
            found.append(f"post {pk}: reaction {liked}, saved {saved}")
        if who < 0 and (liked or saved):
            found.append(f"a guest's card of {pk} is somebody's")
    return found


def pressed(card: str, sign: str) -> bool:
    """Whether the button of a card that carries this attribute is pressed."""
    return any(f" {sign}" in tag and 'aria-pressed="true"' in tag for tag in re.findall(r"<button[^>]*>", card))
