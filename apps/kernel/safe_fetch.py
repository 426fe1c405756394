"""The only way this site asks a foreign server for anything. Workers only: a page never waits for a stranger.

The address comes from a person, so it may point at our own network (RELIABILITY.md 1b, lesson 12). What is checked is
the address that is connected to: a name is resolved once, here, and a redirect is a new request with the same checks.
"""

import codecs
import ipaddress
import socket
import time
import zlib
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from email.message import Message
from threading import Thread
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

import httpcore
from django.conf import settings
from django.utils.encoding import iri_to_uri

REDIRECTS = 3
PORTS = {"http": 80, "https": 443}
MOVED = (301, 302, 303, 307, 308)
CHARSETS = ("utf-8", "utf-16", "ascii", "iso8859", "cp125", "koi8", "gb", "big5", "euc", "shift_jis", "iso2022", "mac")

# IANA's special-purpose registries, and what else answers inside: benchmarks, multicast, a cloud's own machinery.
CLOSED_4 = [
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
    )
]  # fmt: skip
# Of IPv6 only what is given out to the world is open. So NAT64, IPv4-mapped and -compatible, link-local, unique local
# and multicast addresses are closed without being named; Teredo, 6to4 and documentation lie inside, and are named.
OPEN_6 = ipaddress.IPv6Network("2000::/3")
CLOSED_6 = [
    ipaddress.IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
]

Reason = Literal["refused", "unreachable", "timeout", "too_large", "wrong_type", "bad_status", "redirects"]


class FetchError(Exception):
    """Nothing usable came. `refused` means that nothing was connected to."""

    def __init__(self, reason: Reason, detail: object = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class Fetched:
    url: str  # after redirects
    type: str  # of the content, lower case, without parameters
    charset: str  # as declared; "utf-8" when it is not, or unknown
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode(self.charset, errors="replace")


def get(url: str, *, max_bytes: int, timeout: float, types: Collection[str], cut: bool = False) -> Fetched:
    """The page at a public http(s) address, or FetchError: one of `types`, at most `max_bytes` (also unpacked).

    With `cut` a longer page is its first `max_bytes`, and no more of it is read.
    All redirects, look-ups, hand-shakes and reads together take at most `timeout` seconds. Sends no cookie, follows no
    proxy setting, keeps no connection.
    """
    deadline = time.monotonic() + timeout
    target = ""
    for _hop in range(REDIRECTS + 1):
        target, allowed = _checked(url, target)
        try:
            with (
                httpcore.ConnectionPool(network_backend=_Backend(deadline, allowed)) as pool,
                pool.stream("GET", target, headers=_headers(types)) as response,
            ):
                if response.status not in MOVED:
                    return _read(target, response, max_bytes=max_bytes, types=types, cut=cut)
                url = _header(response, b"location")
        except httpcore.TimeoutException as error:
            raise FetchError("timeout", error) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, zlib.error) as error:
            raise FetchError("unreachable", error) from error
    raise FetchError("redirects")


