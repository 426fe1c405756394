"""Posts for a seeded crowd over the last three months: texts of 4 to 60 words, hashtags, polls, quotes and reposts.

Counters are drawn, more of them for who has more followers, and agree with one another. Rows of reactions and comments
stand behind those of a sample only (SAMPLE posts of the last days), votes behind none: `rebuild_counters` would
show it.
"""

import random
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from math import sqrt

from django.db import connection

from apps.kernel.demo import dated_id
from apps.kernel.ids import EPOCH_MS, RANDOM_BITS
from apps.kernel.seeding import Crowd, copy_rows
from apps.posts import rendering
from apps.posts.models import STEP, Audience, Comment, Hashtag, Poll, PollOption, Post, PostTag, Reaction

DAYS = 88  # not longer than the crowd is here (Crowd.since)
PUBLIC = Audience.PUBLIC.value
AUDIENCES = [Audience.CAMPUS.value, Audience.CAMPUS.value, PUBLIC, Audience.FOLLOWERS.value]
PASSED_ON, REPOSTED = 0.08, 5 / 8  # of all posts; of these, reposts: the others are quotes
POLLS, TAGGED = 0.02, 0.3  # of the posts with a text
TAGS, VOCABULARY = 5_000, 20_000  # both drawn by Zipf's law
FLOW = 200_000  # words in a row, from which every text takes a piece
SAMPLE, SAMPLED_DAYS = 2_000, 3
POOL = 20_000  # posts that may be passed on, at a time
WORDS = [
    "the",
    "a",
    "and",
    "in",
    "of",
    "to",
    "for",
    "we",
    "it",
    "is",
    "at",
    "on",
    "with",
    "this",
    "that",
    "who",
    "has",
    "my",
    "one",
    "not",
    "lecture",
    "canteen",
    "library",
    "exam",
    "garden",
    "bicycle",
    "essay",
    "tutor",
    "lake",
    "choir",
    "soup",
    "lost",
    "found",
    "free",
    "room",
    "tonight",
    "tomorrow",
    "notes",
    "thesis",
    "lab",
    "bus",
    "train",
    "ticket",
    "coffee",
    "book",
    "chess",
    "film",
    "match",
    "rain",
    "sun",
    "desk",
    "chair",
    "key",
    "card",
    "phone",
    "guitar",
    "dance",
    "run",
    "swim",
    "climb",
    "kitchen",
    "market",
]
COLUMNS = ["id", "author_id", "university_id", "audience", "body", "body_html", "repost_of_id", "quoted_id", "is_quote"]
COLUMNS += ["has_poll", "reaction_count", "reactions", "comment_count", "repost_count", "version", "key", "created_at"]
COMMENT = ["id", "post_id", "author_id", "parent_id", "depth", "path", "body", "body_html", "reaction_count", "key"]
COMMENT += ["created_at"]
NULL, BEGIN, END = "\\N", '<p dir="auto">', "</p>"


def fill(crowd: Crowd) -> None:
    if not crowd.posts:
        return
    writer = _Writer(crowd, random.Random(crowd.seed), _tags(crowd), *_authors(crowd))
    copy_rows(Post, COLUMNS, writer.posts(), crowd.say)
    copy_rows(PostTag, ["post_id", "tag_id", "created_at"], writer.tag_edges(), crowd.say)
    copy_rows(
        Poll,
        [
            "post_id",
            "question",
            "is_multiple",
            "is_anonymous",
            "hides_results",
            "closes_at",
            "closed_at",
            "voter_count",
        ],
        writer.polls(),
        crowd.say,
    )
    copy_rows(PollOption, ["poll_id", "place", "text", "vote_count"], writer.options(), crowd.say)
    copy_rows(Comment, COMMENT, writer.comments(), crowd.say)
    copy_rows(Reaction, ["person_id", "post_id", "feeling", "created_at"], writer.reactions(), crowd.say)


