"""Follows by a realistic degree law (newcomers follow those who are followed), a few blocks, and their counters."""

import random
from datetime import timedelta

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Count, Q

from apps.accounts.selectors import Reach
from apps.graph.models import Block, Circle, CircleMember, Follow, FollowCount, FollowRequest, Mute, PersonNote
from apps.kernel.demo import DemoWorld, moment_between

MEDIAN_FOLLOWED = 14  # half follow more; a few follow a hundred
MOST_FOLLOWED = 110
AT_HOME = 0.85  # share of follows inside one's own university
RETURNED = 0.35  # how often a follow is returned
BLOCKS = 15
PRIVATE = 8  # people whose profile is for followers
ASKING = 4  # who wait at each of them
CIRCLES = {"alice": "Choir friends", "bob": "Flat 12", "charlie": "Lab partners"}


def build(world: DemoWorld) -> None:
    draw = world.draw("graph")
    _block(world, draw)
    _follow(world, draw)
    joined = world.now - timedelta(days=60)
    Follow.objects.bulk_create(
        [
            Follow(follower_id=follower, followee_id=followee, created_at=moment_between(draw, joined, world.now))
            for follower, followee in sorted(world.follows)
        ],
        batch_size=2_000,
    )
    recount([person.id for person in world.people])
    _close_profiles(world, draw)
    _ask(world, draw)
    _make_circles(world, draw)
    _keep_to_themselves(world)


def remove(world: DemoWorld) -> None:
    """Edges go with their people; the counters of everybody else do not know that, nor does the log of blocks."""
    gone = world.marked(get_user_model())
    Block.objects.filter(Q(blocker__in=gone) | Q(blocked__in=gone)).delete()
    apps.get_model("graph.BlockEvent")._default_manager.filter(Q(blocker__in=gone) | Q(blocked__in=gone)).delete()
    edges = Follow.objects.filter(Q(follower__in=gone) | Q(followee__in=gone))
    touched = {person for edge in edges.values_list("follower_id", "followee_id") for person in edge}
    edges.delete()
    recount(sorted(touched - set(gone)))


def recount(people: list[int]) -> None:
    """Counters of these people from the edges."""
    followers = _counts("followee", people)
    following = _counts("follower", people)
    FollowCount.objects.bulk_create(
        [
            FollowCount(person_id=person, followers=followers.get(person, 0), following=following.get(person, 0))
            for person in people
        ],
        update_conflicts=True,
        unique_fields=["person"],
        update_fields=["followers", "following"],
    )


def _counts(end: str, people: list[int]) -> dict[int, int]:
    edges = Follow.objects.filter(**{f"{end}__in": people}).order_by()
    return dict(edges.values_list(end).annotate(Count("id")))


def _block(world: DemoWorld, draw: random.Random) -> None:
    alice, dora = world.person("alice"), world.person("dora")
    others = [person for person in world.people if person.username not in _CAST]
    pairs = [(alice, dora)] + [tuple(draw.sample(others, 2)) for _ in range(BLOCKS)]
    Block.objects.bulk_create(
        [Block(blocker_id=one.id, blocked_id=other.id) for one, other in pairs], ignore_conflicts=True
    )
    world.apart = {pair for one, other in pairs for pair in ((one.id, other.id), (other.id, one.id))}


_CAST = {"alice", "bob", "charlie", "dora", "mira", "admin"}


def _follow(world: DemoWorld, draw: random.Random) -> None:
    """Each new person follows people in proportion to the followers they have already (preferential attachment)."""
    urn: dict[int, list[int]] = {}  # by university: everybody once, and once more for every follower
    everywhere: list[int] = []
    strangers = _strangers(world)
    for person in draw.sample(world.people, len(world.people)):
        home = urn.setdefault(person.university_id, [])
        wanted = min(MOST_FOLLOWED, round(draw.lognormvariate(0, 0.8) * MEDIAN_FOLLOWED))
        for _ in range(wanted):
            bowl = home if draw.random() < AT_HOME else everywhere
            if bowl:
                _link(world, draw, (person.id, draw.choice(bowl)), strangers, [home, everywhere])
        home.append(person.id)
        everywhere.append(person.id)
    world.follows.add((world.person("bob").id, world.person("alice").id))
    world.follows.discard((world.person("alice").id, world.person("bob").id))
    _bring_together(world, draw, strangers)


