"""Fetching from strangers (RELIABILITY.md 1b, lesson 12).

The guard stands at the socket: what is refused never connects.
"""

import gzip
import resource
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pytest_django import Settings

from apps.kernel import safe_fetch
from apps.kernel.safe_fetch import FetchError
from config import env
from tests.foreign import Foreign, html, redirect

HTML = ("text/html",)
PUBLIC = "93.184.216.34"
INSIDE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1",
    "100.100.100.200", "168.63.129.16", "169.254.169.254", "169.254.0.1", "172.16.0.1", "172.31.255.255", "192.0.0.192",
    "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.51.100.7", "203.0.113.9",
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1", "100::1", "2001::7f00:1", "2001:0:7f00:1::8080", "2001:db8::1", "2002:7f00:1::1",
    "2002:a9fe:a9fe::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
]  # fmt: skip
DISGUISES = [
    "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/", "http://0/", "http://localhost/",
    "http://localhost./", "http://①②⑦.0.0.1/", "http://127。0。0。1/", "http://[::ffff:7f00:1]/",
    "http://[::1%25lo]/",
]  # fmt: skip
NO_ADDRESS = [
    "", "campus", "file:///etc/passwd", "ftp://example.org/", "gopher://example.org/",
    "data:text/html,x", "javascript:alert(1)", "http://", "http:///path", "http://[::1", "http://example.org:22/", "http://example.org:6379/",
    "https://example.org:8443/", "http://example.org:99999/", "http://me:secret@example.org/", "http://me@example.org/",
    "http://a..b/", "http://" + "a" * 70 + ".example/",
]  # fmt: skip


def fetch(url: str, *, max_bytes: int = 100_000, timeout: float = 5) -> safe_fetch.Fetched:
    return safe_fetch.get(url, max_bytes=max_bytes, timeout=timeout, types=HTML)


@pytest.fixture
def server(settings: Settings) -> Iterator[Foreign]:
    with Foreign() as running:
        settings.SAFE_FETCH_ALSO = [running.host]
        yield running


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Where sockets were told to connect to. Only the machine's own test server is really reached."""
    made: list[tuple[str, int]] = []
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        made.append(address[:2])
        if address[0] != "127.0.0.1" or address[1] in safe_fetch.PORTS.values():
            raise ConnectionRefusedError("the guard")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return made


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """A name server: for each name its answers, one after another; the last one stays. Literals resolve as ever."""
    known: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> list[Any]:
        if host not in known:
            return real(host, port, *args, **kwargs)
        answers = known[host].pop(0) if len(known[host]) > 1 else known[host][0]
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in answers
        ]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


def reason(url: str, **limits: Any) -> str:
    with pytest.raises(FetchError) as caught:
        fetch(url, **limits)
    return caught.value.reason


def test_a_page_comes_as_it_is(server: Foreign) -> None:
    server.pages["/gr%C3%BC%C3%9Fe?q=%C3%A4"] = html("Grüße", kind="Text/HTML; charset=UTF-8")
    page = fetch(server.url("/grüße?q=ä#part"))
    assert (page.text, page.type, page.charset) == ("Grüße", "text/html", "utf-8")
    assert page.url == server.url("/gr%C3%BC%C3%9Fe?q=%C3%A4")


def test_an_unknown_charset_is_read_as_utf_8(server: Foreign) -> None:
    server.pages["/"] = html("ok", kind="text/html; charset=klingon")
    assert fetch(server.url("/")).text == "ok"


@pytest.mark.parametrize("charset", ["punycode", "idna", "unicode_escape", "utf-7", "hex", "undefined", "x" * 9_000])
def test_a_charset_no_page_is_written_in_does_no_harm(charset: str, server: Foreign) -> None:
    """punycode took two minutes for a megabyte of these, and idna raised."""
    server.pages["/"] = html("a" * 500_000 + "-" + "a" * 499_000, kind=f"text/html; charset={charset}")
    started = time.monotonic()
    assert len(fetch(server.url("/"), max_bytes=1_000_000).text) == 999_001
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("charset", ["utf-8", "UTF-16", "latin1", "windows-1252", "koi8-r", "Shift_JIS", "gb18030"])
def test_a_charset_of_pages_is_understood(charset: str, server: Foreign) -> None:
    server.pages["/"] = html("ok", kind=f"text/html; charset={charset}")
    assert fetch(server.url("/")).charset == charset.lower()


def test_a_type_that_cannot_be_read_is_refused(server: Foreign) -> None:
    server.pages["/"] = html("ok", kind=f"text/html; charset*{'1' * 5_000}=utf-8")
    assert reason(server.url("/")) == "wrong_type"


