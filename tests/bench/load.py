"""A closed-loop HTTP load: so many workers, each sends its next request when the last was answered."""

import http.client
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit


class Ask(NamedTuple):
    """One request; with a body it is a POST."""

    path: str
    headers: dict[str, str]
    body: str | None = None


@dataclass
class Result:
    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    bytes: int = 0
    errors: int = 0

    @property
    def requests(self) -> int:
        return len(self.times)

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds if self.seconds else 0.0

    def percentile(self, share: int) -> float:
        """Milliseconds."""
        if len(self.times) < 2:
            return 0.0
        return statistics.quantiles(self.times, n=100)[share - 1] * 1000


def run(
    base: str, ask: Callable[[int], Ask], *, seconds: float = 600, count: int = 10**9, concurrency: int = 8
) -> Result:
    """Loads `base` for `seconds`, or with `count` requests. `ask(i)` gives the i-th. A redirect is good, but not to the
    log-in.
    """
    result, lock = Result(), threading.Lock()
    until, counter = time.perf_counter() + seconds, iter(range(count))
    host = urlsplit(base)

    def work() -> None:
        connection = http.client.HTTPConnection(host.hostname or "", host.port, timeout=30)
        while time.perf_counter() < until:
            with lock:
                number = next(counter, None)
            if number is None:
                break
            started = time.perf_counter()
            good, size = _ask(connection, ask(number))
            with lock:
                if good:
                    result.times.append(time.perf_counter() - started)
                    result.bytes += size
                else:
                    result.errors += 1

    threads = [threading.Thread(target=work) for _ in range(concurrency)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - started
    return result


def _ask(connection: http.client.HTTPConnection, asked: Ask) -> tuple[bool, int]:
    """Whether the answer was good, and its bytes."""
    try:
        connection.request("GET" if asked.body is None else "POST", asked.path, asked.body, asked.headers)
        response = connection.getresponse()
        size = len(response.read())
    except (OSError, http.client.HTTPException):
        connection.close()
        return False, 0
    to = response.headers.get("Location", "")
    return 200 <= response.status < 400 and not to.startswith("/accounts/"), size
