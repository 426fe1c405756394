"""A list costs as many statements with twenty rows as with one.

Here are the lists whose own tests do not say so: the home page, profiles, talks, people, blocks and sessions count
theirs in the tests of their apps.
"""

import uuid

import pytest
from django.contrib.admin import site
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts import selectors as accounts_selectors
from apps.accounts import services as accounts
from apps.accounts.models import BlockedDomain, InvitationUse, JoinRequest, Reach, User, Verification
from apps.graph import selectors as graph_selectors
from apps.graph import services as graph
from apps.kernel import outbox
from apps.moderation import selectors as moderation_selectors
from apps.moderation import services as moderation
from apps.posts import services as posts
from apps.posts.models import Audience, Post
from apps.safety import services as safety
from apps.web import services as pages
from tests.cast import make_person
from tests.conftest import client_of


def write(alice: User, rows: int) -> list[Post]:
    """So many more people whom alice follows, each with a post and a comment."""
    written = []
    for number in range(rows):
        person = make_person(f"row{rows}x{number}")
        graph.follow(actor=alice, target=person)
        post = posts.create_post(actor=person, body=f"#quad {number}", audience=Audience.PUBLIC, key=uuid.uuid4())
        posts.add_comment(actor=person, post=post, body="x", parent=None, key=uuid.uuid4())
        written.append(post)
    outbox.drain()
    return written


def fill_the_desk(alice: User, admin: User, rows: int) -> None:
    """So many more of everything that the admin lists."""
    for post in write(alice, rows):
        target = moderation_selectors.target_for(alice, kind="post", target_id=post.pk)
        moderation.file_report(actor=alice, target=target, category="spam", text="look")
        client_of(post.author).get("/")
        graph.block(actor=post.author, target=alice)
        safety.suspend(actor=admin, person=post.author, reason="testing")
        came_in(post.author, admin)
        pages.write_draft(actor=post.author, slug="help", body="x", change="", asks_again=False)


def came_in(person: User, admin: User) -> None:
    """Invited, asked for, verified."""
    invitation = accounts.invite(actor=admin)[0]
    InvitationUse.objects.create(invitation=invitation, person=person)
    JoinRequest.objects.create(person=person, university=invitation.university, reason="testing")
    accounts.verify(person=person, source=Verification.Source.MANUAL, by=admin)
    BlockedDomain.objects.create(domain=f"{person.username}.example")


def statements(client: Client, path: str, headers: dict[str, str]) -> tuple[int, int]:
    """How many the second request needs (the first fills the cache), and how long its answer is."""
    client.get(path, headers=headers)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path, headers=headers)
    assert response.status_code == 200
    return len(queries), len(response.content)


FRAGMENT = {"HX-Request": "true"}
LISTS = [
    ("guest", "/explore/", {}),
    ("guest", "/explore/", FRAGMENT),
    ("guest", "/tags/quad/", {}),
    ("alice", "/tags/quad/", {}),
    ("alice", "/?view=latest", {}),
    ("alice", "/?view=ranked", FRAGMENT),
    ("alice", "/api/feed", {}),
    ("alice", "/api/feed?view=latest", {}),
    ("alice", "/feed/page/", FRAGMENT),
    ("alice", "/feed/page/?view=latest", FRAGMENT),
    ("alice", "/feed/new/?since=2020-01-01T00:00:00Z", FRAGMENT),
]


@pytest.mark.parametrize(("who", "path", "headers"), LISTS, ids=[" ".join([w, p, *h]) for w, p, h in LISTS])
def test_a_list_is_flat(who: str, path: str, headers: dict[str, str], alice: User, anonymous_client: Client) -> None:
    client = anonymous_client if who == "guest" else client_of(alice)
    write(alice, 1)
    one, short = statements(client, path, headers)
    write(alice, 19)
    twenty, long = statements(client, path, headers)
    assert short < long
    assert one == twenty <= (5 if path.startswith("/api/") else 4)  # data has the texts, cards keep theirs


def come_near(alice: User, rows: int) -> None:
    """So many more who ask to follow alice, whom she has muted, and to whom she has a circle."""
    accounts.update_privacy(actor=alice, **(accounts_selectors.settings_of(alice) | {"profile_for": Reach.FOLLOWERS}))
    for number in range(rows):
        person = make_person(f"near{rows}x{number}")
        graph.follow(actor=person, target=alice)
        graph.mute(actor=alice, target=person)
        follower = make_person(f"in{rows}x{number}")
        graph.follow(actor=follower, target=alice)
        graph.accept_request(actor=alice, follower=follower)
        circle = graph.create_circle(actor=alice, name=f"Circle {rows} {number}")
        graph.set_circle_members(actor=alice, circle=circle, people=[follower.pk])
    first = alice.circles.order_by("pk")[0]
    graph.set_circle_members(actor=alice, circle=first, people=graph_selectors.follower_ids(alice.pk, 0, 99))


@pytest.mark.parametrize("path", ["/settings/requests/", "/settings/muted/", "/settings/circles/", "the first circle"])
def test_a_list_of_one_s_own_is_flat(path: str, alice: User) -> None:
    counts, lengths = [], []
    for rows in (1, 19):
        come_near(alice, rows)
        where = f"/settings/circles/{alice.circles.order_by('pk')[0].pk}/" if path.startswith("the") else path
        count, length = statements(client_of(alice), where, {})
        counts.append(count)
        lengths.append(length)
    assert lengths[0] < lengths[1]
    assert counts[0] == counts[1] <= 5


def test_every_list_of_the_admin_is_flat(alice: User, admin_client: Client, admin: User) -> None:
    """Also the lists of packages: the desk must open on a campus of any size."""
    counts: list[dict[str, int]] = []
    for rows in (1, 19):
        fill_the_desk(alice, admin, rows)
        # The lesser of two looks: what is kept for some seconds may run out at either.
        looks = {path: [statements(admin_client, path, {})[0] for _look in range(2)] for path in changelists()}
        counts.append({path: min(look) for path, look in looks.items()})
    assert len(counts[0]) > 8
    assert counts[0] == counts[1]


def changelists() -> list[str]:
    metas = [model._meta for model in site._registry]
    return [reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist") for meta in metas]
