"""Alice's jobs, run in this process or in real workers; the sample's kinds are registered by being imported."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import User
from apps.kernel.jobs import services
from apps.kernel.jobs.models import Job
from tests.jobs.sample import jobs
from tests.realtime.conftest import alices_session, bobs_session, running_servers, server
from tests.realtime.server import environment

__all__ = ["alices_session", "bobs_session", "jobs", "running_servers", "server"]


@pytest.fixture
def start(alice: User) -> Callable[..., Job]:
    """Starts a job of alice's."""
    return lambda kind, **payload: services.start(kind=kind, owner=alice, payload=payload)


@pytest.fixture
def worker_env(transactional_db: None) -> dict[str, Any]:
    """For real workers on the test's own database that know the sample jobs.

    They give Redis longer than production does: after a pause of its own a worker tells nothing for five seconds, and a
    job here takes two.
    """
    return {**environment(), "DJANGO_SETTINGS_MODULE": "tests.jobs.settings", "REDIS_TIMEOUT_MS": "10000"}
