"""Small random campuses for the properties, and what each person may know and read, worked out by hand."""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone
from hypothesis import strategies as st

from apps.accounts.models import LastSeen, Privacy, Reach, User
from apps.graph.demo import recount
from apps.graph.models import Block, Circle, CircleMember, Follow, FollowRequest, Mute
from apps.kernel.ids import snowflake
from apps.posts.models import STEP, Audience, Comment, Hashtag, Post, PostTag

PEOPLE = 5
Pairs = frozenset[tuple[int, int]]


@dataclass(frozen=True)
class Campus:
    """Everything that decides who sees whom, by the places of PEOPLE people."""

    universities: tuple[int | None, ...]  # 0, 1 or none
    reach: tuple[tuple[int, int], ...]  # profile_for, posts_for
    lists: tuple[int, ...]
    mention: tuple[int, ...]
    inactive: frozenset[int]
    follows: Pairs
    requests: Pairs
    blocks: Pairs
    mutes: Pairs
    circle: Pairs  # (owner, member)
    posts: dict[int, tuple[int, int]] = field(default_factory=dict, compare=False)  # id → author, audience

    def apart(self, a: int, b: int) -> bool:
        return (a, b) in self.blocks or (b, a) in self.blocks

    def same(self, a: int, b: int) -> bool:
        return self.universities[a] is not None and self.universities[a] == self.universities[b]

    def within(self, level: int, viewer: int | None, person: int) -> bool:
        """Whether what the person has set to this level reaches the viewer."""
        if level == Reach.EVERYONE or viewer == person:
            return True
        if viewer is None or level == Reach.NOBODY:
            return False
        follows, back = (viewer, person) in self.follows, (person, viewer) in self.follows
        if level == Reach.FRIENDS:
            return follows and back
        return follows or (level == Reach.CAMPUS and self.same(viewer, person))

    def knows(self, viewer: int | None, person: int) -> bool:
        if person in self.inactive or (viewer is not None and self.apart(viewer, person)):
            return False
        if viewer is not None and (person, viewer) in self.follows:
            return True
        return self.within(min(self.reach[person][0], Reach.CAMPUS), viewer, person)

    def reads(self, viewer: int | None, author: int, audience: int) -> bool:
        if author in self.inactive or (viewer is not None and self.apart(viewer, author)):
            return False
        if viewer == author:
            return True
        addressed = {
            Audience.PUBLIC: True,
            Audience.CAMPUS: viewer is not None and self.same(viewer, author),
            Audience.FOLLOWERS: (viewer, author) in self.follows,
            Audience.CIRCLE: (author, viewer) in self.circle,
        }
        return addressed[Audience(audience)] and self.within(self.reach[author][1], viewer, author)

    def mutes_(self, viewer: int | None, person: int) -> bool:
        return viewer is not None and (viewer, person) in self.mutes


@st.composite
def campuses(draw: st.DrawFn) -> Campus:
    """As services leave them: no edge across a block, requests only to private people, circles only of followers."""
    pair = st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)).filter(lambda p: p[0] != p[1])
    blocks = draw(st.frozensets(pair, max_size=2))
    apart = blocks | {(b, a) for a, b in blocks}
    follows = draw(st.frozensets(pair, max_size=10)) - apart
    reach = [
        (profile, draw(st.integers(profile, 2)))
        for profile in draw(st.lists(st.integers(0, 2), min_size=PEOPLE, max_size=PEOPLE))
    ]
    asked = draw(st.frozensets(pair, max_size=4)) - apart - follows
    followed = sorted((b, a) for a, b in follows)
    circle = draw(st.frozensets(st.sampled_from(followed), max_size=3)) if followed else frozenset()
    levels = st.lists(st.sampled_from([0, 1, 2, 4]), min_size=PEOPLE, max_size=PEOPLE)
    return Campus(
        universities=tuple(draw(st.lists(st.sampled_from([0, 0, 1, None]), min_size=PEOPLE, max_size=PEOPLE))),
        reach=tuple(reach),
        lists=tuple(draw(levels)),
        mention=tuple(draw(st.lists(st.integers(0, 4), min_size=PEOPLE, max_size=PEOPLE))),
        inactive=frozenset(draw(st.sets(st.integers(0, PEOPLE - 1), max_size=1))),
        follows=frozenset(follows),
        requests=frozenset((a, b) for a, b in asked if reach[b][0] == Reach.FOLLOWERS),
        blocks=blocks,
        mutes=draw(st.frozensets(pair, max_size=3)),
        circle=frozenset(circle),
    )


def settle(campus: Campus, people: list[User], universities: list[int]) -> None:
    """Writes it down: the people are there already, and stand as the campus says. Each writes a post per audience."""
    for place, person in enumerate(people):
        home = campus.universities[place]
        person.university_id = None if home is None else universities[home]
        person.profile_for, person.posts_for = campus.reach[place]
        person.is_active = place not in campus.inactive
        person.save(update_fields=["university", "profile_for", "posts_for", "is_active"])
        Privacy.objects.filter(user=person).update(
            followers=campus.lists[place], mention=campus.mention[place], in_directory=True
        )
    LastSeen.objects.update(at=timezone.now())
    ids = [person.pk for person in people]
    Follow.objects.bulk_create(Follow(follower_id=ids[a], followee_id=ids[b]) for a, b in campus.follows)
    FollowRequest.objects.bulk_create(FollowRequest(follower_id=ids[a], followee_id=ids[b]) for a, b in campus.requests)
    Block.objects.bulk_create(Block(blocker_id=ids[a], blocked_id=ids[b]) for a, b in campus.blocks)
    Mute.objects.bulk_create(Mute(muter_id=ids[a], muted_id=ids[b]) for a, b in campus.mutes)
    circles = Circle.objects.bulk_create(Circle(owner=person, name="Circle") for person in people)
    CircleMember.objects.bulk_create(CircleMember(circle=circles[a], person_id=ids[b]) for a, b in campus.circle)
    recount(ids)
    _write(campus, people, circles)


def _write(campus: Campus, people: list[User], circles: list[Circle]) -> None:
    made = [
        Post(
            pk=snowflake(),
            author=person,
            university_id=person.university_id,
            audience=audience,
            circle=circles[place] if audience == Audience.CIRCLE else None,
            body="x",
            body_html="<p>x</p>",
            key=uuid.uuid4(),
            created_at=timezone.now() - timedelta(minutes=4 * place + audience),
        )
        for place, person in enumerate(people)
        for audience in Audience
    ]
    Post.objects.bulk_create(made)
    tag = Hashtag.objects.create(name="quad")
    PostTag.objects.bulk_create(PostTag(post=post, tag=tag, created_at=post.created_at) for post in made)
    campus.posts.update({post.pk: (people.index(post.author), post.audience) for post in made})
    for place, post in enumerate(made[:: len(Audience)]):  # everybody speaks under everybody's public post
        for person in people:
            pk = snowflake()
            Comment.objects.create(
                pk=pk, post=post, author=person, path=f"{pk:0{STEP}x}", body="y", body_html=f"<p>said{place}</p>"
            )
