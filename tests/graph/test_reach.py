"""Who is within the reach of what (ID5): every level, every relation, asked from both ends."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from apps.accounts.models import Privacy, Reach, University, User
from apps.graph import policies, selectors, services
from apps.kernel.errors import Invalid
from apps.posts import selectors as post_selectors
from apps.posts import services as posts
from apps.posts.models import Audience, Post
from tests import cast
from tests.conftest import client_of
from tests.graph.stage import set_reach

RELATIONS = {
    "elsewhere": Reach.EVERYONE,
    "campus": Reach.CAMPUS,
    "followed": Reach.CAMPUS,  # by the person: that alone brings them no closer
    "follower": Reach.FOLLOWERS,
    "far_follower": Reach.FOLLOWERS,
    "friend": Reach.FRIENDS,
    "self": Reach.NOBODY,
}


@pytest.fixture
def people(alice: User, southdale: University) -> dict[str, User]:
    """Everybody a person may be to alice."""
    found = {name: cast.make_person(name) for name in ("campus", "followed", "follower", "friend")}
    found |= {name: cast.make_person(name, university=southdale) for name in ("elsewhere", "far_follower")}
    for name in ("follower", "far_follower", "friend"):
        cast.follow(found[name], alice)
    for name in ("followed", "friend"):
        cast.follow(alice, found[name])
    return found | {"self": alice}


@pytest.mark.parametrize("level", list(Reach))
def test_every_level_from_both_ends(level: Reach, people: dict[str, User], alice: User) -> None:
    for setting, asked in (("message", policies.may_message), ("mention", policies.may_mention)):
        Privacy.objects.filter(user=alice).update(**{setting: level})
        for name, person in people.items():
            expected = level <= RELATIONS[name]
            assert selectors.relation(person, alice) == RELATIONS[name], name
            assert policies.within(level, selectors.relation(person, alice)) == expected, name
            assert asked(person, alice) == expected, (setting, name)
            assert User.objects.filter(selectors.reaching(person, setting), pk=alice.pk).exists() == expected, name
            assert User.objects.filter(selectors.reached_by(alice, level), pk=person.pk).exists() == expected, name


@pytest.mark.parametrize("level", list(Reach))
def test_a_block_is_beyond_every_level(level: Reach, people: dict[str, User], alice: User) -> None:
    Privacy.objects.filter(user=alice).update(message=level, mention=level)
    services.block(actor=alice, target=people["friend"])
    assert not policies.may_message(people["friend"], alice)
    assert not policies.may_mention(people["friend"], alice)


KNOWN = {  # profile_for → who may know of alice
    Reach.EVERYONE: set(RELATIONS) | {"guest"},
    Reach.CAMPUS: set(RELATIONS) - {"elsewhere"},
    Reach.FOLLOWERS: set(RELATIONS) - {"elsewhere"},
}


@pytest.mark.parametrize("level", list(KNOWN))
def test_who_may_know_of_a_person(level: Reach, people: dict[str, User], alice: User) -> None:
    set_reach(alice, level)
    viewers: dict[str, User | AnonymousUser] = {**people, "guest": AnonymousUser()}
    for name, viewer in viewers.items():
        known = name in KNOWN[level]
        assert selectors.people_visible_to(viewer).filter(pk=alice.pk).exists() == known, name
        assert client_of(viewer if isinstance(viewer, User) else None).get("/@alice/").status_code == (
            200 if known else 404
        ), name
        if isinstance(viewer, User):
            assert User.objects.filter(selectors.who_may_know(alice), pk=viewer.pk).exists() == known, name


READ = {  # posts_for → who may see what alice wrote to everyone
    Reach.EVERYONE: set(RELATIONS) | {"guest"},
    Reach.CAMPUS: {"campus", "followed", "follower", "far_follower", "friend", "self"},
    Reach.FOLLOWERS: {"follower", "far_follower", "friend", "self"},
}
ADDRESSED = {
    Audience.PUBLIC: set(RELATIONS) | {"guest"},
    Audience.CAMPUS: {"campus", "followed", "follower", "friend", "self"},
    Audience.FOLLOWERS: {"follower", "far_follower", "friend", "self"},
    Audience.CIRCLE: {"friend", "self"},
}


@pytest.mark.parametrize("audience", list(ADDRESSED))
@pytest.mark.parametrize("level", list(READ))
def test_posts_reach_whom_they_address_as_far_as_the_author_lets_them(
    level: Reach, audience: Audience, people: dict[str, User], alice: User
) -> None:
    """Set after the post was written, it holds for it. Pages and mentions agree."""
    circle = services.create_circle(actor=alice, name="Friends")
    services.set_circle_members(actor=alice, circle=circle, people=[people["friend"].pk])
    circle_id = circle.pk if audience == Audience.CIRCLE else None
    named = " ".join(f"@{person.username}" for name, person in people.items() if name != "self")
    old = posts.create_post(
        actor=alice, body="A canary #quad", audience=audience, key=uuid.uuid4(), circle_id=circle_id
    )
    set_reach(alice, Reach.EVERYONE, level)
    new = posts.create_post(actor=alice, body=named, audience=audience, key=uuid.uuid4(), circle_id=circle_id)
    viewers: dict[str, User | AnonymousUser] = {**people, "guest": AnonymousUser()}
    for name, viewer in viewers.items():
        sees = name in READ[level] & ADDRESSED[audience]
        client = client_of(viewer if isinstance(viewer, User) else None)
        assert client.get(f"/posts/{old.pk}/").status_code == (200 if sees else 404), name
        assert ("canary" in client.get("/tags/quad/").text) == sees, name
        assert ("canary" in client.get("/explore/").text) == (sees and audience == Audience.PUBLIC), name
        assert post_selectors.post_count(viewer, alice) == (2 if sees else 0), name
        if isinstance(viewer, User) and name != "self":
            assert new.mentions.filter(person=viewer).exists() == sees, name


def test_nobody_is_named_who_does_not_want_it(alice: User, bob: User, make_post: Callable[..., Post]) -> None:
    Privacy.objects.filter(user=bob).update(mention=Reach.FRIENDS)
    assert "/@bob/" not in make_post(alice, "hello @bob").body_html
    suggested = client_of(alice).get("/people/suggest", {"q": "bob"})
    assert suggested.json() == {"items": []}
    cast.follow(alice, bob)
    assert "/@bob/" in make_post(alice, "hello @bob").body_html
    assert [one["username"] for one in client_of(alice).get("/people/suggest?q=bob").json()["items"]] == ["bob"]


def test_who_may_not_know_the_commenter_reads_and_is_told_nothing(
    alice: User, bob: User, southdale: University, make_post: Callable[..., Post], events: Callable[[], list[str]]
) -> None:
    """bob's profile is for his campus: somebody elsewhere finds the place of what he said, without a name."""
    erik = cast.make_person("erik", university=southdale)
    post = make_post(alice)
    set_reach(bob, Reach.CAMPUS)
    said = posts.add_comment(actor=bob, post=post, body="hello @erik, says yak", parent=None, key=uuid.uuid4())
    posts.add_comment(actor=alice, post=post, body="an answer", parent=said, key=uuid.uuid4())
    assert "mention.created" not in events()
    for person in (erik, None):
        page = client_of(person).get(f"/posts/{post.pk}/").text
        assert "yak" not in page
        assert "Bob" not in page
        assert "This comment is not available." in page
        assert client_of(person).get(f"/comments/{said.pk}/").status_code == 404
    assert "yak" in client_of(alice).get(f"/posts/{post.pk}/").text


