"""What nobody gets by more fields in a form (RELIABILITY.md 1b, lesson 22): every form, every field of every model."""

from functools import lru_cache
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Model

from apps.kernel.problems import UNREADABLE
from tests.access.fields import FIELDS
from tests.access.matrix import Row
from tests.access.rows import ROWS
from tests.access.test_matrix import Undo
from tests.access.world import World

# What a member changes by no form at all. (An address and a password change by forms of their own, with a proof.)
NEVER = {
    "accounts_user": "id, is_staff, is_superuser, is_active, is_confirmed, role, university_id, verified_until,"
    " email, password, created_at",
    "accounts_profilelink": "string_agg(id::text, ' ') FILTER (WHERE proved_at IS NOT NULL)",
    "posts_hashtag": "is_kept_out, kept_out_because",
    "accounts_invitation": "t.*",  # at this university members do not invite
    **dict.fromkeys(
        (
            *("accounts_verification", "accounts_joinrequest", "accounts_university", "accounts_universitydomain"),
            *("accounts_blockeddomain", "accounts_signon", "accounts_profilefield", "accounts_user_groups"),
            *("accounts_user_user_permissions", "account_emailaddress", "mfa_authenticator", "web_pageversion"),
            *("web_agreement", "safety_suspension", "socialaccount_socialaccount", "socialaccount_socialapp"),
        ),
        "t.*",
    ),
}
AT_ONCE = 180  # a form of more than 200 fields is refused before anybody reads it
COUNTED = {"graph_followcount"}  # follows with what its owner does
# Of somebody else's quote: that the post in it was taken out again, by whose it is.
OTHERS = {"posts_post": "to_jsonb(t) - 'detached_at' - 'version'"}
VALUES = {"role": "staff", "verified_until": "2099-01-01", "expires_at": "2099-01-01", "max_uses": "1000"}


def names() -> list[str]:
    """Of all columns of all models."""
    fields = [field for model in apps.get_models() for field in model._meta.concrete_fields]
    return sorted({field.name for field in fields} | {field.attname for field in fields})


def batched(pairs: list[tuple[str, str]], size: int) -> list[list[tuple[str, str]]]:
    return [pairs[start : start + size] for start in range(0, len(pairs), size)]


def columns_of_people(model: type[Model]) -> list[str]:
    people = get_user_model()
    return [str(field.column) for field in model._meta.concrete_fields if field.related_model is people]


@lru_cache
def questions(person_id: int) -> str:
    """One statement that asks for all digests."""
    found = {table: f"SELECT {columns} FROM {table} t" for table, columns in NEVER.items()}
    tables = set(connection.introspection.table_names()) - COUNTED
    for model in apps.get_models():
        columns, table = columns_of_people(model), model._meta.db_table
        if columns and table in tables:
            others = " AND ".join(f"{column} <> {person_id}" for column in columns)
            found[f"{table} of others"] = f"SELECT {OTHERS.get(table, 't.*')} FROM {table} t WHERE {others}"
    return " UNION ALL ".join(
        f"SELECT '{name}', coalesce(sum(hashtextextended(rows::text, 0)), 0)::text, count(*) FROM ({query}) rows"
        for name, query in found.items()
    )


def kept(person_id: int) -> dict[str, str]:
    """A digest of what no form may change, and of the rows that are about others alone."""
    with connection.cursor() as cursor:
        cursor.execute(questions(person_id))
        return {name: f"{digest} {count}" for name, digest, count in cursor.fetchall()}


def send(stage: World, row: Row, form: dict[str, Any], before: dict[str, str]) -> list[str]:
    """What changed that may not, with everything as it was afterwards."""
    cache.delete_pattern("*")  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            answer = stage.client("owner").post(row.path(stage), form)
            assert answer.streaming or str(UNREADABLE) not in answer.text, row.id
            after = kept(stage.alice.pk)
            raise Undo
    except Undo:
        return [f"{row.id}: {name}" for name in before if before[name] != after[name]]


@pytest.mark.slow
@pytest.mark.django_db
def test_more_fields_give_nothing(stage: World) -> None:
    stranger = stage.people["stranger"]
    more = [(name, VALUES.get(name, "on" if name.startswith("is_") else str(stranger.pk))) for name in names()]
    before, changed = kept(stage.alice.pk), []
    for row in ROWS:
        if row.post["owner"] == 405 or row.name == settings.LOGIN_URL:
            continue
        form = FIELDS.get(row.name) or row.data(stage)
        for part in batched(more, AT_ONCE):
            changed += send(stage, row, dict(part) | form, before)
    assert not changed, "\n".join(changed)
