"""File locks: the kernel drops them with the process, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Wait for the lock and hold it for the block."""
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


class OnlyOne:
    """A lock that one process at a time can take; the file tells the others what it does."""

    def __init__(self, path: Path) -> None:
        self._handle = path.open("a+", encoding="utf-8")

    def take(self, says: str) -> bool:
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        self._handle.seek(0)
        self._handle.truncate()
        self._handle.write(says)
        self._handle.flush()
        return True

    def __enter__(self) -> "OnlyOne":
        return self

    def __exit__(self, *_exception: object) -> None:
        self._handle.close()

    def says(self) -> str:
        self._handle.seek(0)
        return self._handle.read()


class Users:
    """How many processes use an instance, counted by shared locks: the last one to leave stops the servers.

    Call both methods under `held(...)` of one and the same other lock, so that nobody arrives while the last leaves.
    """

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)

    def arrive(self) -> None:
        fcntl.flock(self._handle, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """True when nobody else is left."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(self._handle)
        return True
