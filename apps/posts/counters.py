"""Counters stand on the row they count and are changed with it (PO3). Here they are counted anew."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from apps.posts.models import Ballot, Comment, CommentReaction, Post, Reaction

# How many of each word, as the rows keep it: {"1": 12}. A word that nobody says any more may stand there with a 0.
_WORDS = """
    SELECT {of}, jsonb_object_agg(feeling::text, n)
    FROM (SELECT {of}, feeling, count(*) AS n FROM {table} GROUP BY {of}, feeling) s GROUP BY {of}"""
_SAID = (
    "(SELECT coalesce(jsonb_object_agg(key, value), '{}'::jsonb) FROM jsonb_each(t.reactions)"
    " WHERE value <> '0'::jsonb)"
)


@dataclass(frozen=True, slots=True)
class _Counter:
    """A column, and the statement that counts it: rows of (id, how many)."""

    table: str
    column: str
    counted: str
    key: str = "id"
    none: str = "0"
    now: str = ""  # how the column is compared; as it is when empty
    owner: str = ""  # the column that says of which post or comment the row is; the key when empty

    def wrong(self) -> str:
        return (
            f"SELECT t.{self.key} AS id, c.n FROM {self.table} t LEFT JOIN ({self.counted}) c (id, n)"
            f" ON c.id = t.{self.key}"
            f" WHERE {self.now or f't.{self.column}'} <> coalesce(c.n, {self.none})"
            f" AND (%(all)s OR t.{self.owner or self.key} = ANY (%(ids)s))"
        )

    def repair(self) -> str:
        return (
            f"UPDATE {self.table} t SET {self.column} = coalesce(w.n, {self.none}) FROM ({self.wrong()}) w"
            f" WHERE t.{self.key} = w.id"
        )


_OF_POSTS = {
    "reactions to posts": _Counter(
        "posts_post", "reaction_count", "SELECT post_id, count(*) FROM posts_reaction GROUP BY post_id"
    ),
    "words of reactions to posts": _Counter(
        "posts_post", "reactions", _WORDS.format(of="post_id", table="posts_reaction"), none="'{}'::jsonb", now=_SAID
    ),
    "comments": _Counter(
        "posts_post",
        "comment_count",
        "SELECT post_id, count(*) FROM posts_comment WHERE deleted_at IS NULL AND hidden_at IS NULL GROUP BY post_id",
    ),
    "reposts and quotes": _Counter(
        "posts_post",
        "repost_count",
        "SELECT coalesce(repost_of_id, quoted_id), count(*) FROM posts_post"
        " WHERE (repost_of_id IS NOT NULL OR quoted_id IS NOT NULL)"
        " AND deleted_at IS NULL AND hidden_at IS NULL AND detached_at IS NULL GROUP BY 1",
    ),
    "voters": _Counter(
        "posts_poll", "voter_count", "SELECT poll_id, count(*) FROM posts_ballot GROUP BY poll_id", key="post_id"
    ),
    "votes": _Counter(
        "posts_polloption",
        "vote_count",
        "SELECT o.id, count(*) FROM posts_polloption o JOIN posts_ballot b ON b.poll_id = o.poll_id"
        " AND o.place = ANY (b.choices) GROUP BY o.id",
        owner="poll_id",
    ),
}
_OF_COMMENTS = {
    "reactions to comments": _Counter(
        "posts_comment", "reaction_count", "SELECT comment_id, count(*) FROM posts_commentreaction GROUP BY comment_id"
    ),
    "words of reactions to comments": _Counter(
        "posts_comment",
        "reactions",
        _WORDS.format(of="comment_id", table="posts_commentreaction"),
        none="'{}'::jsonb",
        now=_SAID,
    ),
}
_COUNTERS = _OF_POSTS | _OF_COMMENTS
# What is counted is locked before what carries the numbers, as every write does it, so that nobody waits in a circle.
_LOCK = "LOCK TABLE posts_reaction, posts_commentreaction, posts_ballot, posts_comment, posts_post IN {} MODE"
_HELD = (
    *(("posts_post", "id", "post"), ("posts_poll", "post_id", "post"), ("posts_polloption", "poll_id", "post")),
    ("posts_comment", "id", "comment"),
)
_ALL = {"all": True, "ids": []}


def wrong() -> dict[str, int]:
    """How many rows have a counter that is not what counting gives, by what is counted."""
    return {name: _run(counter.wrong(), _ALL) for name, counter in _COUNTERS.items()}


@transaction.atomic
def rebuild() -> dict[str, int]:
    """Puts right what is wrong; returns how many rows that were. Writes of posts wait for a moment meanwhile."""
    _run(_LOCK.format("SHARE ROW EXCLUSIVE"), {})
    return {name: _run(counter.repair(), _ALL) for name, counter in _COUNTERS.items()}


def counted_of(people: Iterable[int]) -> tuple[set[int], set[int]]:
    """The posts and the comments of others on which these people are counted, for who is about to delete them."""
    ids = list(people)
    own = Post.objects.filter(author__in=ids)
    posts = [
        *Reaction.objects.filter(person__in=ids).values_list("post", flat=True),
        *Comment.objects.filter(author__in=ids).values_list("post", flat=True),
        *Ballot.objects.filter(person__in=ids).values_list("poll", flat=True),
        *own.exclude(repost_of=None).values_list("repost_of", flat=True),
        *own.exclude(quoted=None).values_list("quoted", flat=True),
    ]
    comments = CommentReaction.objects.filter(person__in=ids).values_list("comment", flat=True)
    return {pk for pk in posts if pk is not None}, set(comments)


@transaction.atomic
def recount(*, posts: Iterable[int], comments: Iterable[int] = ()) -> None:
    """Counts these anew, for who has just deleted rows that were counted there, such as all of one person's.

    The caller's transaction holds what it deleted; reactions and comments that come in meanwhile wait for it.
    """
    given = {table: {"all": False, "ids": sorted(ids)} for table, ids in (("post", posts), ("comment", comments))}
    for table, key, whose in _HELD:
        _run(f"SELECT {key} FROM {table} WHERE {key} = ANY (%(ids)s) ORDER BY {key} FOR NO KEY UPDATE", given[whose])
    for whose, counters in (("post", _OF_POSTS), ("comment", _OF_COMMENTS)):
        for counter in counters.values():
            _run(counter.repair(), given[whose])


def _run(statement: str, values: dict[str, Any]) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(statement, values)
        return max(int(cursor.rowcount), 0)