def is_public(address: str) -> bool:
    """Whether a literal IP address belongs to the internet at large."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if parsed.version == 4:
        return not any(parsed in network for network in CLOSED_4)
    return parsed in OPEN_6 and not any(parsed in network for network in CLOSED_6)


def _checked(url: str, base: str) -> tuple[str, bool]:
    """The address as it is sent, and whether a setting names its host and port as ours to reach (tests only)."""
    try:
        parts = urlsplit(urljoin(base, url))
        host = (parts.hostname or "").rstrip(".").encode("idna").decode()
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as error:  # UnicodeError is one
        raise FetchError("refused", error) from error
    allowed = f"{host}:{port}" in settings.SAFE_FETCH_ALSO
    if parts.scheme not in PORTS or not host or parts.username is not None or parts.password is not None:
        raise FetchError("refused", "not a plain web address")
    if port not in PORTS.values() and not allowed:
        raise FetchError("refused", f"port {port}")
    shown = f"[{host}]" if ":" in host else host
    where = shown if port == PORTS[parts.scheme] else f"{shown}:{port}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{where}{iri_to_uri((parts.path or '/') + query)}", allowed


def _headers(types: Collection[str]) -> list[tuple[str, str]]:
    return [
        ("Accept", ", ".join(types)),
        ("Accept-Encoding", "gzip, identity"),
        ("User-Agent", f"{settings.SITE_NAME.replace(' ', '')}/1 (+{settings.SITE_URL or 'link check'})"),
        ("Connection", "close"),
    ]


def _read(
    url: str, response: httpcore.Response, *, max_bytes: int, types: Collection[str], cut: bool = False
) -> Fetched:
    if response.status != 200:
        raise FetchError("bad_status", response.status)
    kind, charset = _declared(_header(response, b"content-type") or "application/octet-stream")
    if kind not in types:
        raise FetchError("wrong_type", kind)
    body = bytearray()
    for piece in _unpacked(response.iter_stream(), _header(response, b"content-encoding"), max_bytes):
        body += piece
        if len(body) > max_bytes:
            if cut:
                break
            raise FetchError("too_large")
    return Fetched(url, kind, charset, bytes(body[:max_bytes]))


def _unpacked(raw: Iterable[bytes], encoding: str, max_bytes: int) -> Iterator[bytes]:
    """What was packed, never more than `max_bytes` and one byte at a time: a bomb goes off in a small room."""
    if encoding.lower() in ("", "identity"):
        yield from raw
        return
    if encoding.lower() not in ("gzip", "x-gzip"):
        raise FetchError("wrong_type", f"encoding {encoding[:40]}")
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    for piece in raw:
        yield unpacker.decompress(piece, max_bytes + 1)
        if unpacker.unconsumed_tail:
            raise FetchError("too_large")


def _header(response: httpcore.Response, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in response.headers if key.lower() == name), "")


def _declared(header: str) -> tuple[str, str]:
    """Type and charset of a Content-Type."""
    message = Message()
    message["Content-Type"] = header
    try:
        return message.get_content_type(), known_charset(message.get_content_charset() or "utf-8")
    except ValueError as error:  # a parameter numbered beyond what int() takes
        raise FetchError("wrong_type", error) from error


def known_charset(charset: str) -> str:
    """The charset, if pages are written in it. Python knows more: punycode takes minutes for a megabyte, idna fails."""
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):
        return "utf-8"
    return charset if name.startswith(CHARSETS) else "utf-8"


class _Backend(httpcore.NetworkBackend):
    """Connects to an address that was looked at, whatever the name says a moment later; SNI and Host keep the name."""

    def __init__(self, deadline: float, allowed: bool) -> None:
        self.deadline = deadline
        self.allowed = allowed

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = _resolve(host, port, _left(self.deadline))
        if not self.allowed and not all(is_public(address) for address in addresses):
            raise FetchError("refused", f"{host} is {', '.join(addresses)[:200]}")
        stream = httpcore.SyncBackend().connect_tcp(addresses[0], port, _left(self.deadline))
        return _Stream(stream, self.deadline)


class _Stream(httpcore.NetworkStream):
    """A connection that ends at the deadline, however slowly the other side dribbles."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self.stream = stream
        self.deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, _left(self.deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, _left(self.deadline))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self.stream.start_tls(ssl_context, server_hostname, _left(self.deadline))
        return _Stream(secured, self.deadline)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time for it is over")
    return left


def _resolve(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of a name, in the order to try. The look-up has no limit of its own, so a thread waits for it."""
    found: Future[list[str]] = Future()

    def look_up() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.set_result([str(answer[4][0]) for answer in answers])
        except (OSError, UnicodeError) as error:
            found.set_exception(httpcore.ConnectError(str(error)))

    Thread(target=look_up, daemon=True).start()
    try:
        return found.result(seconds)
    except TimeoutError as error:
        raise httpcore.ConnectTimeout("no answer about the name") from error