def _close_profiles(world: DemoWorld, draw: random.Random) -> None:
    """A few people are private; the cast stays open, so that everybody finds something to read."""
    others = [person.id for person in world.people if person.username not in _CAST]
    world.private = set(draw.sample(others, PRIVATE))
    get_user_model().objects.filter(pk__in=world.private).update(profile_for=Reach.FOLLOWERS, posts_for=Reach.FOLLOWERS)


def _ask(world: DemoWorld, draw: random.Random) -> None:
    """People of the same campus wait at every private profile."""
    private = get_user_model().objects.filter(pk__in=world.marked(get_user_model()), profile_for=Reach.FOLLOWERS)
    rows = []
    for person, home in private.order_by("pk").values_list("pk", "university"):
        beside = [one.id for one in world.people if one.university_id == home and one.id != person]
        for one in draw.sample(beside, ASKING):
            if (one, person) not in world.follows | world.apart:
                asked = moment_between(draw, world.now - timedelta(days=20), world.now)
                rows.append(FollowRequest(follower_id=one, followee_id=person, created_at=asked))
    FollowRequest.objects.bulk_create(rows)


def _make_circles(world: DemoWorld, draw: random.Random) -> None:
    for username, name in CIRCLES.items():
        owner = world.person(username)
        followers = sorted(follower for follower, followee in world.follows if followee == owner.id)
        members = draw.sample(followers, min(6, len(followers)))
        circle = Circle.objects.create(owner_id=owner.id, name=name)
        CircleMember.objects.bulk_create(CircleMember(circle=circle, person_id=member) for member in members)
        world.circles[owner.id] = circle.pk, set(members)


def _keep_to_themselves(world: DemoWorld) -> None:
    """What alice does about others: nobody but her ever sees it."""
    alice, bob, mira = (world.person(name).id for name in ("alice", "bob", "mira"))
    Mute.objects.create(muter_id=alice, muted_id=mira, until=world.now + timedelta(days=7))
    PersonNote.objects.create(author_id=alice, person_id=bob, text="Plays the viola. Owes me a bicycle pump.")


def _strangers(world: DemoWorld) -> set[tuple[int, int]]:
    """Pairs that must not follow one another: who is blocked, and charlie with alice and bob."""
    charlie = world.person("charlie").id
    known = [world.person(username).id for username in ("alice", "bob")]
    return world.apart | {pair for other in known for pair in ((charlie, other), (other, charlie))}


def _link(
    world: DemoWorld,
    draw: random.Random,
    edge: tuple[int, int],
    strangers: set[tuple[int, int]],
    bowls: list[list[int]],
) -> None:
    if edge[0] == edge[1] or edge in strangers or edge in world.follows:
        return
    world.follows.add(edge)
    for bowl in bowls:
        bowl.append(edge[1])
    if draw.random() < RETURNED:
        world.follows.add(edge[::-1])


def _bring_together(world: DemoWorld, draw: random.Random, strangers: set[tuple[int, int]]) -> None:
    """The people one logs in as came first and would follow nobody: they follow some, and some follow them."""
    for username in sorted(_CAST):
        person = world.person(username)
        near = [other for other in world.people if other.university_id == person.university_id and other != person]
        for other in draw.sample(near, 32):
            _link(world, draw, (person.id, other.id), strangers, [])
        for other in draw.sample(near, 18):
            _link(world, draw, (other.id, person.id), strangers, [])
    world.follows.discard((world.person("alice").id, world.person("bob").id))
