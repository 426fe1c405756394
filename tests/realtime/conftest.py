from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client

from apps.accounts.models import User
from tests.conftest import client_of
from tests.realtime.server import Server


@pytest.fixture(scope="session")
def running_servers(django_db_setup: None) -> Iterator[list[Server]]:
    """Two processes for all tests that leave them as they were."""
    with Server() as first, Server() as second:
        yield [first, second]


@pytest.fixture
def server(transactional_db: None, running_servers: list[Server]) -> Iterator[Server]:
    yield running_servers[0]
    running_servers[0].close_tabs()


@pytest.fixture
def second_server(transactional_db: None, running_servers: list[Server]) -> Iterator[Server]:
    yield running_servers[1]
    running_servers[1].close_tabs()


@pytest.fixture
def own_server(transactional_db: None) -> Iterator[Server]:
    """For a test that ends it."""
    with Server() as running:
        yield running


@pytest.fixture
def log_in() -> Callable[[User], str]:
    """Logs a person in anew and returns the session key."""

    def make(person: User) -> str:
        return cookie_of(client_of(person))

    return make


def cookie_of(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def alices_session(alice: User) -> str:
    return cookie_of(client_of(alice))


@pytest.fixture
def bobs_session(bob: User) -> str:
    return cookie_of(client_of(bob))
