"""How much one person may say: 10 frames a second, 20 at once."""

import time

RATE = 10.0  # frames per second
BURST = 20.0


class Bucket:
    __slots__ = ("_at", "_tokens")

    def __init__(self) -> None:
        self._tokens = BURST
        self._at = time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        self._tokens = min(BURST, self._tokens + (now - self._at) * RATE)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
