"""The access matrix: every route, every persona, every method; a route without a row fails (RELIABILITY.md 6)."""

from collections.abc import Mapping, Sequence

import pytest
from django.db import connection, transaction
from django.http.response import HttpResponseBase

from tests.access import routes
from tests.access.matrix import HOME, LOGIN, Answer, Row
from tests.access.rows import ADMIN, ROWS, SOCKETS
from tests.access.world import PERSONAS, PRIVATE_CANARY, World

WRITTEN_BY_READING = {  # reading may note these, and nothing else
    "accounts_lastseen",
    "django_session",
    "usersessions_usersession",
    "feed_item",  # a timeline is built at the first read
}


class Undo(Exception):
    """Ends a request's savepoint."""


def answer_of(response: HttpResponseBase) -> Answer:
    if response.status_code in (301, 302, 303):
        return LOGIN if "/accounts/login/" in response["Location"] else HOME
    return LOGIN if response.status_code == 401 else response.status_code


def ask(stage: World, row: Row, persona: str, method: str, *, csrf: bool = False) -> HttpResponseBase:
    """One request, undone afterwards."""
    client = stage.client(persona, csrf=csrf)
    answered: list[HttpResponseBase] = []
    try:
        with transaction.atomic():
            answered.append(getattr(client, method)(row.path(stage), row.data(stage) if method == "post" else {}))
            raise Undo
    except Undo:
        return answered[0]


def asked(expected: Mapping[str, Answer]) -> Sequence[str]:
    """Everybody; but of a method that nobody may use only three."""
    return ("anonymous", "owner", "superuser") if set(expected.values()) == {405} else PERSONAS


def wrong_answers(stage: World, row: Row) -> list[str]:
    wrong = []
    for method, expected in (("get", row.get), ("post", row.post)):
        for persona in asked(expected):
            given = answer_of(ask(stage, row, persona, method))
            if given != expected[persona]:
                wrong.append(f"{method.upper()} {row.id} as {persona}: {given}, expected {expected[persona]}")
    return wrong


def rows_written() -> dict[str, int]:
    """How many rows of each table this transaction has made, changed or taken away, as PostgreSQL counts them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return {table: rows for table, rows in cursor.fetchall() if table not in WRITTEN_BY_READING}


def writes_by_reading(stage: World, row: Row) -> list[str]:
    """Tables that a GET or a HEAD wrote to."""
    before = rows_written()
    for persona in ("anonymous", "stranger", "owner", "superuser"):
        stage.client(persona).get(row.path(stage))
        stage.client(persona).head(row.path(stage))
    after = rows_written()
    return [f"GET {row.id} writes to {table}" for table in after if after[table] != before.get(table, 0)]


def accepted_forgeries(stage: World, row: Row) -> list[str]:
    """Personas whose POST went through although it carried no CSRF token."""
    personas = () if row.tokenless else ("stranger", "owner", "superuser")
    asking = [persona for persona in personas if row.post[persona] != 405]
    answers = {persona: ask(stage, row, persona, "post", csrf=True).status_code for persona in asking}
    return [
        f"POST {row.id} as {persona} without a token: {given}" for persona, given in answers.items() if given != 403
    ]


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
@pytest.mark.django_db
def test_route(row: Row, stage: World) -> None:
    """Everybody gets what the table says, reading writes nothing, and a form without its token is refused."""
    assert writes_by_reading(stage, row) + wrong_answers(stage, row) + accepted_forgeries(stage, row) == []


SAME = ("stranger", "ex_follower", "pending")


def test_who_waits_and_who_left_is_a_stranger() -> None:
    """By the table (lessons 3 and 9): nothing tells the three apart, not even a status."""
    for row in ROWS:
        for answers in (row.get, row.post):
            assert len({answers[persona] for persona in SAME}) == 1, row.id


@pytest.mark.slow
@pytest.mark.django_db
def test_nothing_private_is_in_what_a_stranger_reads(stage: World) -> None:
    """Nobody but a follower reads a word of paula's anywhere; nobody but alice the names of her circle and her
    folder, and what she muted."""
    for row in ROWS:
        bodies = {persona: stage.client(persona).get(row.path(stage)) for persona in (*SAME, "follower", "owner")}
        for persona, answer in bodies.items():
            text = b"" if answer.streaming else answer.content
            assert persona == "follower" or PRIVATE_CANARY.encode() not in text, f"{row.id} as {persona}"
            kept = [word for word in (b"canarycircle", b"canaryfolder", b"canaryword") if word in text]
            assert persona == "owner" or not kept, f"{row.id} as {persona}"


def test_no_route_is_missing_and_none_is_left_over() -> None:
    walked = {route.name for route in routes.walk()}
    listed = {row.name for row in ROWS} | {name for name in walked if ADMIN.fullmatch(name)}
    missing = sorted(walked - listed)
    assert not missing, "add to tests/access/rows.py:\n" + "\n".join(
        f'    Row("{name}", at("/…"), get=members(200)),' for name in missing
    )
    assert sorted(listed - walked) == []


def test_no_socket_route_is_missing() -> None:
    assert sorted(routes.sockets()) == sorted(SOCKETS)


@pytest.mark.django_db
def test_the_admin_is_for_staff_with_the_permission(stage: World) -> None:
    """Every page of the admin that needs no object, by one rule."""
    from django.contrib import admin
    from django.urls import NoReverseMatch, reverse

    paths = [reverse("admin:index")]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for page in ("changelist", "add"):
            try:
                paths.append(reverse(f"{name}_{page}"))
            except NoReverseMatch:
                continue
    wrong = []
    for path in paths:
        for persona in PERSONAS:
            given = answer_of(stage.client(persona).get(path))
            if persona == "superuser":
                good = given in (
                    (200, 403) if path.endswith("/add/") else (200,)
                )  # some things cannot be added by hand
            elif persona == "staff":
                good = given == (200 if path == paths[0] else 403)
            elif persona == "moderator":
                good = given in (200, 403)
            else:
                good = given in (LOGIN, HOME, 403)
            if not good:
                wrong.append(f"{path} as {persona}: {given}")
    assert len(paths) > 8
    assert wrong == []
