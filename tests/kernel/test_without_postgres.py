"""With PostgreSQL down: a static 503 within a second, and all is well again soon after it is back."""

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPResponse

import pytest

from tests.kernel.door import Door
from tests.processes import Database, Web, wait_for

SECOND = 1.0
PATIENCE = 4.0  # seconds, for a machine that is busy with other tests; a pool that waits would take 30


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with Database() as database, Door(tmp_path_factory.mktemp("d"), database.url) as door:
        yield door


@pytest.fixture(scope="module")
def web(door: Door) -> Iterator[Web]:
    env = {
        "DATABASE_URL": door.url,
        "REDIS_URL": os.environ["REDIS_URL"],
        "REDIS_PREFIX": f"door{os.getpid()}",
        "DJANGO_SETTINGS_MODULE": "tests.kernel.settings",
    }
    with Web(env=env) as web:
        yield web


def ask(web: Web, address: str, **headers: str) -> tuple[int, dict[str, str], str, float]:
    """Status, headers, body, seconds."""
    request = urllib.request.Request(web.url + address, headers=headers)
    started = time.monotonic()
    response: HTTPResponse | urllib.error.HTTPError
    try:
        response = urllib.request.urlopen(request, timeout=20)
    except urllib.error.HTTPError as error:
        response = error
    with response:
        body = response.read().decode()
        return (
            response.status or 0,
            {name.lower(): value for name, value in response.headers.items()},
            body,
            time.monotonic() - started,
        )


@pytest.fixture
def shut(door: Door, web: Web) -> Iterator[None]:
    wait_for(lambda: ask(web, "/explore/")[0] == 200, 20, "the site works before")
    door.shut()
    yield
    door.open()


COOKIE = "sessionid=abcdefghijklmnopqrstuvwxyz012345"


@pytest.mark.usefixtures("shut")
def test_every_page_is_a_static_503_at_once(web: Web) -> None:
    for address in ("/", "/explore/", "/@alice/", "/posts/7/", "/accounts/login/", "/nothing/here/"):
        for headers in ({}, {"Cookie": COOKIE}):
            status, found, body, seconds = ask(web, address, **headers)
            if status in (200, 302, 404) and not headers:
                continue  # a page that needs no database is served
            assert status == 503, f"{address}: {status}"
            assert seconds < SECOND + PATIENCE
            assert int(found["retry-after"]) > 0
            assert "<h1" in body
            assert 'name="status" content="503"' in body


@pytest.mark.usefixtures("shut")
def test_a_program_and_a_fragment_are_told_in_their_way(web: Web) -> None:
    status, _headers, body, _seconds = ask(web, "/api/feed", Cookie=COOKIE)
    assert (status, json.loads(body)["code"]) == (503, "unavailable")
    status, _headers, body, _seconds = ask(web, "/explore/", Cookie=COOKIE, **{"HX-Request": "true"})
    assert status == 503
    assert 'role="alert"' in body
    assert "<html" not in body


@pytest.mark.usefixtures("shut")
def test_health(web: Web) -> None:
    assert ask(web, "/health/live")[0] == 200
    status, _headers, body, seconds = ask(web, "/health/ready")
    assert status == 503
    assert json.loads(body)["status"] == "down"
    assert json.loads(body)["checks"]["redis"] == "ok"
    assert seconds < 5


def test_it_heals(door: Door, web: Web) -> None:
    wait_for(lambda: ask(web, "/explore/", Cookie=COOKIE)[0] == 200, 20, "the site works before")
    door.shut()
    assert ask(web, "/explore/", Cookie=COOKIE)[0] == 503
    time.sleep(3)
    door.open()
    wait_for(lambda: ask(web, "/explore/", Cookie=COOKIE)[0] == 200, 10, "the site is back")