@pytest.mark.parametrize("kept", ["lists", "profile"])
def test_whoever_keeps_their_lists_is_named_in_nobody_else_s(
    kept: str, alice: User, bob: User, charlie: User, make_person: Callable[..., User]
) -> None:
    """As the privacy page promises: nobody is told that bob, who follows alice, knows somebody."""
    friend, pages = make_person("fay"), ("/@alice/followers/", "/@alice/friends/", "/@alice/")
    cast.follow(alice, bob)
    cast.follow(charlie, bob)
    cast.follow(bob, friend)

    def named(viewer: User | None) -> set[str]:
        return {page for page in pages if "Bob Birch" in client_of(viewer).get(page).text}

    assert named(charlie) == set(pages)  # her profile shows the faces of those he follows who follow her
    if kept == "lists":
        Privacy.objects.filter(user=bob).update(followers=Reach.FRIENDS)
    else:
        set_reach(bob, Reach.FOLLOWERS)
        services.unfollow(actor=charlie, target=bob)
    assert named(charlie) == set()
    assert named(None) == set()
    assert named(alice) >= set(pages[:2])  # they are friends, and it is her own list
    assert "Bob Birch" in client_of(bob).get(pages[0]).text
    cast.follow(bob, charlie)
    assert (named(charlie) != set()) == (kept == "lists")  # friends now; or nothing but followed by him


@pytest.mark.parametrize("level", [Reach.EVERYONE, Reach.CAMPUS, Reach.FOLLOWERS, Reach.NOBODY])
def test_lists_can_be_kept_to_oneself(level: Reach, people: dict[str, User], alice: User) -> None:
    Privacy.objects.filter(user=alice).update(followers=level)
    viewers: dict[str, User | AnonymousUser] = {**people, "guest": AnonymousUser()}
    for name, viewer in viewers.items():
        fresh = User.objects.select_related("privacy").get(pk=alice.pk)
        sees = level <= RELATIONS.get(name, Reach.EVERYONE)
        assert policies.may_see_lists(viewer, fresh) == sees, name
        client = client_of(viewer if isinstance(viewer, User) else None)
        for of in ("followers", "following", "friends"):
            page = client.get(f"/@alice/{of}/")
            assert page.status_code == 200
            assert ("keeps this list to themselves" in page.text) == (not sees), (name, of)
            assert (f'href="{people["friend"].get_absolute_url()}"' in page.text) == (sees or name == "friend"), (
                name,
                of,
            )
        assert ('class="tally"' in client.get("/@alice/").text) == sees, name


