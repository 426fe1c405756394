"""Counters stand on the row they count and are changed with it (PO3). Here they are counted anew."""

from django.db import connection, transaction

# What is counted, where it stands, and how it is counted.
_COUNTERS = {
    "likes of posts": ("posts_post", "like_count", "SELECT post_id, count(*) FROM posts_like GROUP BY post_id"),
    "comments": (
        "posts_post",
        "comment_count",
        "SELECT post_id, count(*) FROM posts_comment WHERE deleted_at IS NULL AND hidden_at IS NULL GROUP BY post_id",
    ),
    "likes of comments": (
        "posts_comment",
        "like_count",
        "SELECT comment_id, count(*) FROM posts_commentlike GROUP BY comment_id",
    ),
}


def wrong() -> dict[str, int]:
    """How many rows have a counter that is not what counting gives, by what is counted."""
    return {name: _run(_wrong(*parts)) for name, parts in _COUNTERS.items()}


@transaction.atomic
def rebuild() -> dict[str, int]:
    """Puts right what is wrong; returns how many rows that were. Likes and comments wait for a moment meanwhile."""
    _run("LOCK TABLE posts_like, posts_commentlike, posts_comment IN SHARE ROW EXCLUSIVE MODE")
    return {name: _run(_repair(*parts)) for name, parts in _COUNTERS.items()}


def _wrong(table: str, column: str, counted: str) -> str:
    return (
        f"SELECT t.id FROM {table} t LEFT JOIN ({counted}) c (id, n) ON c.id = t.id"
        f" WHERE t.{column} <> coalesce(c.n, 0)"
    )


def _repair(table: str, column: str, counted: str) -> str:
    return (
        f"UPDATE {table} t SET {column} = coalesce(c.n, 0) FROM ({_wrong(table, column, counted)}) w"
        f" LEFT JOIN ({counted}) c (id, n) ON c.id = w.id WHERE t.id = w.id"
    )


def _run(statement: str) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(statement)
        return max(int(cursor.rowcount), 0)
