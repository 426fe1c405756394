"""The checker checked: twenty permission checks are taken out, one at a time, and the matrices must notice each.

Taking a check out is the point of this file, and the only place where the suite changes our own code.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db.models import Q
from django.utils.module_loading import import_string

from tests.access import world
from tests.access.rows import ROWS
from tests.access.test_matrix import wrong_answers


@dataclass(frozen=True)
class Mutant:
    target: str  # module.attribute that holds the check
    instead: Callable[..., Any]
    routes: tuple[str, ...]  # where it must be noticed

    @property
    def id(self) -> str:
        return self.target.removeprefix("apps.")


def nothing(*args: Any, **kwargs: Any) -> None:
    return None
