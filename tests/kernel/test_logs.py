"""One line per request, ids that tie processes together, and nothing in it that is private."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client, RequestFactory

from apps.kernel import logs, sentry
from apps.kernel.outbox.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("failing_urls")]


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What was logged so far, as production writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter("json"))
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


Lines = Callable[[], list[dict[str, Any]]]


def test_one_line_per_request(alice_client: Client, alice: Any, lines: Lines) -> None:
    response = alice_client.get("/members/?token=hush")
    [line] = [line for line in lines() if line["logger"] == "request"]
    assert line["method"] == "GET"
    assert line["path"] == "/members/"
    assert line["status"] == 200
    assert line["person_id"] == alice.pk
    assert line["request_id"] == response["X-Request-Id"]
    assert len(line["trace_id"]) == 32


def test_a_page_that_asks_for_nobody_loads_nobody(alice_client: Client, lines: Lines) -> None:
    alice_client.get("/nobody/")
    assert lines()[-1]["person_id"] is None


def test_nothing_private_is_logged(alice_client: Client, lines: Lines) -> None:
    alice_client.raise_request_exception = False
    headers = {"Authorization": "Bearer hush-header", "HX-Current-URL": "http://testserver/?t=hush-page"}
    alice_client.post("/search/raw/?t=hush-query", {"q": "hush-body", "password": "hush-word"}, headers=headers)
    alice_client.post("/fail/bug/?t=hush-query", {"q": "hush-body"}, headers=headers)
    written = json.dumps(lines())
    assert "ZeroDivisionError" in written
    assert "hush" not in written
    assert alice_client.cookies["sessionid"].value not in written


@pytest.mark.parametrize("path", ["/invite/hush/", "/invite/hush", "/invite/hush/?x=%00"])
def test_no_token_is_logged_when_no_view_is_reached(path: str, anonymous_client: Client, lines: Lines) -> None:
    anonymous_client.get(path)
    written = json.dumps(lines())
    assert "/invite/token" in written
    assert "hush" not in written


def test_nor_by_django_itself(rf: RequestFactory) -> None:
    """Its lines name the path: "Internal Server Error: /invite/…/"."""
    record: Any = logging.LogRecord("django.request", logging.ERROR, "", 1, "Broken: %s", ("/invite/hush/",), None)
    record.request = rf.get("/invite/hush/")
    record.request.resolver_match = None
    assert logs.hide_tokens(record)
    assert record.getMessage() == "Broken: /invite/token/"


def test_a_report_of_an_error_holds_nothing_private() -> None:
    event: Any = {
        "message": "kept",
        "request": {
            "method": "GET",
            "url": "https://campus.example/invite/hush/",
            "query_string": "key=hush",
            "headers": {"Referer": "https://campus.example/setup/?key=hush"},
            "cookies": {"sessionid": "hush"},
            "env": {"REMOTE_ADDR": "hush"},
        },
    }
    sent = sentry.scrub(event, {})
    assert sent["request"] == {"method": "GET", "url": "https://campus.example/invite/token/"}
    assert sent["message"] == "kept"
    assert sentry.scrub({"message": "no request"}, {}) == {"message": "no request"}


@pytest.mark.parametrize(
    ("asked", "taken"), [("abc-123_x.y", True), ("short", False), ("x" * 65, False), ("a b" * 9, False)]
)
def test_a_request_id_of_the_proxy_is_taken_when_it_is_sane(asked: str, taken: bool, anonymous_client: Client) -> None:
    response = anonymous_client.get("/nobody/", headers={"X-Request-Id": asked})
    assert (response["X-Request-Id"] == asked) is taken


@pytest.mark.parametrize(
    ("parent", "taken"),
    [
        (f"00-{'a' * 32}-{'b' * 16}-01", True),
        (f"00-{'0' * 32}-{'b' * 16}-01", False),
        (f"ff-{'a' * 32}-{'b' * 16}-01", False),
        ("rubbish", False),
    ],
)
def test_a_trace_goes_on(parent: str, taken: bool, anonymous_client: Client, lines: Lines) -> None:
    anonymous_client.get("/nobody/", headers={"traceparent": parent})
    assert (lines()[-1]["trace_id"] == "a" * 32) is taken


PARENT = f"00-{'c' * 32}-{'d' * 16}-01"


def test_events_carry_the_ids_of_their_request(bob_client: Client, alice: Any, charlie: Any) -> None:
    response = bob_client.post(f"/@{charlie.username}/follow/", headers={"traceparent": PARENT})
    event = Event.objects.filter(type="user.followed").latest("id")
    assert event.metadata["trace_id"] == "c" * 32
    assert event.metadata["correlation_id"] == response["X-Request-Id"]


def test_ids_end_with_their_request(anonymous_client: Client) -> None:
    anonymous_client.get("/nobody/")
    assert logs.request_id.get() == logs.trace_id.get() == logs.correlation_id.get() == ""
