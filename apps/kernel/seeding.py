"""Many rows fast, for trying the site at size: `seed_scale` and `import_graph`.

An app that has rows to give declares `seeding.py` with `fill(crowd)`; they are called from the lowest app up.
Nothing is disabled but the checks of foreign keys, which hold by construction; the plain indexes of a table that is
empty are made after its rows, at a third of the cost.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import Error, connection, models, transaction

from apps.kernel import registry

BLOCK = 20_000  # rows written at once
# How the people of a crowd are spread over universities, in every block of twenty places: eight at the first.
GROUPS = ((0, 8), (8, 13), (13, 16), (16, 18), (18, 20))
BLOCK_OF_GROUPS = 20
AWAY = 3  # blocks in ten whose people have not been here for weeks


@dataclass(frozen=True, slots=True)
class Crowd:
    """The people to make: their ids, without gaps, and what else hangs on them."""

    first_id: int
    size: int
    now: datetime
    say: Callable[[str], object]
    seed: int = 1
    posts: int = 0  # by each person
    edges: Path | None = None  # "a b" per line: a and b follow one another; else follows are drawn
    reach: tuple[int, ...] = ()  # the last places are authors with exactly so many followers, all of them here

    @property
    def since(self) -> datetime:
        """When they came and followed one another: before anything of theirs was posted."""
        return self.now - timedelta(days=90)

    @property
    def ids(self) -> range:
        return range(self.first_id, self.first_id + self.size)

    def group(self, place: int) -> int:
        """The number of the university of who stands at `place`; all of a real graph are of one."""
        if self.edges is not None:
            return 0
        within = place % BLOCK_OF_GROUPS
        return next(group for group, (_first, end) in enumerate(GROUPS) if within < end)

    def places_of_group(self, group: int) -> range:
        """Which places of every block are of that university."""
        return range(*GROUPS[group])

    def is_away(self, place: int) -> bool:
        """Whether nobody writes to that timeline. Authors of a set reach are here."""
        if self.edges is not None or place >= self.size - len(self.reach):
            return False
        return place // BLOCK_OF_GROUPS % 10 >= 10 - AWAY


def fill(crowd: Crowd) -> None:
    """Everything or nothing, in one transaction."""
    with transaction.atomic(), _unhindered():
        for module in reversed(registry.discover("seeding")):
            if module.__name__ != __name__:
                module.fill(crowd)
        refresh_statistics()


def copy_rows(
    model: type[models.Model], columns: Iterable[str], lines: Iterable[str], say: Callable[[str], object]
) -> int:
    """COPY of ready lines (tab-separated, ending in a line feed); returns their number. Values need no escaping."""
    table, names = model._meta.db_table, ", ".join(columns)
    count = 0
    with (
        _indexed_afterwards(table),
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
    ):
        for block in _blocks(lines):
            copy.write("".join(block))
            count += len(block)
            if count % (BLOCK * 50) == 0:
                say(f"  {table}: {count:,}")
    say(f"{table}: {count:,} rows")
    return count


@transaction.atomic
def next_id(model: type[models.Model], size: int) -> int:
    """The first of `size` ids that nobody else will get: the sequence is moved past them."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE " + model._meta.db_table + " IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {model._meta.db_table}")  # noqa: S608  a name of ours
        first = int(cursor.fetchone()[0]) + 1
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [model._meta.db_table, first + size - 1])
    return first


def read_edges(path: Path) -> Iterator[tuple[int, int]]:
    """The pairs of an edge list, "a b" per line, # for comments. ValueError with the line when it is none."""
    with path.open(encoding="ascii") as file:
        for at, line in enumerate(file, start=1):
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            if len(words) < 2 or not (words[0].isdigit() and words[1].isdigit()):
                raise ValueError(f"line {at} is not two numbers: {line.strip()[:40]!r}")
            yield int(words[0]), int(words[1])


def places_in(edges: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Number in the file to place in the crowd, in the order of the numbers."""
    numbers = sorted({number for edge in edges for number in edge})
    return {number: place for place, number in enumerate(numbers)}


def _blocks(lines: Iterable[str]) -> Iterator[list[str]]:
    block: list[str] = []
    for line in lines:
        block.append(line)
        if len(block) == BLOCK:
            yield block
            block = []
    if block:
        yield block


@contextmanager
def _unhindered() -> Iterator[None]:
    """No time limit; no foreign-key look-ups where the database lets us (a superuser's right: else it is slower)."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")  # for the indexes
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        try:
            with transaction.atomic():
                cursor.execute("SET LOCAL session_replication_role = replica")
        except Error:
            pass
    yield


@contextmanager
def _indexed_afterwards(table: str) -> Iterator[None]:
    """Does nothing unless the table is empty. Keys and constraints stay."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")  # noqa: S608  a name of ours
        made = []
        if not cursor.fetchone()[0]:
            cursor.execute(
                "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
                " WHERE i.indrelid = %s::regclass AND NOT i.indisunique AND NOT i.indisprimary",
                [table],
            )
            made = cursor.fetchall()
        for name, _statement in made:
            cursor.execute(f"DROP INDEX {name}")
        yield
        for _name, statement in made:
            cursor.execute(statement)


def refresh_statistics() -> None:
    """The planner must know of a million new rows at once, not when autovacuum comes by. Inside `fill` only."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
