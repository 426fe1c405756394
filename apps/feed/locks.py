"""Who may write to which timelines at the same time. No unique key keeps a row from standing twice, these locks do.

Each transaction that writes rows holds, until it ends, in this order: everything, its readers, its authors by id.

- A fan-out of a new post shares its author: many run at once, each of another post.
- Whatever changes whom an author's posts are for (a follow, a circle, a post that comes back or is for fewer) has the
  author alone, so it sees what a fan-out before it has written, and one after it sees what it has written.
- Whoever builds a timeline anew has the reader and every author the reader follows, or everything, alone.

All others share everything. They are transaction locks of PostgreSQL on numbers, and cost no row.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection

MOST = 500  # authors held one by one; PostgreSQL has room for some thousand locks in all
_KEY = "hashtextextended('feed {kind}', {of}::bigint)"
_ALL = _KEY.format(kind="all", of="0")
_READER, _AUTHOR = _KEY.format(kind="reader", of="id"), _KEY.format(kind="author", of="id")
# A worker may wait for as long as a statement may take (statement_timeout), then the outbox tries again.
_PATIENT = "set_config('lock_timeout', '60s', true)"


def share(author_id: int) -> None:
    """For a fan-out: waits for who has this author, or everything, alone."""
    author = _KEY.format(kind="author", of="%s")
    _run(
        f"SELECT {_PATIENT}, pg_advisory_xact_lock_shared({_ALL}), pg_advisory_xact_lock_shared({author})", [author_id]
    )


def hold(*, authors: Iterable[int] = (), readers: Iterable[int] = ()) -> None:
    """These alone, for a worker."""
    _run(f"SELECT {_PATIENT}, pg_advisory_xact_lock_shared({_ALL})", [])
    _hold_each(_READER, readers)
    _hold_each(_AUTHOR, authors)


def hold_reader(reader_id: int) -> None:
    """One reader with every author they follow, as it is once the reader is held: a follow made later waits.

    Waits for no longer than a page may (lock_timeout).
    """
    if len(_followed(reader_id)) > MOST:
        _run(f"SELECT pg_advisory_xact_lock({_ALL})", [])
        return
    _run(f"SELECT pg_advisory_xact_lock_shared({_ALL})", [])
    _hold_each(_READER, [reader_id])
    _hold_each(_AUTHOR, [reader_id, *_followed(reader_id)])


def hold_all() -> None:
    """Everything alone: nobody else writes to any timeline until the transaction ends."""
    _run(f"SELECT {_PATIENT}, pg_advisory_xact_lock({_ALL})", [])


def _hold_each(key: str, ids: Iterable[int]) -> None:
    """In the order of their ids, which OFFSET 0 keeps."""
    if wanted := sorted(set(ids)):
        _run(f"SELECT pg_advisory_xact_lock({key}) FROM (SELECT unnest(%s::bigint[]) AS id OFFSET 0) one", [wanted])


def _followed(reader_id: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT followee_id FROM graph_follow WHERE follower_id = %s", [reader_id])
        return [author for (author,) in cursor.fetchall()]


def _run(statement: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
