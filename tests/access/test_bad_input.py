"""Bad input on every route: a clear answer, nothing lost, nothing run, never a 500 (tricks.py holds the corpus)."""

import json
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import resolve

from apps.accounts.models import University, User
from apps.kernel import cursors
from apps.moderation.models import Report
from apps.posts.models import BODY_LIMIT, Comment, Like, Post
from tests.access import routes, world
from tests.access.matrix import HOME, Row
from tests.access.rows import ROWS
from tests.access.tricks import SCRIPTS, TRICKS
from tests.access.world import World
from tests.cast import PASSWORD
from tests.conftest import client_of

URLENCODED = "application/x-www-form-urlencoded"
ASKING = ("stranger", "follower", "owner", "blocker", "anonymous", "superuser")  # the first who may
QUESTIONS = ("view", "since", "q", "next")  # beside `cursor`, which is judged before them
FIELDS = {  # what each form sends when it is filled in well; a route that is not here has its row's data
    "posts:create": {"body": "hello", "audience": "0", "key": str(uuid.UUID(int=7))},
    "posts:comment": {"body": "hello", "parent": "", "key": str(uuid.UUID(int=7))},
    "moderation:report": {"category": "spam", "text": "look"},
    "web:look": {"theme": "dark", "contrast": "more", "next": "/"},
    "graph:follow": {"in_list": "1", "next": "/"},
    "accounts:settings_profile": {"name": "Ann", "username": "ann", "bio": "", "pronouns": "", "programme": ""},
    "accounts:sessions": {"session": "1"},
    "account_login": {"login": "alice", "password": PASSWORD, "next": "/"},
    "account_signup": {"email": "a@northmere.example", "name": "Ann", "username": "ann", "password1": PASSWORD},
    "account_reset_password": {"email": "a@northmere.example"},
    "account_email": {"email": "a@northmere.example", "action_add": ""},
    "account_change_password": {"oldpassword": PASSWORD, "password1": "x", "password2": "x"},
    "account_reauthenticate": {"password": PASSWORD},
}


class Undo(Exception):
    """Ends a request's savepoint."""


@dataclass(frozen=True)
class Attempt:
    what: str
    path: str
    method: str = "GET"
    body: bytes | str = ""
    content_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)


FRAGMENT = {"HX-Request": "true"}


def who_may(row: Row, method: str) -> str:
    """Somebody whom nothing but the input can stop, or whoever gets furthest."""
    answers = row.get if method == "GET" else row.post
    return next((persona for persona in ASKING if answers[persona] in (200, HOME)), "stranger")


def encoded(form: dict[str, Any]) -> str:
    """A form whose values are on the wire already."""
    return "&".join(f"{name}={value}" for name, value in form.items())


def form_of(stage: World, row: Row) -> dict[str, str]:
    good = FIELDS.get(row.name) or row.data(stage) or {"next": "/"}
    return {name: quote(str(value), safe="") for name, value in good.items()}


def in_the_path(stage: World, row: Row, pattern: str) -> Iterator[Attempt]:
    good = resolve(row.path(stage).partition("?")[0]).kwargs
    for name, (trick, typed) in product(good, TRICKS.items()):
        values = {key: quote(str(value), safe="") for key, value in good.items()} | {name: typed}
        path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], pattern)
        yield Attempt(f"{name} = {trick}", path)
        yield Attempt(f"POST {name} = {trick}", path, "POST", "liked=1", URLENCODED)


def in_the_question(stage: World, row: Row) -> Iterator[Attempt]:
    path = row.path(stage).partition("?")[0]
    foreign = cursors.encode({"id": 1, "created_at": "9999-12-31T23:59:59Z"}, salt="another list")
    for trick, typed in {**TRICKS, "foreign cursor": foreign}.items():
        questions = encoded(dict.fromkeys(QUESTIONS, typed))
        for headers in ({}, FRAGMENT):
            yield Attempt(f"? = {trick}", f"{path}?{questions}", headers=headers)
            yield Attempt(f"cursor = {trick}", f"{path}?cursor={typed}", headers=headers)
    yield Attempt("? twice", f"{path}?cursor=&cursor=a&since=1&since=2&q=a&q=b&view[]=latest&view[a][b]=1")
    yield Attempt("? of a thousand", f"{path}?" + "&".join(f"a{number}=1" for number in range(1_000)))


def in_the_body(stage: World, row: Row) -> Iterator[Attempt]:
    path, good = row.path(stage), form_of(stage, row)
    for name, (trick, typed) in product(good, TRICKS.items()):
        yield Attempt(f"{name} = {trick}", path, "POST", encoded(good | {name: typed}), URLENCODED)
        yield Attempt(f"{name} = {trick}", path, "POST", encoded(good | {name: typed}), URLENCODED, FRAGMENT)
    for name in good:
        rest = {key: value for key, value in good.items() if key != name}
        yield Attempt(f"no {name}", path, "POST", encoded(rest), URLENCODED)
        yield Attempt(f"{name} twice", path, "POST", f"{encoded(good)}&{name}=a&{name}[]=b", URLENCODED)
        yield Attempt(f"{name} of 1 MB", path, "POST", encoded(good | {name: "x" * 1_000_000}), URLENCODED)
        yield Attempt(
            f"{name} as a file", path, "POST", _file(name, b"\xff\x00<script>"), "multipart/form-data; boundary=b"
        )


