"""A Redis that fails is asked once, and then left alone for a while."""

import time

import pytest
from django.core.cache import cache
from redis.exceptions import RedisError

from apps.kernel import redis


def test_it_answers() -> None:
    assert redis.client().ping()
    assert redis.available()


def test_only_the_first_who_asks_waits(broken_redis: str) -> None:
    started = time.monotonic()
    with pytest.raises(RedisError):
        redis.client().ping()
    assert not redis.available()
    for _again in range(100):
        assert cache.get("anything") is None
        cache.set("anything", 1)
        with pytest.raises(RedisError):
            redis.client().get("anything")
    assert time.monotonic() - started < 5


def test_the_cache_trips_it_too(broken_redis: str) -> None:
    assert cache.get_many(["a", "b"]) == {}
    assert not redis.available()


def test_it_is_asked_again_after_the_pause(broken_redis: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.get("anything")
    assert not redis.available()
    monkeypatch.setattr("apps.kernel.redis._closed_until", time.monotonic() - 0.001)
    assert redis.available()
    with pytest.raises(RedisError):
        redis.client().ping()
    assert not redis.available()
