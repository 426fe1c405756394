"""Bad requests byte by byte, at the server as it runs: what the test client would tidy up before anybody saw it."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.access.tricks import TRICKS
from tests.processes import Web
from tests.site import RunningSite

PATHS = ["/@{}/", "/tags/{}/", "/explore/?cursor={}", "/posts/{}/", "/campus/{}.css", "/static/{}", "/{}"]
HEADERS = ["Accept-Language", "Referer", "X-Request-Id", "X-Forwarded-For", "HX-Current-URL", "traceparent"]
COOKIES = ["sessionid", "csrftoken", "theme", "contrast", "messages"]
WHOLE = {
    "no host": b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    "bytes in the path": b"GET /@\xff\xfe/ HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
    "bytes in headers": b"GET / HTTP/1.1\r\nHost: HOST\r\nCookie: sessionid=\xff; theme=\xed\xa0\x80\r\n"
    b"Accept-Language: \xff\r\nConnection: close\r\n\r\n",
    "less than nothing": b"POST /posts/ HTTP/1.1\r\nHost: HOST\r\nContent-Length: -1\r\nConnection: close\r\n\r\n",
    "no chunk": b"POST /posts/ HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n",
    "everything": b"OPTIONS * HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64,
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with RunningSite(demo=False) as site:
        yield site.web


def answer(web: Web, request: bytes) -> int:
    """The status of what the server says to these bytes."""
    address = urlsplit(web.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(request.replace(b"HOST", address.netloc.encode()))
        head = connection.makefile("rb").readline()
    return int(head.split()[1])


@pytest.mark.parametrize("typed", TRICKS.values(), ids=TRICKS.keys())
def test_anywhere_in_a_request(web: Web, typed: str) -> None:
    short = typed[:100]
    headers = "".join(f"{name}: {short}\r\n" for name in HEADERS)
    cookies = "; ".join(f"{name}={short}" for name in COOKIES)
    tail = f" HTTP/1.1\r\nHost: HOST\r\n{headers}Cookie: {cookies}\r\nConnection: close\r\n\r\n"
    statuses = {path: answer(web, f"GET {path.format(typed)}{tail}".encode()) for path in PATHS}
    assert {path: status for path, status in statuses.items() if status >= 500} == {}


@pytest.mark.parametrize("request_", WHOLE.values(), ids=WHOLE.keys())
def test_no_request_at_all(web: Web, request_: bytes) -> None:
    assert answer(web, request_) < 500
    assert answer(web, b"GET /health/live HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n") == 200
