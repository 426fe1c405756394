"""Bad input on every route: a clear answer, nothing lost, nothing run, never a 500 (tricks.py holds the corpus)."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import cycle, product
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import resolve

from apps.kernel import cursors
from tests.access import routes
from tests.access.fields import FIELDS
from tests.access.matrix import HOME, LOGIN, Row, by
from tests.access.rows import ROWS
from tests.access.tricks import TRICKS
from tests.access.world import World

URLENCODED = "application/x-www-form-urlencoded"
ASKING = ("stranger", "follower", "owner", "blocker", "anonymous", "superuser")  # the first who may
# beside `cursor`, which is judged before them
QUESTIONS = (
    *("view", "since", "q", "next", "as", "term", "slug", "step", "key", "word", "answer", "change", "folder", "of"),
    *("show", "sort", "was", "what"),
)


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
MULTIPART = "multipart/form-data; boundary=b"
FEWER_THAN_ANY_LIMIT = 10  # requests between two times that the counters are emptied


def who_may(row: Row, method: str) -> str:
    """Somebody whom nothing but the input can stop, or whoever gets furthest."""
    answers = row.get if method == "GET" else row.post
    return next((persona for persona in ASKING if answers[persona] in (200, HOME)), "stranger")


def answers(row: Row, method: str) -> bool:
    """Whether the route has the method at all."""
    return set((row.get if method == "GET" else row.post).values()) - {405, LOGIN} != set()


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
        path = _filled_in(pattern, values)
        if answers(row, "GET"):
            yield Attempt(f"{name} = {trick}", path)
        if answers(row, "POST"):
            yield Attempt(f"{name} = {trick}", path, "POST", "feeling=1", URLENCODED)


def _filled_in(pattern: str, values: dict[str, str]) -> str:
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], pattern)


def in_the_question(stage: World, row: Row) -> Iterator[Attempt]:
    path = row.path(stage).partition("?")[0]
    foreign = cursors.encode({"id": 1, "created_at": "9999-12-31T23:59:59Z"}, salt="another list")
    headers = FRAGMENT if row.name.startswith("feed:") else {}
    for trick, typed in {**TRICKS, "foreign cursor": foreign}.items():
        yield Attempt(f"? = {trick}", f"{path}?{encoded(dict.fromkeys(QUESTIONS, typed))}", headers=FRAGMENT)
        yield Attempt(f"cursor = {trick}", f"{path}?cursor={typed}", headers=headers)
    yield Attempt("? twice", f"{path}?cursor=&cursor=a&since=1&since=2&q=a&q=b&view[]=latest&view[a][b]=1")
    yield Attempt("? of a thousand", f"{path}?" + "&".join(f"a{number}=1" for number in range(1_000)))


def in_the_body(stage: World, row: Row) -> Iterator[Attempt]:
    path, good = row.path(stage), form_of(stage, row)
    for number, (name, (trick, typed)) in enumerate(product(good, TRICKS.items())):
        headers = FRAGMENT if number % 2 else {}
        yield Attempt(f"{name} = {trick}", path, "POST", encoded(good | {name: typed}), URLENCODED, headers)
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
        ("multipart cut off", _file("body", b"x")[:40], MULTIPART),
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
    ways = cycle([{}, FRAGMENT, {"Accept": "application/json"}])
    for (what, body, content_type), headers in zip(bodies, ways, strict=False):
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
    for number, attempt in enumerate(attempts):
        if number % FEWER_THAN_ANY_LIMIT == 0:
            cache.delete_pattern("*")  # type: ignore[attr-defined]
        client = stage.client(who_may(row, attempt.method))
        client.raise_request_exception = False
        response = send(client, attempt)
        if fault := fault_of(response):
            found.append(f"{attempt.method} {attempt.path[:80]} {attempt.what} {attempt.headers}: {fault}")
    return found


class Scripts(HTMLParser):
    """What a browser would run of a page: scripts in it, and attributes that are scripts."""

    found: list[str]

    @classmethod
    def in_page(cls, text: str) -> list[str]:
        parser = cls()
        parser.found = []
        parser.feed(text)
        return parser.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.found.append(tag)
        for name, value in given.items():
            leads = name in ("href", "src", "action", "formaction") and (value or "").strip().lower()
            if name.startswith("on") or (leads or "").startswith("javascript:"):
                self.found.append(f"{tag} {name}={value}")


def fault_of(response: Any) -> str:
    text = response.content.decode(errors="replace") if not response.streaming else ""
    status = response.status_code
    if status >= 500:
        return f"{status} {getattr(response, 'exc_info', None) or ''}"
    if "alert(1)" in text and (ran := Scripts.in_page(text)):
        return f"what was typed would run: {ran}"
    if "evil.example" in response.headers.get("Location", "").partition("?")[0]:
        return "leads to another site"
    if (
        status in (400, 403, 404, 413, 429)
        and response.request["REQUEST_METHOD"] != "HEAD"
        and not says_something(response, text)
    ):
        return f"{status} without a word of ours: {text[:200]}"
    return ""


def says_something(response: Any, text: str) -> bool:
    if response.headers["Content-Type"] == "application/json":
        said = json.loads(text)
        return bool(said.get("detail") or said.get("form"))  # allauth answers with the form and its errors
    return bool(response.templates) and bool(text.strip())


DISTINCT = list({row.name: row for row in reversed(ROWS)}.values())  # who may see which post is test_matrix's business
QUICK = {
    "web:home",
    "posts:create",
    "posts:detail",
    "feed:api",
    "accounts:settings_profile",
}  # the rest: make test-slow


def marked(rows: Iterable[Row]) -> list[Any]:
    return [pytest.param(row, id=row.id, marks=[] if row.name in QUICK else [pytest.mark.slow]) for row in rows]


PATTERNS = {route.name: route.pattern for route in routes.walk()}


@pytest.mark.parametrize("row", marked(DISTINCT))
@pytest.mark.django_db
def test_reading(row: Row, stage: World) -> None:
    attempts = [*in_the_path(stage, row, PATTERNS[row.name]), *by_method(stage, row)]
    if answers(row, "GET"):
        attempts += in_the_question(stage, row)
    assert faults(stage, row, attempts) == []


@pytest.mark.parametrize("row", marked(row for row in DISTINCT if answers(row, "POST")))
@pytest.mark.django_db
def test_writing(row: Row, stage: World) -> None:
    assert faults(stage, row, [*in_the_body(stage, row), *as_the_body(stage, row)]) == []


@pytest.mark.slow
@pytest.mark.django_db
def test_the_admin(stage: World) -> None:
    """Every list and every object page of the admin, as somebody who may everything."""
    from django.contrib import admin

    found = []
    row = Row("admin", lambda w: "/admin/", by(403, superuser=200))
    ours = [model._meta for model in admin.site._registry if model.__module__.startswith("apps.")]
    for model in ours:
        folder = f"/admin/{model.app_label}/{model.model_name}/"
        lists = [Attempt(trick, f"{folder}?q={typed}&o={typed}") for trick, typed in TRICKS.items()]
        things = [Attempt(trick, f"{folder}{typed}/change/") for trick, typed in TRICKS.items() if typed]
        found += faults(stage, row, [*lists, *things])
    desk = "/admin/moderation/report/"
    for name in ("p", "id__exact", "state__exact", "created_at__gte", "no_such_field", "author__password__startswith"):
        found += faults(stage, row, [Attempt(trick, f"{desk}?{name}={typed}") for trick, typed in TRICKS.items()])
    assert found == []


def test_every_question_a_view_asks_is_tried() -> None:
    """A view that reads a new parameter must be tried with it."""
    apps = Path(__file__).resolve().parents[2] / "apps"
    asked = {
        name for source in apps.rglob("*.py") for name in re.findall(r"GET(?:\.get\(|\[)\"(\w+)\"", source.read_text())
    }
    assert asked <= {*QUESTIONS, "cursor"}
