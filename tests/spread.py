"""How `make test` spreads over its workers: whole files, the long ones first, and all of the browser on one of them.

One worker waits at the end for the other; the later a long file begins, the longer. The browser's tests share a running
site, and two of those would cost what half of the other tests do.
"""

import pytest
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

BROWSER = "tests/e2e/"
LONG = [
    BROWSER,
    "tests/access/test_matrix.py",
    "tests/graph/test_properties.py",
    "tests/demo/test_campus.py",
    "tests/access/test_mass_assignment.py",
    "tests/outbox/test_faults.py",
    "tests/posts/test_edit_properties.py",
    "tests/demo/test_command.py",
    "tests/access/test_bad_input.py",
    "tests/access/test_mutants.py",
]


def longest_first(items: list[pytest.Item]) -> None:
    """The others stay in the order they were shuffled into."""

    def place(item: pytest.Item) -> int:
        return next((place for place, begins in enumerate(LONG) if item.nodeid.startswith(begins)), len(LONG))

    items.sort(key=place)


class Files(LoadFileScheduling):  # type: ignore[misc]
    """A worker takes a file at a time, and whoever begins in the browser stays in it."""

    def __init__(self, config: pytest.Config, log: object = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # it takes files with many tests for long ones

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(BROWSER) else str(super()._split_scope(nodeid))