def _authors(crowd: Crowd) -> tuple[list[int], list[int]]:
    """University and number of followers of each place."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT u.university_id, coalesce(c.followers, 0) FROM accounts_user u"
            " LEFT JOIN graph_followcount c ON c.person_id = u.id WHERE u.id BETWEEN %s AND %s ORDER BY u.id",
            [crowd.ids.start, crowd.ids.stop - 1],
        )
        rows = cursor.fetchall()
    return [university for university, _followers in rows], [followers for _university, followers in rows]


def _tags(crowd: Crowd) -> list[tuple[int, str, str]]:
    """Id, text and HTML of each hashtag, the most used first. A small crowd has fewer."""
    names = [f"{WORDS[number % len(WORDS)]}{number}" for number in range(min(TAGS, 10 * crowd.size))]
    Hashtag.objects.bulk_create([Hashtag(name=name) for name in names], ignore_conflicts=True)
    ids = dict(Hashtag.objects.filter(name__in=names).values_list("name", "pk"))
    return [(ids[name], f"#{name}", _inside(f"#{name}")) for name in names]


def _inside(text: str) -> str:
    """What stands between the marks of a paragraph."""
    return rendering.render(text).removeprefix(BEGIN).removesuffix(END)


def time_of(post_id: int) -> datetime:
    """To the millisecond."""
    return datetime.fromtimestamp(((post_id >> RANDOM_BITS) + EPOCH_MS) / 1000, UTC)


def _by_rank(size: int) -> list[float]:
    """Weights of Zipf's law, added up."""
    return list(accumulate(1 / (rank + 3) for rank in range(size)))


@dataclass(slots=True)
class _Sampled:
    """A post that has rows of reactions and comments."""

    post_id: int
    moment: datetime
    reactions: dict[int, int]
    comments: int


