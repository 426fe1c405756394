"""Querysets that are put into words once, and run with other values after that.

Building a queryset of several conditions and writing its SQL takes Django several milliseconds, each time, of a page
that may take eight. A Statement lets Django do it once for each shape, with values that nobody has standing for the
ones that change, and then only runs it. The rows become what Django makes of them, with `select_related`, `only` and
annotations as they always are.

    @statement
    def _by(kind: graph.Kind, *, author: int, **ids: int) -> QuerySet[Post]:
        return Post.objects.visible_to(graph.stand_in(kind, ids)).filter(author=author)

    _by(graph.kind_of(viewer), author=person.pk, **graph.ids_of(viewer))

What comes by position shapes the queryset and must be hashable; what comes by name is only a value: the function passes
it on and does nothing else with it. A value that does not arrive in the SQL as it was given is a TypeError, and so is a
moment that the function takes from the clock, which would stand still.
"""

import datetime as dt
import hashlib
import re
import uuid
from collections import namedtuple
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    NamedValuesListIterable,
    get_related_populators,
)
from psycopg.types.numeric import Int8

M = TypeVar("M", bound=Model)
FIRST = -1_000_001  # of the numbers nobody has
NEVER = dt.datetime(1, 1, 2, tzinfo=dt.UTC)  # and the first of the moments


class Statement(Generic[M]):
    """Called like the function it was made from; returns what a list of the queryset would be. One query.

    PostgreSQL keeps the plan of a statement that it has run five times, unless it hopes to do better by planning anew
    for the very values, which for a page of posts takes longer than to run it. `planned_once` hides numbers from it, so
    that there is nothing to hope for.
    """

    def __init__(self, build: Callable[..., QuerySet[M]], *, planned_once: bool = False) -> None:
        self.build, self.planned_once = build, planned_once
        self._known: dict[tuple[Hashable, ...], _Written] = {}

    def __call__(self, *shape: Hashable, **values: Any) -> list[Any]:
        with self._run(shape, values) as (cursor, written):
            return written.read(cursor.fetchall())

    def digest(self, *shape: Hashable, **values: Any) -> bytes:
        """That of the rows as PostgreSQL sends them, in whatever order: the same until one of them changes. Nothing is
        made of them, so it costs half of a call. One query.
        """
        with self._run(shape, values) as (cursor, _written):
            return _digest(cursor.pgresult)

    def both(self, *shape: Hashable, **values: Any) -> tuple[list[Any], Callable[[], bytes]]:
        """What a call returns, and how to get the digest of that. One query."""
        with self._run(shape, values) as (cursor, written):
            return written.read(cursor.fetchall()), partial(_digest, cursor.pgresult)

    def first(self, *shape: Hashable, **values: Any) -> Any | None:
        """The first row, of a statement that asks for no more than a few."""
        found = self(*shape, **values)
        return found[0] if found else None

    @contextmanager
    def _run(self, shape: tuple[Hashable, ...], values: dict[str, Any]) -> Iterator[tuple[Any, "_Written"]]:
        key = (*shape, *((name, type(value)) for name, value in values.items()))
        written = self._known.get(key)
        if written is None:
            written = self._known[key] = self._write(shape, values)
        # PostgreSQL keeps a plan for each type of a number, which Python would choose by its size.
        typed = {name: Int8(value) if isinstance(value, int) else value for name, value in values.items()}
        with connection.cursor() as cursor:
            cursor.execute(written.sql, typed | written.constants)
            yield cursor, written

    def _write(self, shape: tuple[Hashable, ...], values: dict[str, Any]) -> "_Written":
        stand_ins = {name: _stand_in(value, place) for place, (name, value) in enumerate(values.items())}
        queryset = self.build(*shape, **stand_ins)
        compiler = queryset.query.get_compiler("default")
        sql, places = compiler.as_sql()
        names = {_mark(value): name for name, value in stand_ins.items() if value is not None}
        constants: dict[str, Any] = {}
        words = [_word(names.get(_mark(value)), value, constants) for value in places]
        if lost := {name for name in names.values() if f"%({name})s" not in words}:
            raise TypeError(f"{self.build.__name__} does not pass on {', '.join(sorted(lost))} as given.")
        if self.planned_once:
            numbers = {f"%({name})s" for name, value in values.items() if isinstance(value, int)}
            words = [f"(SELECT {word})" if word in numbers else word for word in words]
        left = iter(words)
        return _Written(re.sub("%s", lambda _place: next(left), sql), constants, _reader(queryset, compiler))


