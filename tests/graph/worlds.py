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
from apps.posts.models import STEP, Audience, Comment, Hashtag, MutedThread, MutedWord, Post, PostTag, TagFollow

PEOPLE = 5
Pairs = frozenset[tuple[int, int]]
CAN_BE_PASSED_ON = (Audience.PUBLIC, Audience.CAMPUS)
BY_WHOM = (Audience.PUBLIC, Audience.CAMPUS, Audience.FOLLOWERS, Audience.ONLY_ME)  # the audiences of who passes on


@dataclass(frozen=True)
class Share:
    """A post passed on. Whether the sharer may still see it, or ever could, is left to chance."""

    sharer: int
    author: int
    original: int  # the audience of the author's post that is passed on
    is_quote: bool
    audience: int


@dataclass(frozen=True)
class Written:
    author: int
    audience: int
    root: int  # the post itself, or of a repost what it passes on
    quoted: int | None = None


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
    shares: tuple[Share, ...] = ()
    tag_followers: frozenset[int] = frozenset()
    quiet_threads: Pairs = frozenset()  # (person, author of the public post they hear no more of)
    quiet_words: Pairs = frozenset()  # (person, author whose word they do not want to read)
    posts: dict[int, Written] = field(default_factory=dict, compare=False)

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
            Audience.ONLY_ME: False,
        }
        return addressed[Audience(audience)] and self.within(self.reach[author][1], viewer, author)

    def sees(self, viewer: int | None, post: int) -> bool:
        """Whether the post is there for the viewer; of a repost, whether what it passes on is, too."""
        written = self.posts[post]
        if not self.reads(viewer, written.author, written.audience):
            return False
        return written.root == post or self.sees(viewer, written.root)

    def wants(self, viewer: int | None, post: int) -> bool:
        """Whether the viewer has muted neither who wrote or passed it on, nor its thread, nor a word in it."""
        if viewer is None:
            return True
        written, root = self.posts[post], self.posts[self.posts[post].root]
        if self.mutes_(viewer, written.author) or self.mutes_(viewer, root.author):
            return False
        if written.author == viewer:
            return True
        shown = [root.author]  # everybody's posts say the author's word
        if written.quoted is not None:
            shown.append(self.posts[written.quoted].author)
        if any((viewer, author) in self.quiet_words for author in shown if author != viewer):
            return False
        is_public = written.root == root_of(self, root.author)
        return not (is_public and (viewer, root.author) in self.quiet_threads)

    def at_home(self, viewer: int) -> set[int]:
        """The roots of what belongs into a home feed: by the viewer and whom they follow, and of hashtags followed."""
        near = {viewer} | {b for a, b in self.follows if a == viewer}
        found = set()
        for post, written in self.posts.items():
            is_tagged = written.root == post and written.quoted is None and written.audience in CAN_BE_PASSED_ON
            from_tag = viewer in self.tag_followers and is_tagged
            if (written.author in near or from_tag) and self.sees(viewer, post) and self.wants(viewer, post):
                found.add(written.root)
        return found

    def mutes_(self, viewer: int | None, person: int) -> bool:
        return viewer is not None and (viewer, person) in self.mutes


def root_of(campus: Campus, author: int) -> int:
    """The author's plain public post."""
    return next(
        pk
        for pk, one in campus.posts.items()
        if one.author == author and one.audience == Audience.PUBLIC and one.root == pk and one.quoted is None
    )


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
        shares=tuple(
            draw(st.lists(shares(), max_size=4, unique_by=lambda one: (one.sharer, one.author, one.original)))
        ),
        tag_followers=draw(st.frozensets(st.integers(0, PEOPLE - 1), max_size=2)),
        quiet_threads=draw(st.frozensets(pair, max_size=2)),
        quiet_words=draw(st.frozensets(pair, max_size=2)),
    )


@st.composite
def shares(draw: st.DrawFn) -> Share:
    return Share(
        sharer=draw(st.integers(0, PEOPLE - 1)),
        author=draw(st.integers(0, PEOPLE - 1)),
        original=draw(st.sampled_from(CAN_BE_PASSED_ON)),
        is_quote=draw(st.booleans()),
        audience=draw(st.sampled_from(BY_WHOM)),
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
            body=f"word{place}",
            body_html=f"<p>word{place}</p>",
            key=uuid.uuid4(),
            created_at=timezone.now() - timedelta(minutes=5 * place + audience + 5),
        )
        for place, person in enumerate(people)
        for audience in Audience
    ]
    Post.objects.bulk_create(made)
    tag = Hashtag.objects.create(name="quad")
    PostTag.objects.bulk_create(PostTag(post=post, tag=tag, created_at=post.created_at) for post in made)
    TagFollow.objects.bulk_create(TagFollow(person=people[one], tag=tag) for one in campus.tag_followers)
    campus.posts.update({post.pk: Written(people.index(post.author), post.audience, post.pk) for post in made})
    _pass_on(campus, people)
    for a, b in campus.quiet_threads:
        MutedThread.objects.create(person=people[a], post_id=root_of(campus, b))
    MutedWord.objects.bulk_create(MutedWord(person=people[a], word=f"word{b}") for a, b in campus.quiet_words)
    for place, post in enumerate(made[:: len(Audience)]):  # everybody speaks under everybody's public post
        for person in people:
            pk = snowflake()
            Comment.objects.create(
                pk=pk, post=post, author=person, path=f"{pk:0{STEP}x}", body="y", body_html=f"<p>said{place}</p>"
            )


def _pass_on(campus: Campus, people: list[User]) -> None:
    """Reposts and quotes, newer than everything else; a quote says its author's word, too."""
    roots = {(one.author, one.audience): pk for pk, one in campus.posts.items()}
    for age, share in enumerate(campus.shares):
        sharer, original = people[share.sharer], roots[share.author, share.original]
        said = f"word{share.sharer}" if share.is_quote else ""
        post = Post.objects.create(
            author=sharer,
            university_id=sharer.university_id,
            audience=share.audience,
            body=said,
            body_html=f"<p>{said}</p>" if said else "",
            is_quote=share.is_quote,
            quoted_id=original if share.is_quote else None,
            repost_of_id=None if share.is_quote else original,
            created_at=timezone.now() - timedelta(seconds=10 * age + 1),
        )
        root, quoted = (post.pk, original) if share.is_quote else (original, None)
        campus.posts[post.pk] = Written(share.sharer, share.audience, root, quoted)
