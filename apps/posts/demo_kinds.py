"""Posts of every kind for the demo: polls, code, formulas, content warnings, edits, quotes, reposts, pins, a boost, and
one long thread. None is shown to anybody it was not written for; nobody votes in, or passes on, what they may not see.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from apps.kernel.demo import DemoPerson, DemoWorld, dated_id, moment_between, sections
from apps.media import services as media
from apps.posts import rendering
from apps.posts.demo_readers import Circle
from apps.posts.demo_writer import TEXTS, Text
from apps.posts.models import Audience, Ballot, Boost, CommentReaction, Pin, Poll, PollOption, Post, Reaction, Revision
from apps.posts.services.links import first_link

LANGUAGE = "kinds"  # the file of these texts, beside those of the languages
ADVICE = "advice"  # what the long thread is about
KINDS = ("code", "formula", "link", "warned", "edited", "poll")  # a line of each section is a post
CAST = ("alice", "bob", "charlie", "mira")  # two of whom write some of each kind
REPOSTS = 160
DAYS = 40
VOTERS = 0.35  # share of the readers, at most
PINNED = {"alice": 2, "bob": 1, "mira": 3}


@dataclass(slots=True)
class Kinds:
    """What is made. Reposts stand apart: nobody reacts to them or answers them."""

    world: DemoWorld
    circle: Circle
    draw: random.Random
    lines: dict[str, list[str]]
    posts: list[Post] = field(default_factory=list)
    texts: dict[int, Text] = field(default_factory=dict)
    reposts: list[Post] = field(default_factory=list)
    polls: list[Poll] = field(default_factory=list)
    options: list[PollOption] = field(default_factory=list)
    ballots: list[Ballot] = field(default_factory=list)
    revisions: list[Revision] = field(default_factory=list)
    boosted: Post | None = None
    thread: Post | None = None  # the long one

    def ago(self, **time: float) -> datetime:
        return self.world.now - timedelta(**time)

    def post(self, author: DemoPerson, audience: int, body: str, moment: datetime) -> Post:
        return Post(
            pk=dated_id(moment, self.draw),
            author_id=author.id,
            university_id=author.university_id,
            audience=audience,
            body=body,
            body_html=rendering.render(body) if body else "",
            created_at=moment,
        )

    def keep(self, post: Post, kind: str, pattern: str) -> Post:
        self.posts.append(post)
        self.texts[post.pk] = Text(LANGUAGE, kind, pattern, post.body)
        return post


def write(world: DemoWorld, circle: Circle, posts: Sequence[Post]) -> Kinds:
    """More posts, beside these, some of which they pass on. Nothing is stored yet."""
    made = Kinds(world, circle, world.draw("kinds"), sections(TEXTS / f"{LANGUAGE}.txt"))
    question, *others = made.lines["post.poll"]
    made.lines["post.poll"] = others
    made.boosted = _asked(made, _librarian(world), Audience.PUBLIC, question, made.ago(hours=5))
    for kind in KINDS:
        for author, line in zip(_authors(made), made.lines[f"post.{kind}"], strict=False):
            _write_one(made, author, kind, line)
    [advice] = made.lines[f"post.{ADVICE}"]
    made.thread = made.keep(
        made.post(world.person("charlie"), Audience.PUBLIC, advice, made.ago(days=2, hours=3)), ADVICE, advice
    )
    for poll in made.polls:
        _vote(made, poll)
    _quote(made, posts)
    _repost(made, [*posts, *made.posts])
    return made


def store(made: Kinds, posts: Sequence[Post]) -> None:
    """Stores the reposts, and what hangs on `posts`, which are all the others and stored already."""
    Post.objects.bulk_create(made.reposts, batch_size=500)
    Poll.objects.bulk_create(made.polls)
    PollOption.objects.bulk_create(made.options)
    Ballot.objects.bulk_create(made.ballots, batch_size=2_000)
    Revision.objects.bulk_create(made.revisions)
    Pin.objects.bulk_create(_pins(made.world, posts))
    if made.boosted is not None:
        Boost.objects.create(
            post=made.boosted,
            by_id=made.world.person("mira").id,
            reason="The library decides this week",
            starts_at=made.ago(hours=4),
            ends_at=made.world.now + timedelta(days=2),
        )


def words_of(rows: Sequence[Reaction] | Sequence[CommentReaction], of: str) -> dict[int, dict[str, int]]:
    """How many of each word are said, by what they are said about: {id: {"1": 12}}."""
    found: dict[int, dict[str, int]] = {}
    for (thing, feeling), number in Counter((getattr(row, of), int(row.feeling)) for row in rows).items():
        found.setdefault(thing, {})[str(feeling)] = number
    return found


def _librarian(world: DemoWorld) -> DemoPerson:
    """Somebody of the staff of the cast's university, whom nobody of the cast has muted or blocked."""
    home = world.person("alice").university_id
    known = {world.person(name).id for name in (*CAST, "dora", "admin")}
    apart = {person for pair in world.apart for person in pair} | known | world.private
    staff = [one for one in world.people if one.role == "staff" and one.university_id == home and one.id not in apart]
    return next((one for one in staff if one.language == "en"), world.person("bob"))


