"""Who changed what. Triggers (pghistory) keep every change of a tracked row, also by bulk update or by hand; here
each of them gets to know who asked and in which request.

pghistory's own context puts two statements into one, which PostgreSQL's server-side binding refuses; so the two
settings that its triggers read are made by a statement of their own, before a write to a tracked table.
"""

import datetime as dt
import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.utils import timezone
from pghistory.models import Context

from apps.kernel import logs

WRITES = ("insert", "update", "delete", "with")
KEPT = dt.timedelta(days=365)
SET = "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)"


@contextmanager
def acting(person_id: Callable[[], int | None], **more: str) -> Iterator[None]:
    """Tracked changes in here, made inside a transaction, are kept with who did them.

    `person_id` is asked only when something tracked is written.
    """
    act = str(uuid.uuid4())

    def tell(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if _is_tracked(str(sql)) and connection.in_atomic_block:
            told = {"user": person_id(), "request_id": logs.request_id.get(), "trace_id": logs.trace_id.get()} | more
            # Past Django's cursor: this statement is no query of the page's.
            connection.connection.execute(SET, [act, json.dumps(told)])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(tell):
        yield


def prune() -> int:
    """Forget changes from more than KEPT ago; returns how many."""
    limit = timezone.now() - KEPT
    old = [model._default_manager.filter(pgh_created_at__lt=limit) for model in _histories()]
    count = sum(rows.delete()[0] for rows in old)
    Context.objects.filter(updated_at__lt=limit).delete()
    return count


def _is_tracked(sql: str) -> bool:
    return sql[:6].lower().startswith(WRITES) and any(f'"{table}"' in sql for table in _tables())


@cache
def _tables() -> frozenset[str]:
    return frozenset(model.pgh_tracked_model._meta.db_table for model in _histories())  # type: ignore[attr-defined]


def _histories() -> list[type[Model]]:
    """The models that pghistory keeps changes in."""
    return [model for model in apps.get_models() if getattr(model, "pgh_tracked_model", None)]
