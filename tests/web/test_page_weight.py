"""How heavy the home page is: what most visits do without comes when somebody asks for it."""

import re
import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.graph import services as graph
from apps.posts import services as posts
from apps.posts.models import Audience, Feeling, Post
from tests import cast
from tests.conftest import client_of

BAR = 60_000  # bytes before compression
BODY = (
    "Who has the slides of today's lecture on #{tag}? The second half went by quickly, and the board was wiped before "
    "anybody at the back could read it."
)


def weights(html: str) -> dict[str, int]:
    """Bytes by part of the page, to see what has grown."""
    first, last = html.find("<article"), html.rfind("</article>")
    parts = {"whole": html, "before the cards": html[:first], "cards": html[first:last], "after the cards": html[last:]}
    return {name: len(part.encode()) for name, part in parts.items()}


@pytest.fixture
def busy(bob: User, make_post: Callable[..., Post], drain: Callable[[], int]) -> Client:
    """Twenty posts of usual length by twenty authors, talked about, with people and hashtags beside them."""
    readers = [cast.make_person(f"reader{number}", name=f"Reader Rowanberry {number}") for number in range(3)]
    for number in range(20):
        writer = cast.make_person(f"writer.{number}", name=f"Writer Weatherby {number}")
        accounts.update_studies(actor=writer, programme="Marine biology", year=2, graduates_on=None, level="")
        graph.follow(actor=bob, target=writer)
        post = make_post(
            writer, BODY.format(tag=f"lecture{number % 5}"), (Audience.PUBLIC, Audience.CAMPUS)[number % 2]
        )
        for place, reader in enumerate(readers):
            posts.react(actor=reader, post=post, feeling=list(Feeling)[place])
            posts.add_comment(actor=reader, post=post, body="I have them, come by.", parent=None, key=uuid.uuid4())
    for reader in readers:
        graph.follow(actor=writer, target=reader)
    drain()
    return client_of(bob)


def test_a_full_home_page_is_light(busy: Client) -> None:
    assert busy.get("/").status_code == 200
    page = busy.get("/")
    html = page.text
    assert len(re.findall("<article", html)) == 20
    assert html.count("data-feelings") == 20
    assert html.count("Marine biology, 2nd year") == 20
    assert "People you may know" in html
    assert "Talked about this week" in html
    assert len(page.content) < BAR, weights(html)


def test_an_empty_home_page_is_small(charlie_client: Client) -> None:
    page = charlie_client.get("/")
    assert "Nothing here yet" in page.text
    assert len(page.content) < 16_000, weights(page.text)
