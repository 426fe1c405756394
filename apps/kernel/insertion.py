"""INSERT of one row, in words that are the same each time.

`save` and `bulk_create` put the statement together anew for every row, which costs more than to run it; and neither
says whether a row was made where another stood in the way.
"""

from typing import Any

from django.db import connection
from django.db.models import Field, Model
from django.db.models.expressions import DatabaseDefault
from psycopg.types.numeric import Int8


def insert_once(row: Model) -> bool:
    """Inserts the row; False, and nothing done, when one of its unique keys is taken.

    What the database fills in (`db_default`) is read back. No signals are sent: nothing of ours listens to any.
    """
    given: dict[str, Any] = {}
    filled: list[Field[Any, Any]] = []
    for field in row._meta.local_concrete_fields:
        value = field.pre_save(row, add=True)
        if isinstance(value, DatabaseDefault):
            filled.append(field)
        else:
            given[_quoted(field.column)] = _plain(field.get_db_prep_save(value, connection))
    columns, places = ", ".join(given), ", ".join(["%s"] * len(given))
    read_back = ", ".join(_quoted(field.column) for field in filled or [row._meta.pk])
    words = f"INSERT INTO {_quoted(row._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608  names of models
    with connection.cursor() as cursor:
        cursor.execute(f"{words} ON CONFLICT DO NOTHING RETURNING {read_back}", list(given.values()))
        made = cursor.fetchone()
    if made is None:
        return False
    for field, value in zip(filled, made, strict=False):  # without any, the key alone came back
        setattr(row, field.attname, value)
    row._state.adding, row._state.db = False, "default"
    return True


def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(name or "")


def _plain(value: Any) -> Any:
    """PostgreSQL keeps a plan for each type of a number, which Python would choose by its size (statements.py)."""
    return Int8(value) if isinstance(value, int) and not isinstance(value, bool) else value
