import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from apps.kernel import redis


@pytest.fixture
def failing_urls(settings: Settings) -> None:
    """The addresses of tests/kernel/urls.py."""
    settings.ROOT_URLCONF = "tests.kernel.urls"


@pytest.fixture(params=["down", "hanging"])
def broken_redis(
    request: pytest.FixtureRequest, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """No Redis, or one that takes every connection and never says a word. Once it failed there is a pause (as ever)."""
    path = tmp_path / "r.sock"
    monkeypatch.setattr("apps.kernel.redis._closed_until", 0.0)  # also puts back what the test leaves behind
    with socket.socket(socket.AF_UNIX) as listening:
        if request.param == "hanging":
            listening.bind(str(path))
            listening.listen(64)
        settings.REDIS_URL = f"unix://{path}?db=0"
        settings.REDIS_TIMEOUT = 0.5
        kept = settings.CACHES["default"]
        options = kept["OPTIONS"] | {"SOCKET_CONNECT_TIMEOUT": 0.5, "SOCKET_TIMEOUT": 0.5}
        settings.CACHES = {"default": kept | {"LOCATION": settings.REDIS_URL, "OPTIONS": options}}
        redis.client.cache_clear()
        yield request.param
    redis.client.cache_clear()