@dataclass(slots=True)
class _Writer:
    """The lines of every table. Asks the database nothing: the connection is busy copying."""

    crowd: Crowd
    draw: random.Random
    tags: list[tuple[int, str, str]]
    homes: list[int]
    followers: list[int]
    flow: list[str] = field(default_factory=list)
    usual: float = 1.0  # the square root of how many followers somebody has, on average
    pool: list[tuple[int, datetime]] = field(default_factory=list)  # what may be passed on
    reposted: set[tuple[int, int]] = field(default_factory=set)  # nobody reposts twice
    tagged: "array[int]" = field(default_factory=lambda: array("q"))  # post, place of the tag, …
    asked: list[tuple[int, datetime, int]] = field(default_factory=list)  # polls: post, time, voters
    sampled: list[_Sampled] = field(default_factory=list)

    def __post_init__(self) -> None:
        syllables = ["ba", "ne", "ri", "to", "lu", "sha", "mer", "kin", "do", "var"]
        made = ("".join(self.draw.choices(syllables, k=self.draw.randint(2, 4))) for _ in range(VOCABULARY))
        words = [*WORDS, *made]
        self.flow = self.draw.choices(words, cum_weights=_by_rank(len(words)), k=FLOW)
        self.usual = sum(sqrt(count + 1) for count in self.followers) / len(self.followers)

    def posts(self) -> Iterator[str]:
        for place, author in enumerate(self.crowd.ids):
            for _ in range(self._number(place)):
                yield self._passed_on(place, author) if self.draw.random() < PASSED_ON else self._own(place, author)

    def _number(self, place: int) -> int:
        """As many as was asked for on average; a third of all is by who has many followers, within reason."""
        weight = 2 / 3 + min(18, sqrt(self.followers[place] + 1) / self.usual) / 3
        return int(self.crowd.posts * weight + self.draw.random())

    def _own(self, place: int, author: int) -> str:
        draw = self.draw
        post_id = dated_id(self.crowd.now - timedelta(seconds=draw.random() * DAYS * 86_400), draw)
        moment, audience = time_of(post_id), AUDIENCES[int(draw.random() * len(AUDIENCES))]
        reactions, comments, shares = self._counters(place)
        has_poll = draw.random() < POLLS
        if has_poll:
            self.asked.append((post_id, moment, sum(reactions.values())))
        if audience == PUBLIC:
            self._offer(_Sampled(post_id, moment, reactions, comments))
        row = (post_id, author, self.homes[place], audience, *self._text(post_id), NULL, NULL, "f", "ft"[has_poll])
        return self._line(row, reactions, comments, shares, moment)

    def _passed_on(self, place: int, author: int) -> str:
        """A repost or a quote of something older; an own post while there is nothing."""
        if not self.pool:
            return self._own(place, author)
        draw = self.draw
        target, at = self.pool[int(draw.random() * len(self.pool))]
        post_id = dated_id(min(self.crowd.now, at + timedelta(hours=draw.expovariate(1 / 12))), draw)
        moment = time_of(post_id)
        if draw.random() < REPOSTED and (author, target) not in self.reposted:
            self.reposted.add((author, target))
            row: tuple[object, ...] = (post_id, author, self.homes[place], PUBLIC, "", "", target, NULL, "f", "f")
            return self._line(row, {}, 0, 0, moment)
        row = (post_id, author, self.homes[place], PUBLIC, *self._text(post_id), NULL, target, "t", "f")
        return self._line(row, *self._counters(place), moment)

    def _line(
        self, row: tuple[object, ...], reactions: dict[int, int], comments: int, shares: int, moment: datetime
    ) -> str:
        said = ", ".join(f'"{feeling}": {count}' for feeling, count in reactions.items())
        begin = "\t".join(map(str, row))
        return (
            f"{begin}\t{sum(reactions.values())}\t{{{said}}}\t{comments}\t{shares}\t1"
            f"\t{self.draw.getrandbits(128):032x}\t{moment.isoformat()}\n"
        )

    def _text(self, post_id: int) -> tuple[str, str]:
        """A body and its HTML, as kernel.text would render it; every third has hashtags at its end."""
        draw = self.draw
        start, length = int(draw.random() * (FLOW - 60)), min(60, max(4, int(draw.lognormvariate(2.7, 0.7))))
        words = self.flow[start : start + length]
        if length < 40:
            body = " ".join(words)
            html = body
        else:
            parts = " ".join(words[:24]), " ".join(words[24:])
            body, html = "\\n\\n".join(parts), f"{END}{BEGIN}".join(parts)
        if draw.random() < TAGGED:
            for place in {min(int(len(self.tags) ** draw.random()) - 1, len(self.tags) - 1) for _ in range(2)}:
                self.tagged.extend((post_id, place))
                body, html = f"{body} {self.tags[place][1]}", f"{html} {self.tags[place][2]}"
        return body, f"{BEGIN}{html}{END}"

    def _counters(self, place: int) -> tuple[dict[int, int], int, int]:
        """Reactions of each kind, comments, reposts."""
        draw = self.draw
        felt = int((0.8 + self.followers[place] * 0.02) * draw.expovariate(1))
        comments = int(felt * 0.15 + draw.random() ** 4 * 3)
        if not felt:
            return {}, comments, 0
        likes = felt - int(felt * 0.3 * draw.random())
        reactions = {1: likes} | ({draw.randint(2, 6): felt - likes} if felt > likes else {})
        return reactions, comments, int(felt * 0.05)

    def _offer(self, post: _Sampled) -> None:
        """May be passed on from now on, and, when it is new and talked about, gets rows of its talk."""
        if len(self.pool) < POOL:
            self.pool.append((post.post_id, post.moment))
        else:
            self.pool[int(self.draw.random() * POOL)] = post.post_id, post.moment
        is_new = post.moment > self.crowd.now - timedelta(days=SAMPLED_DAYS)
        if is_new and 1 <= post.comments <= 40 and len(self.sampled) < SAMPLE:
            self.sampled.append(post)

    def tag_edges(self) -> Iterator[str]:
        for at in range(0, len(self.tagged), 2):
            post_id, place = self.tagged[at], self.tagged[at + 1]
            yield f"{post_id}\t{self.tags[place][0]}\t{time_of(post_id).isoformat()}\n"

    def polls(self) -> Iterator[str]:
        for post_id, moment, voters in self.asked:
            end = moment + timedelta(days=3)
            closed = end.isoformat() if end < self.crowd.now else NULL
            yield f"{post_id}\tWhich one?\tf\tt\tf\t{end.isoformat()}\t{closed}\t{voters}\n"

    def options(self) -> Iterator[str]:
        for post_id, _moment, voters in self.asked:
            first = voters // 2
            for place, votes in enumerate([first, voters - first, 0]):
                yield f"{post_id}\t{place}\t{WORDS[20 + (post_id + place) % 40]}\t{votes}\n"

    def comments(self) -> Iterator[str]:
        """Every second one answers the one before it."""
        draw = self.draw
        for post in self.sampled:
            before: tuple[int, str, datetime] | None = None
            for _ in range(post.comments):
                parent, path, since = before or (NULL, "", post.moment)
                moment = since + (self.crowd.now - since) * draw.random()
                comment_id, author = dated_id(moment, draw), draw.choice(self.crowd.ids)
                path = f"{path}{comment_id:0{STEP}x}"
                start = int(draw.random() * (FLOW - 60))
                body = " ".join(self.flow[start : start + draw.randint(2, 30)])
                yield (
                    f"{comment_id}\t{post.post_id}\t{author}\t{parent}\t{int(before is not None)}\t{path}\t{body}"
                    f"\t{BEGIN}{body}{END}\t0\t{draw.getrandbits(128):032x}\t{moment.isoformat()}\n"
                )
                before = (comment_id, path, moment) if before is None else None

    def reactions(self) -> Iterator[str]:
        for post in self.sampled:
            feelings = [feeling for feeling, count in post.reactions.items() for _ in range(count)]
            people = self.draw.sample(self.crowd.ids, min(len(feelings), self.crowd.size))
            for person, feeling in zip(people, feelings, strict=False):
                yield f"{person}\t{post.post_id}\t{feeling}\t{self.crowd.now.isoformat()}\n"