def test_it_tells_nothing_about_anybody(server: Foreign, monkeypatch: pytest.MonkeyPatch) -> None:
    """No cookie is kept from one request to the next, and no proxy of the environment gets to see it."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    server.pages["/"] = html("", status=302, Location="/next", Set_Cookie="seen=1")
    server.pages["/next"] = html("ok", Set_Cookie="seen=2")
    for _time in range(2):
        assert fetch(server.url("/")).text == "ok"
    assert len(server.asked) == 4
    for _path, headers in server.asked:
        assert headers.keys() <= {"Host", "Accept", "Accept-Encoding", "User-Agent", "Connection"}
        assert headers["Host"] == server.host


@pytest.mark.parametrize("address", INSIDE)
def test_nothing_inside_is_reached(
    address: str, server: Foreign, connects: list[tuple[str, int]], names: dict[str, list[list[str]]]
) -> None:
    """As a literal, behind a name, beside a public address, behind a redirect: no socket is told to connect there."""
    literal = f"http://[{address}]/" if ":" in address else f"http://{address}/"
    names |= {"inside.example": [[address]], "both.example": [[PUBLIC, address]]}
    server.pages["/literal"] = redirect(literal)
    server.pages["/named"] = redirect("https://inside.example/")
    for url in (literal, "http://inside.example/", "https://inside.example/", "http://both.example/"):
        assert reason(url) == "refused"
    assert connects == []
    for path in ("/literal", "/named"):
        assert reason(server.url(path)) == "refused"
    assert connects == [("127.0.0.1", server.server_port)] * 2


@pytest.mark.parametrize("url", DISGUISES)
def test_a_disguise_does_not_help(url: str, connects: list[tuple[str, int]]) -> None:
    assert reason(url) in ("refused", "unreachable")
    assert connects == []


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_only_plain_web_addresses_are_fetched(
    url: str, server: Foreign, connects: list[tuple[str, int]], names: dict[str, list[list[str]]]
) -> None:
    names["example.org"] = [[PUBLIC]]
    assert reason(url) in ("refused", "unreachable")
    assert connects == []
    server.pages["/"] = redirect(url)
    assert reason(server.url("/")) in ("refused", "unreachable", "redirects", "bad_status")
    assert set(connects) <= {("127.0.0.1", server.server_port)}  # a relative one leads back to the page itself


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_changes_its_mind_gains_nothing(
    address: str, connects: list[tuple[str, int]], names: dict[str, list[list[str]]]
) -> None:
    """DNS rebinding: public when looked at, inside a moment later. The address that was looked at is connected to."""
    for scheme, port in safe_fetch.PORTS.items():
        names["rebind.example"] = [[PUBLIC], [address]]
        connects.clear()
        assert reason(f"{scheme}://rebind.example/") == "unreachable"
        assert connects == [(PUBLIC, port)]


@pytest.mark.parametrize("address", [PUBLIC, "1.1.1.1", "172.32.0.1", "2606:2800:220:1:248:1893:25c8:1946", "2a00::1"])
def test_the_world_outside_is_reached(
    address: str, connects: list[tuple[str, int]], names: dict[str, list[list[str]]]
) -> None:
    names["open.example"] = [[address]]
    assert reason("http://open.example/") == "unreachable"  # by the guard
    assert connects == [(address, 80)]


def test_the_exception_is_one_host_and_port(server: Foreign, connects: list[tuple[str, int]]) -> None:
    server.pages["/"] = html("ok")
    assert fetch(server.url("/")).text == "ok"
    assert reason(f"http://localhost:{server.server_port}/") == "refused"
    assert reason("http://127.0.0.1/") == "refused"
    assert connects == [("127.0.0.1", server.server_port)]


def test_production_refuses_to_start_with_an_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    for also, starts in (("", True), ("127.0.0.1:80", False)):
        done = subprocess.run(
            [sys.executable, "-c", "import config.settings.production"],
            env={
                **{name: env.text(name) for name in ("PATH", "DATABASE_URL", "REDIS_URL")},
                "SECRET_KEY": "s" * 50,
                "SAFE_FETCH_ALSO": also,
            },
            capture_output=True,
            text=True,
        )
        assert (done.returncode == 0) is starts, done.stderr
        assert starts or "SAFE_FETCH_ALSO" in done.stderr


def test_three_redirects_are_followed_and_no_more(server: Foreign) -> None:
    for number in range(5):
        server.pages[f"/{number}"] = redirect(f"/{number + 1}", status=(301, 302, 303, 307, 308)[number])
    server.pages["/5"] = html("there")
    assert fetch(server.url("/2")).text == "there"
    server.asked.clear()
    assert reason(server.url("/1")) == "redirects"
    assert [path for path, _headers in server.asked] == ["/1", "/2", "/3", "/4"]


def test_only_a_good_answer_of_a_wanted_type_counts(server: Foreign) -> None:
    server.pages["/pdf"] = html("%PDF", kind="application/pdf")
    server.pages["/error"] = html("ok", status=500)
    server.pages["/packed"] = html("ok", Content_Encoding="br")
    assert reason(server.url("/missing")) == "bad_status"
    assert reason(server.url("/error")) == "bad_status"
    assert reason(server.url("/pdf")) == "wrong_type"
    assert reason(server.url("/packed")) == "wrong_type"


def test_a_packed_page_is_unpacked(server: Foreign) -> None:
    server.pages["/"] = sending(gzip.compress("Grüße".encode()), encoding="gzip")
    assert fetch(server.url("/")).text == "Grüße"
    server.pages["/"] = sending(b"no gzip at all", encoding="gzip")
    assert reason(server.url("/")) == "unreachable"


def sending(*pieces: bytes, encoding: str = "identity", pause: float = 0, times: int = 1) -> Callable[..., None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.send_header("Content-Encoding", encoding)
        request.end_headers()
        for _time in range(times):
            for piece in pieces:
                request.wfile.write(piece)
                time.sleep(pause)

    return answer


def dribbled_headers(request: BaseHTTPRequestHandler) -> None:
    for letter in b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Long: " + b"x" * 200:
        request.wfile.write(bytes([letter]))
        time.sleep(0.05)


@pytest.mark.parametrize(
    "answer", [sending(b"x", pause=0.05, times=200), dribbled_headers, lambda request: time.sleep(10)]
)
def test_a_slow_server_is_not_waited_for(answer: Callable[..., None], server: Foreign) -> None:
    """Ten seconds' worth of single bytes, none of them late on its own."""
    server.pages["/"] = answer
    started = time.monotonic()
    assert reason(server.url("/"), timeout=0.5) == "timeout"
    assert time.monotonic() - started < 5


