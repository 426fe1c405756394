"""The stage of the access tests, built once for a file: each test undoes what it does on it."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.access import world
from tests.access.world import World


@pytest.fixture(scope="module")
def world_of_the_file(once: Callable[[Callable[[], Any]], Any]) -> World:
    built: World = once(world.build)
    return built


@pytest.fixture
def stage(db: None, world_of_the_file: World) -> World:
    """As it was built, for this test alone."""
    return deepcopy(world_of_the_file)
