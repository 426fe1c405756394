"""Real uvicorn processes on the test's database, and real WebSocket clients that speak to them."""

import json
import socket
import time
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.processes import Web


class Server(Web):
    """One process that serves sockets beside the test's own process, on the same database and channel."""

    def __init__(self, *, compression: bool = False, **env: str) -> None:
        super().__init__(env={**environment(), **env})
        if compression:
            self.command += ["--ws-per-message-deflate", "true"]  # the last word counts
        self.host = f"127.0.0.1:{self.port}"
        self._tabs: list[Tab] = []

    def has_logged(self, event: str) -> bool:
        return event in self.log.read_text()

    def client(self, cookie: str = "", *, path: str = "/ws/", origin: str | None = "", **options: Any) -> "Tab":
        """A tab of whoever the session cookie belongs to; without `origin` its page is ours."""
        headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"} if cookie else {}
        own_page = Origin(f"http://{self.host}") if origin == "" else origin
        options = {"origin": own_page, "additional_headers": headers, "compression": None, **options}
        connection = connect(f"ws://{self.host}{path}", legacy=True, **options)
        self._tabs.append(Tab(connection))
        return self._tabs[-1]

    def slow_client(self, cookie: str) -> "Tab":
        """A tab that takes a few frames and then reads no further until it is asked to hear."""
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        raw.connect(("127.0.0.1", self.port))
        return self.client(cookie, sock=raw, max_size=None, max_queue=1)

    def close_tabs(self) -> None:
        for tab in self._tabs:
            tab.connection.socket.close()
        self._tabs.clear()


class Tab:
    """What a person's browser tab sees."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.connection.socket.close()

    def say(self, **frame: Any) -> None:
        self.connection.send(json.dumps(frame))

    def hear(self, timeout: float = 5) -> dict[str, Any]:
        """The next frame; TimeoutError when none comes."""
        frame: dict[str, Any] = json.loads(self.connection.recv(timeout=timeout))
        return frame

    def hear_type(self, kind: str, timeout: float = 5) -> dict[str, Any]:
        """The next frame of this type; others are passed over."""
        deadline = time.monotonic() + timeout
        while True:
            frame = self.hear(max(0.01, deadline - time.monotonic()))
            if frame["type"] == kind:
                return frame

    def settle(self) -> Self:
        """Wait until the socket is seated: its groups are joined before it is answered."""
        self.say(type="ping")
        self.hear_type("pong")
        return self

    def until_closed(self, timeout: float = 5) -> tuple[int, list[dict[str, Any]]]:
        """The close code, and the frames that came before it."""
        frames = []
        deadline = time.monotonic() + timeout
        while True:
            try:
                frames.append(self.hear(max(0.01, deadline - time.monotonic())))
            except ConnectionClosed as closed:
                return (closed.rcvd.code if closed.rcvd else 1006), frames


def environment() -> dict[str, str]:
    """Where the processes find this test's database and channel."""
    params = connection.get_connection_params()
    return {
        "DJANGO_SETTINGS_MODULE": "tests.realtime.settings",
        "REDIS_TIMEOUT_MS": "500",
        "DATABASE_URL": _database_url(params),
        "REDIS_URL": settings.REDIS_URL,
        "REDIS_PREFIX": settings.REDIS_PREFIX,
    }


def _database_url(params: Mapping[str, Any]) -> str:
    user, password = quote(str(params.get("user", ""))), quote(str(params.get("password", "")))
    place = f"?host={quote(str(params.get('host', '')), safe='/')}"
    port = f"&port={params['port']}" if params.get("port") else ""
    return f"postgresql://{user}:{password}@/{params['dbname']}{place}{port}"