def test_a_slow_name_server_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: time.sleep(10))
    started = time.monotonic()
    assert reason("http://slow.example/", timeout=0.3) == "timeout"
    assert time.monotonic() - started < 5


def test_redirects_share_one_time(server: Foreign) -> None:
    def slowly(request: BaseHTTPRequestHandler) -> None:
        time.sleep(0.4)
        redirect("/")(request)

    server.pages["/"] = slowly
    assert reason(server.url("/"), timeout=0.6) == "timeout"


def test_an_endless_body_is_cut(server: Foreign) -> None:
    """A gigabyte is offered; what was read of it stays small."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    server.pages["/"] = sending(b"x" * 100_000, times=10_000)
    assert reason(server.url("/")) == "too_large"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000  # KiB


def test_a_bomb_is_not_unpacked(server: Foreign) -> None:
    bomb = gzip.compress(b"\0" * 200_000_000, compresslevel=9)
    assert len(bomb) < 250_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    server.pages["/"] = sending(bomb, encoding="gzip")
    assert reason(server.url("/"), max_bytes=500_000) == "too_large"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000  # KiB


def test_a_body_of_just_the_size_is_taken(server: Foreign) -> None:
    server.pages["/"] = html("x" * 1_000)
    assert len(fetch(server.url("/"), max_bytes=1_000).body) == 1_000
    assert reason(server.url("/"), max_bytes=999) == "too_large"
    server.pages["/"] = sending(gzip.compress(b"x" * 1_000), encoding="gzip")
    assert len(fetch(server.url("/"), max_bytes=1_000).body) == 1_000
    assert reason(server.url("/"), max_bytes=999) == "too_large"


def test_a_certificate_nobody_vouches_for_is_refused(
    tmp_path: Path, names: dict[str, list[list[str]]], settings: Settings
) -> None:
    """And the server hears the name, though the address is what we connected to."""
    heard: list[str | None] = []
    secured = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secured.load_cert_chain(own_certificate(tmp_path, "mine.example"))
    secured.sni_callback = lambda connection, name, context: heard.append(name)
    with Foreign(secured) as server:
        names["mine.example"] = [["127.0.0.1"]]
        settings.SAFE_FETCH_ALSO = [f"mine.example:{server.server_port}"]
        server.pages["/"] = html("ok")
        assert reason(f"https://mine.example:{server.server_port}/") == "unreachable"
        assert heard == ["mine.example"]
        assert server.asked == []


def own_certificate(directory: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = directory / "own.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    return path