def as_the_body(stage: World, row: Row) -> Iterator[Attempt]:
    path, good = row.path(stage), form_of(stage, row)
    bodies: list[tuple[str, bytes | str, str]] = [
        ("nothing", "", URLENCODED),
        ("rubbish", bytes(range(256)), URLENCODED),
        ("JSON", json.dumps(good), "application/json"),
        ("broken JSON", '{"body": [', "application/json"),
        ("JSON called a form", json.dumps(good), URLENCODED),
        ("text", "body=hello", "text/plain"),
        ("no type", encoded(good), ""),
        ("an odd type", encoded(good), "\x7f/; charset="),
        ("an odd character set", encoded(good), f"{URLENCODED}; charset=utf-16"),
        ("an unknown character set", encoded(good), f"{URLENCODED}; charset=nonsense"),
        ("multipart without a boundary", "x", "multipart/form-data"),
        ("multipart with a bad boundary", "x", "multipart/form-data; boundary=\xe9\xe9"),
        ("multipart with another boundary", _file("body", b"x"), "multipart/form-data; boundary=another"),
        ("multipart cut off", _file("body", b"x")[:40], "multipart/form-data; boundary=b"),
        (
            "multipart of bad base64",
            _file("body", b"=!=", "Content-Transfer-Encoding: base64\r\n"),
            "multipart/form-data; boundary=b",
        ),
        ("a thousand fields", "&".join(f"a{number}=1" for number in range(1_000)), URLENCODED),
        (
            "a thousand files",
            b"".join(_file(f"a{number}", b"x")[:-7] for number in range(1_000)),
            "multipart/form-data; boundary=b",
        ),
        ("too much", "body=" + "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1), URLENCODED),
    ]
    for what, body, content_type in bodies:
        for headers in ({}, FRAGMENT, {"Accept": "application/json"}):
            yield Attempt(what, path, "POST", body, content_type, headers)


def by_method(stage: World, row: Row) -> Iterator[Attempt]:
    for method in ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "BREW"):
        yield Attempt(method, row.path(stage), method, encoded(form_of(stage, row)), URLENCODED)


def _file(name: str, content: bytes, header: str = "") -> bytes:
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="../\x01.exe"\r\n{header}\r\n'
    return head.encode() + content + b"\r\n--b--\r\n"


def send(client: Client, attempt: Attempt) -> Any:
    """The answer, and everything as it was."""
    answers = []
    try:
        with transaction.atomic():
            answers.append(
                client.generic(
                    attempt.method, attempt.path, attempt.body, attempt.content_type, headers=attempt.headers
                )
            )
            raise Undo
    except Undo:
        return answers[0]


def faults(stage: World, row: Row, attempts: Iterable[Attempt]) -> list[str]:
    """The attempts that were not answered well."""
    found = []
    for attempt in attempts:
        cache.delete_pattern("*")  # type: ignore[attr-defined]  # nobody is stopped by a limit instead
        client = stage.client(who_may(row, attempt.method))
        client.raise_request_exception = False
        response = send(client, attempt)
        if fault := fault_of(response):
            found.append(f"{attempt.method} {attempt.path[:80]} {attempt.what} {attempt.headers}: {fault}")
    return found


def fault_of(response: Any) -> str:
    text = response.content.decode(errors="replace") if not response.streaming else ""
    status = response.status_code
    if status >= 500:
        return f"{status} {getattr(response, 'exc_info', None) or ''}"
    if any(script in text for script in SCRIPTS[:3]):
        return "what was typed is not escaped"
    if "evil.example" in response.headers.get("Location", "").partition("?")[0]:
        return "leads to another site"
    if status in (400, 403, 404, 413, 429) and not says_something(response, text):
        return f"{status} without a word of ours: {text[:200]}"
    return ""


def says_something(response: Any, text: str) -> bool:
    if response.headers["Content-Type"] == "application/json":
        return bool(json.loads(text)["detail"])
    return bool(response.templates) and bool(text.strip())


DISTINCT = list({row.name: row for row in reversed(ROWS)}.values())  # who may see which post is test_matrix's business
EVERY_ROW = pytest.mark.parametrize("row", DISTINCT, ids=[row.id for row in DISTINCT])
PATTERNS = {route.name: route.pattern for route in routes.walk()}


@EVERY_ROW
@pytest.mark.django_db
def test_reading(row: Row) -> None:
    stage = world.build()
    attempts = [*in_the_path(stage, row, PATTERNS[row.name]), *in_the_question(stage, row), *by_method(stage, row)]
    assert faults(stage, row, attempts) == []


@pytest.mark.parametrize("row", [row for row in DISTINCT if set(row.post.values()) != {405}], ids=lambda row: row.id)
@pytest.mark.django_db
def test_writing(row: Row) -> None:
    stage = world.build()
    assert faults(stage, row, [*in_the_body(stage, row), *as_the_body(stage, row)]) == []
