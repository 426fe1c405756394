"""Whatever a person takes back is gone at once, from pages that were shown and kept a moment ago, too (ID4, ID5).

Everything is looked at first, so that whatever is kept is kept; then something is taken back, and looked at again.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.test import Client

from apps.accounts import services as accounts
from apps.accounts.models import Reach, University, User
from apps.graph import services as graph
from apps.posts import services as posts
from apps.posts.models import Audience, Post
from tests.cast import make_person
from tests.conftest import client_of
from tests.graph.test_directory import OPEN

CANARY = "zebrafinch"
AtOnce = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def at_once(db: None, django_capture_on_commit_callbacks: Callable[..., Any]) -> AtOnce:
    """What is done within is committed; no worker has run."""

    @contextmanager
    def commit() -> Iterator[None]:
        with django_capture_on_commit_callbacks(execute=True):
            yield

    return commit


def write(author: User, audience: Audience, circle_id: int | None = None) -> Post:
    body = f"A {CANARY} on the #quad"
    return posts.create_post(actor=author, body=body, audience=audience, key=uuid.uuid4(), circle_id=circle_id)


def where_it_shows(client: Client, paths: list[str]) -> set[str]:
    """Twice, so that the second comes from whatever the first has left to be kept."""

    def look(path: str) -> str:
        fragment = {"HX-Request": "true"} if path.startswith("/feed/") else {}
        return client.get(path, headers=fragment).text.lower()

    for path in paths:
        look(path)
    return {path for path in paths if CANARY in look(path)}


HOME = ["/", "/?view=latest", "/api/feed", "/api/feed?view=latest", "/feed/new/?since=2020-01-01T00:00:00Z"]


@pytest.mark.parametrize("who", ["guest", "campus", "elsewhere"])
@pytest.mark.parametrize("narrowed", [{"posts_for": Reach.FOLLOWERS}, {"profile_for": Reach.FOLLOWERS}, "suspended"])
def test_posts_of_whoever_narrows_them_leave_others_lists(
    narrowed: dict[str, Any] | str, who: str, southdale: University, at_once: AtOnce
) -> None:
    hana = make_person("hana", name="Hana Hill")
    post = write(hana, Audience.PUBLIC)
    erik = make_person("erik", university=southdale)
    client = client_of({"guest": None, "campus": make_person("cara"), "elsewhere": erik}[who])
    paths = ["/explore/", "/tags/quad/", "/@hana/", f"/posts/{post.pk}/"]
    if who == "guest":
        paths.append("/")  # the landing page quotes it
    assert where_it_shows(client, paths) == set(paths)
    with at_once():
        if isinstance(narrowed, dict):
            accounts.update_privacy(actor=hana, **(OPEN | narrowed))
        else:
            accounts.set_active(actor=None, person=hana, active=False)
    assert where_it_shows(client, paths) == set()


@pytest.mark.parametrize("end", ["unfollows", "is removed", "blocks", "is blocked", "leaves the circle"])
@pytest.mark.parametrize("audience", [Audience.PUBLIC, Audience.FOLLOWERS, Audience.CIRCLE])
def test_an_ex_follower_reads_nothing_more(
    audience: Audience, end: str, at_once: AtOnce, drain: Callable[[], int]
) -> None:
    """The timeline holds the post still: the worker that clears it has not run."""
    hana, fred = make_person("hana", name="Hana Hill"), make_person("fred")
    accounts.update_privacy(actor=hana, **(OPEN | {"profile_for": Reach.FOLLOWERS}))
    graph.follow(actor=fred, target=hana)
    graph.accept_request(actor=hana, follower=fred)
    circle = graph.create_circle(actor=hana, name="Close")
    graph.set_circle_members(actor=hana, circle=circle, people=[fred.pk])
    post = write(hana, audience, circle.pk if audience == Audience.CIRCLE else None)
    drain()
    client = client_of(fred)
    paths = [*HOME, "/tags/quad/", "/@hana/", f"/posts/{post.pk}/"]
    paths += ["/explore/"] if audience == Audience.PUBLIC else []
    assert where_it_shows(client, paths) == set(paths)
    with at_once():
        match end:
            case "unfollows":
                graph.unfollow(actor=fred, target=hana)
            case "is removed":
                graph.remove_follower(actor=hana, follower=fred)
            case "blocks":
                graph.block(actor=fred, target=hana)
            case "is blocked":
                graph.block(actor=hana, target=fred)
            case _:
                graph.set_circle_members(actor=hana, circle=circle, people=[])
    in_circle_only = end == "leaves the circle" and audience != Audience.CIRCLE
    assert where_it_shows(client, paths) == (set(paths) if in_circle_only else set())


@pytest.mark.parametrize("who", ["guest", "elsewhere"])
def test_a_person_whose_profile_narrows_to_the_campus_is_unknown_elsewhere(
    who: str, alice: User, southdale: University, at_once: AtOnce
) -> None:
    """Name and words, wherever others are read: talks, lists, reasons, the directory, what is offered to who types."""
    hana = make_person("hana", name=f"{CANARY.title()} Hill")
    gus, erik = make_person("gus", university=southdale), make_person("erik", university=southdale)
    accounts.update_privacy(actor=hana, **OPEN)
    accounts.set_field_reach(actor=hana, reach={"interests": Reach.EVERYONE, "skills": Reach.EVERYONE})
    for person in (hana, gus):
        accounts.set_interests(actor=person, names=["Rowing"])
    accounts.set_skills(actor=hana, names=[f"{CANARY} keeping"])
    for follower, followee in ((hana, alice), (gus, erik), (erik, alice)):
        graph.follow(actor=follower, target=followee)
    post = posts.create_post(actor=alice, body="A talk", audience=Audience.PUBLIC, key=uuid.uuid4())
    said = posts.add_comment(actor=hana, post=post, body="I say", parent=None, key=uuid.uuid4())
    posts.add_comment(actor=alice, post=post, body="I answer", parent=said, key=uuid.uuid4())
    client = client_of(gus if who == "elsewhere" else None)
    paths = [f"/posts/{post.pk}/", "/@alice/followers/", "/@hana/"]
    if who == "elsewhere":
        paths += ["/explore/", "/people/", "/people/?q=zebra", f"/people/suggest?q={CANARY}", "/welcome/4/"]
    assert where_it_shows(client, paths) == set(paths)
    with at_once():
        accounts.update_privacy(actor=hana, **(OPEN | {"profile_for": Reach.CAMPUS}))
    assert where_it_shows(client, paths) == set()
