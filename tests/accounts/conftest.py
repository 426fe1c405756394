"""What tests of the ways in share."""

from collections.abc import Iterator

import pytest
import time_machine
from django.utils import timezone

LONGEST_WINDOW = 600  # seconds, of the limits that these tests run into


@pytest.fixture(autouse=True)
def early_in_every_window() -> Iterator[None]:
    """A window of a limit that ended in the middle of a test would let one more through."""
    now = int(timezone.now().timestamp())
    with time_machine.travel(now - now % LONGEST_WINDOW + 1, tick=True):
        yield
