from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import User
from apps.kernel.jobs import services
from apps.kernel.jobs.models import Job
from tests.realtime.server import environment


@pytest.fixture
def start(alice: User) -> Callable[..., Job]:
    """Starts a job of alice's."""
    return lambda kind, **payload: services.start(kind=kind, owner=alice, payload=payload)


@pytest.fixture
def worker_env(transactional_db: None) -> dict[str, Any]:
    """For real workers on the test's own database that know the sample jobs."""
    return {**environment(), "DJANGO_SETTINGS_MODULE": "tests.jobs.settings"}