def _authors(made: Kinds) -> Iterator[DemoPerson]:
    """Two of the cast first, then others who write English and in the open."""
    world, draw = made.world, made.draw
    yield from (world.person(name) for name in draw.sample(CAST, 2))
    open_ones = [one for one in world.people if one.language == "en" and one.id not in world.private]
    yield from draw.sample(open_ones, min(len(open_ones), 40))


def _write_one(made: Kinds, author: DemoPerson, kind: str, line: str) -> None:
    moment = made.ago(days=min(DAYS, made.draw.expovariate(1 / 7)), minutes=20)
    audience = made.draw.choice([Audience.CAMPUS, Audience.PUBLIC])
    first, *rest = (part.strip() for part in line.split(" | "))
    if kind == "poll":
        _asked(made, author, audience, line, moment)
        return
    post = made.keep(made.post(author, audience, rest[0] if rest else first, moment), kind, line)
    if kind == "warned":
        post.warning = first
    elif kind == "link":
        post.link_card = media.want_card(url=first_link(post.body))  # there already (media.demo)
    elif kind == "edited":
        post.version, post.edited_at = 2, moment_between(made.draw, moment, made.world.now)
        made.revisions.append(Revision(post=post, number=1, body=first, written_at=moment))


def _asked(made: Kinds, author: DemoPerson, audience: int, line: str, moment: datetime) -> Post:
    """A post with a poll. What was asked longer ago than it was to be open is closed by now."""
    body, question, *answers = (part.strip() for part in line.split(" | "))
    post = made.keep(made.post(author, audience, body, moment), "poll", line)
    post.has_poll = True
    closes_at = moment + timedelta(hours=made.draw.choice([24, 48, 72]))
    poll = Poll(
        post=post,
        question=question,
        is_multiple="Several answers" in body,
        is_anonymous=made.draw.random() < 0.7,
        hides_results=made.draw.random() < 0.4,
        closes_at=closes_at,
        closed_at=closes_at if closes_at <= made.world.now else None,
    )
    made.polls.append(poll)
    made.options += [PollOption(poll=poll, place=place, text=answer) for place, answer in enumerate(answers)]
    return post


def _vote(made: Kinds, poll: Poll) -> None:
    draw, readers = made.draw, made.circle.readers(poll.post)
    options = [option for option in made.options if option.poll_id == poll.pk]
    until, weights = min(poll.closes_at, made.world.now), [draw.uniform(0.2, 1) for _ in options]
    voters = draw.sample(readers, int(len(readers) * VOTERS * draw.random()))
    for person in voters:
        chosen = {draw.choices(range(len(options)), weights)[0] for _ in range(2 if poll.is_multiple else 1)}
        at = moment_between(draw, poll.post.created_at, until)
        made.ballots.append(Ballot(poll=poll, person_id=person, choices=sorted(chosen), created_at=at))
        for place in chosen:
            options[place].vote_count += 1
    poll.voter_count = len(voters)


def _quote(made: Kinds, posts: Sequence[Post]) -> None:
    for line, (author, original) in zip(made.lines["post.quote"], _passing_on(made, posts), strict=False):
        moment = moment_between(made.draw, original.created_at, made.world.now)
        quote = made.keep(made.post(author, original.audience, line, moment), "quote", line)
        quote.quoted_id, quote.is_quote = original.pk, True
        original.repost_count += 1


def _repost(made: Kinds, posts: Sequence[Post]) -> None:
    known: set[tuple[int, int]] = set()
    for author, original in _passing_on(made, posts):
        if len(made.reposts) == REPOSTS:
            break
        if (author.id, original.pk) in known:
            continue
        known.add((author.id, original.pk))
        moment = moment_between(made.draw, original.created_at, made.world.now)
        repost = made.post(author, original.audience, "", moment)
        repost.repost_of_id = original.pk
        original.repost_count += 1
        made.reposts.append(repost)


def _passing_on(made: Kinds, posts: Sequence[Post]) -> Iterator[tuple[DemoPerson, Post]]:
    """Without end: somebody, and a post that they may see, and pass on to the very people it was written for."""
    circle, private = made.circle, made.world.private
    passable = (Audience.PUBLIC, Audience.CAMPUS)
    open_ones = [post for post in posts if post.audience in passable and post.author_id not in private]
    weights = [1 + len(circle.followers.get(post.author_id, [])) for post in open_ones]
    while True:
        [original] = made.draw.choices(open_ones, weights)
        readers = [one for one in circle.readers(original) if one not in private]
        if readers:
            yield circle.by_id[made.draw.choice(readers)], original


def _pins(world: DemoWorld, posts: Sequence[Post]) -> list[Pin]:
    """What some of the cast like best of what everybody may see of theirs."""
    pins = []
    for name, number in PINNED.items():
        author = world.person(name).id
        own = [post for post in posts if post.author_id == author and post.audience == Audience.PUBLIC]
        best = sorted(own, key=lambda post: (-post.reaction_count, post.pk))[:number]
        pins += [Pin(post_id=post.pk, author_id=author, created_at=world.now) for post in best]
    return pins
