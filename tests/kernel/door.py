"""A door in front of PostgreSQL that a test may shut, without harm to the server that all tests share."""

import contextlib
import os
import socket
import threading
from pathlib import Path
from typing import Self

from config import env


class Door:
    """Listens on a socket of its own, `url` leads through it. `shut()` is a server that went away."""

    def __init__(self, directory: Path, database_url: str) -> None:
        os.environ["DOOR_TARGET"] = database_url
        target = env.database("DOOR_TARGET")
        port = target["PORT"] or "5432"
        host = target["HOST"]
        self._target = f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host or "localhost", int(port))
        self._path = directory / ".s.PGSQL.5432"
        name, user, password = target["NAME"], target["USER"], target["PASSWORD"]
        self.url = f"postgresql://{user}:{password}@/{name}?host={directory}"
        self._open: list[socket.socket] = []

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *exc: object) -> None:
        self.shut()

    def open(self) -> None:
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self._path))
        self._path.chmod(0o777)
        self._listening.listen(64)
        threading.Thread(target=self._admit, args=[self._listening], daemon=True).start()

    def shut(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
        for one in [self._listening, *self._open]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()

    def _admit(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                outside, _address = listening.accept()
                inside = socket.socket(socket.AF_UNIX if isinstance(self._target, str) else socket.AF_INET)
                inside.connect(self._target)
                self._open += [outside, inside]
                if self._listening is not listening or listening.fileno() < 0:  # shut while this one came in
                    outside.close()
                    inside.close()
                    return
                for source, sink in ((outside, inside), (inside, outside)):
                    threading.Thread(target=self._carry, args=[source, sink], daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
