"""Moments are read by psycopg itself.

Django puts a reader in Python before psycopg's compiled one, to give each moment the connection's zone. Ours is UTC, in
which psycopg gives them already: the same values for a tenth of the time, on pages that read thirty and in rankings
that read a thousand.
"""

import datetime as dt
from typing import Any

from django.db.backends.postgresql import base
from psycopg import adapters
from psycopg.postgres import types
from psycopg.pq import Format

MOMENT = types["timestamptz"].oid
READER: Any = adapters.get_loader(MOMENT, Format.TEXT)


class DatabaseWrapper(base.DatabaseWrapper):
    def create_cursor(self, name: str | None = None) -> Any:
        cursor: Any = super().create_cursor(name)
        if self.timezone == dt.UTC:
            cursor.adapters.register_loader(MOMENT, READER)
        return cursor