@dataclass(frozen=True, slots=True)
class _Written:
    sql: str
    constants: dict[str, Any]
    read: Callable[[Sequence[tuple[Any, ...]]], list[Any]]


def statement(build: Callable[..., QuerySet[M]]) -> Statement[M]:
    return Statement(build)


def _word(name: str | None, value: object, constants: dict[str, Any]) -> str:
    """How a value is written into the SQL: by its name, or as it is where it is the same for everybody."""
    if name is None:
        if isinstance(value, bool | int):
            return str(value if isinstance(value, bool) else int(value))
        if isinstance(value, dt.date):
            raise TypeError(f"{value} is written down for good: give a moment as a value.")
        name = f"constant_{len(constants)}"
        constants[name] = value
    return f"%({name})s"


def _reader(queryset: QuerySet[Any], compiler: Any) -> Callable[[Sequence[tuple[Any, ...]]], list[Any]]:
    """From rows to what iterating over the queryset gives (django.db.models.query, ModelIterable and its kin)."""
    fields = [column[0] for column in compiler.select[: compiler.col_count]]
    if compiler.has_composite_fields(fields):
        raise TypeError("A key of several columns cannot be read by a statement.")
    converters = compiler.get_converters(fields)

    def converted(rows: Sequence[tuple[Any, ...]]) -> Iterable[Sequence[Any]]:
        return compiler.apply_converters(rows, converters) if converters else rows

    kind = queryset._iterable_class
    if issubclass(kind, ModelIterable):
        one = _instances(compiler)
        return lambda rows: [one(row) for row in converted(rows)]
    if issubclass(kind, FlatValuesListIterable):
        return lambda rows: [row[0] for row in converted(rows)]
    if issubclass(kind, NamedValuesListIterable):
        named = namedtuple("Row", queryset._fields)  # type: ignore[attr-defined, misc]  # the names that were asked for
        return lambda rows: [named._make(row) for row in converted(rows)]
    return lambda rows: [tuple(row) for row in converted(rows)]


def _instances(compiler: Any) -> Callable[[Sequence[Any]], Any]:
    select, info, annotated = compiler.select, compiler.klass_info, compiler.annotation_col_map or {}
    model, start, end = info["model"], info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column[0].target.attname for column in select[start:end]]
    related = get_related_populators(info, select, "default")  # type: ignore[call-arg]  # a later Django takes one more

    def one(row: Sequence[Any]) -> Any:
        made = instance(model, names, row[start:end])
        for populator in related:
            _populate(populator, row, made)
        for name, place in annotated.items():
            setattr(made, name, row[place])
        return made

    return one


def _digest(sent: Any) -> bytes:
    """Of what PostgreSQL sent, before anything is made of it."""
    columns = range(sent.nfields)
    rows = sorted(repr([sent.get_value(row, column) for column in columns]) for row in range(sent.ntuples))
    return hashlib.blake2b("".join(rows).encode(), digest_size=16).digest()


def instance(model: type[M], names: Iterable[str], values: Iterable[Any]) -> M:
    """What `from_db` makes, whose care for every field that was not asked for costs more than the query.

    `__init__` is not called and no signal sent: no model of ours has anything to do there.
    """
    one = model.__new__(model)
    one._state = ModelState()
    one._state.adding, one._state.db = False, "default"
    one.__dict__.update(zip(names, values, strict=True))
    return one


def _populate(populator: Any, row: Sequence[Any], made: Model) -> None:
    """RelatedPopulator.populate, with objects made by `instance`."""
    take = populator.reorder_for_init
    values = take(row) if take else row[populator.cols_start : populator.cols_end]
    found = None
    if values[populator.pk_idx] is not None:
        found = instance(populator.model_cls, populator.init_list, values)
        for further in populator.related_populators:
            _populate(further, row, found)
    populator.local_setter(made, found)
    if found is not None:
        populator.remote_setter(found, made)


def _stand_in(value: object, place: int) -> Any:
    """Of the same kind, so that Django writes the same SQL; None stays None, which is another SQL."""
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return FIRST - place
    if isinstance(value, str | list):  # a list is for RawSQL, which passes on what it gets
        return f"\ue000{place}"
    if isinstance(value, dt.datetime):
        return NEVER + dt.timedelta(days=place)
    if isinstance(value, uuid.UUID):
        return uuid.UUID(int=place)
    raise TypeError(f"{value!r} cannot stand in a statement.")


def _mark(value: object) -> tuple[type, object]:
    """Django wraps numbers in types of its own, which count as numbers."""
    if isinstance(value, int) and not isinstance(value, bool):
        return int, int(value)
    return type(value), repr(value) if isinstance(value, list | dict | set) else value