def test_no_list_reaches_further_than_the_profile(people: dict[str, User], alice: User) -> None:
    set_reach(alice, Reach.FOLLOWERS, followers=Reach.EVERYONE)
    assert "keeps this list" in client_of(people["campus"]).get("/@alice/followers/").text
    assert "keeps this list" not in client_of(people["follower"]).get("/@alice/followers/").text


class TestCounts:
    def shown(self, viewer: User, person: User) -> tuple[int, int]:
        found = selectors.met(viewer, person.username).tally
        return found.followers, found.following

    def test_neither_blocked_nor_suspended_people_count(self, people: dict[str, User], alice: User) -> None:
        viewer = people["campus"]
        assert self.shown(viewer, alice) == (3, 2)
        services.block(actor=viewer, target=people["friend"])
        assert self.shown(viewer, alice) == (2, 1)
        services.block(actor=people["friend"], target=viewer)  # both ways is once
        services.block(actor=people["follower"], target=viewer)
        assert self.shown(viewer, alice) == (1, 1)
        assert self.shown(people["elsewhere"], alice) == (3, 2)
        User.objects.filter(pk=people["friend"].pk).update(is_active=False)
        assert self.shown(viewer, alice) == (1, 1)
        assert self.shown(people["elsewhere"], alice) == (2, 1)

    def test_it_is_one_query(self, alice: User, bob: User, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(1):
            selectors.met(bob, alice.username)


class TestFriends:
    def test_they_follow_one_another(self, people: dict[str, User], alice: User, alice_client: Client) -> None:
        page = alice_client.get("/@alice/friends/")
        assert [row.person.username for row in page.context["page"].items] == ["friend"]
        assert "friends with you" in page.text

    def test_they_are_kept_and_forgotten(
        self,
        people: dict[str, User],
        alice: User,
        django_capture_on_commit_callbacks: Any,
        django_assert_num_queries: Any,
    ) -> None:
        assert selectors.friend_ids(alice) == {people["friend"].pk}
        with django_assert_num_queries(0):
            selectors.friend_ids(alice)
        with django_capture_on_commit_callbacks(execute=True):
            services.follow(actor=people["followed"], target=alice)
        assert selectors.friend_ids(alice) == {people["friend"].pk, people["followed"].pk}
        with django_capture_on_commit_callbacks(execute=True):
            services.unfollow(actor=alice, target=people["friend"])
        assert selectors.friend_ids(alice) == {people["followed"].pk}


def test_a_circle_needs_its_id_and_nothing_else_has_one(alice: User, bob: User) -> None:
    circle = services.create_circle(actor=alice, name="Friends")
    for audience, circle_id in ((Audience.CIRCLE, None), (Audience.PUBLIC, circle.pk), (7, None)):
        with pytest.raises(Invalid):
            posts.create_post(actor=alice, body="x", audience=audience, key=uuid.uuid4(), circle_id=circle_id)


PROGRAMME = {  # who reads the programme on a card, by its reach
    Reach.EVERYONE: {"guest", "elsewhere", "campus"},
    Reach.CAMPUS: {"campus"},
    Reach.NOBODY: set(),
}


@pytest.mark.parametrize("level", list(PROGRAMME))
def test_the_programme_on_a_card_goes_as_far_as_its_author_says(
    level: Reach, people: dict[str, User], alice: User, make_post: Callable[..., Post]
) -> None:
    type(alice.profile).objects.filter(user=alice).update(programme="Ichthyology", year=2)
    Privacy.objects.filter(user=alice).update(fields={"programme": int(level), "year": int(level)})
    post = make_post(alice)
    for name in ("guest", "elsewhere", "campus", "self"):
        client = client_of(people.get(name))
        for path in (f"/posts/{post.pk}/", "/explore/"):
            shown = "Ichthyology" in client.get(path).text
            assert shown == (name == "self" or name in PROGRAMME[level]), (name, path)


def test_posts_are_for_search_engines_only_when_their_author_says_so(
    alice: User, make_post: Callable[..., Post], anonymous_client: Client
) -> None:
    path = f"/posts/{make_post(alice).pk}/"
    assert 'content="noindex"' in anonymous_client.get(path).text
    Privacy.objects.filter(user=alice).update(search_engines=True)
    assert 'content="noindex"' not in anonymous_client.get(path).text
