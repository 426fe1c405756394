"""Kept answers: made once, forgotten on commit, never older than a commit, and a miss without Redis."""

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.core.cache import cache as store
from django.db import transaction

from apps.kernel import cache

PROFILE = "profile"
SECONDS = cache.LIFETIMES[PROFILE].shared


class Maker:
    """Makes a new number each time, and knows how often."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> int:
        self.made += 1
        return self.made


@pytest.fixture
def make() -> Maker:
    return Maker()


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    store.delete_pattern("*")  # type: ignore[attr-defined]
    yield
    store.delete_pattern("*")  # type: ignore[attr-defined]


def test_made_once(make: Maker) -> None:
    assert [cache.cached(PROFILE, 7, make=make) for _time in range(3)] == [1, 1, 1]


def test_each_argument_has_its_own(make: Maker) -> None:
    assert cache.cached(PROFILE, 7, make=make) != cache.cached(PROFILE, 8, make=make)


def test_nothing_is_an_answer_too() -> None:
    calls: list[int] = []
    for _time in range(3):
        assert cache.cached(PROFILE, 7, make=lambda: calls.append(1)) is None
    assert len(calls) == 1


def test_a_name_needs_a_lifetime(make: Maker) -> None:
    with pytest.raises(KeyError):
        cache.cached("whatever", make=make)


@pytest.mark.django_db(transaction=True)
def test_a_tag_takes_every_answer_with_it(make: Maker) -> None:
    def read() -> list[int]:
        return [
            cache.cached(PROFILE, 7, make=make, tags=["person:7"]),
            cache.cached("friends", 7, make=make, tags=["person:7", "person:8"]),
            cache.cached(PROFILE, 9, make=make, tags=["person:9"]),
        ]

    assert read() == read() == [1, 2, 3]
    cache.invalidate("person:7")
    assert read() == [4, 5, 3]
    cache.invalidate("person:8", "person:9")
    assert read() == [4, 6, 7]


@pytest.mark.django_db(transaction=True)
def test_forgotten_on_commit_and_not_before(make: Maker) -> None:
    def read() -> int:
        return cache.cached(PROFILE, 7, make=make, tags=["person:7"])

    assert read() == 1
    with transaction.atomic():
        cache.invalidate("person:7")
        assert read() == 1
    assert read() == 2
    with transaction.atomic():
        cache.invalidate("person:7")
        transaction.set_rollback(True)
    assert read() == 2


@pytest.mark.django_db(transaction=True)
def test_what_was_read_before_a_commit_is_not_kept_after_it() -> None:
    """Another request commits while the answer is being made."""

    def slow() -> str:
        cache.invalidate("person:7")
        return "from before"

    assert cache.cached(PROFILE, 7, make=slow, tags=["person:7"]) == "from before"
    assert cache.cached(PROFILE, 7, make=lambda: "from after", tags=["person:7"]) == "from after"


def test_it_runs_out(make: Maker) -> None:
    start = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False) as clock:
        assert cache.cached(PROFILE, 7, make=make) == 1
        clock.shift(SECONDS * 0.89)
        assert cache.cached(PROFILE, 7, make=make) == 1
        clock.shift(SECONDS * 0.12)
        assert cache.cached(PROFILE, 7, make=make) == 2


def run_together(*calls: Callable[[], object]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)


def test_a_crowd_makes_it_once() -> None:
    made: list[int] = []
    got: list[int] = []

    def slow() -> int:
        made.append(1)
        time.sleep(0.3)
        return 42

    run_together(*[lambda: got.append(cache.cached(PROFILE, 7, make=slow))] * 10)
    assert made == [1]
    assert got == [42] * 10


def test_while_one_makes_it_anew_the_others_show_the_old() -> None:
    begun, finish = threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        finish.wait(10)
        return "new"

    assert cache.cached(PROFILE, 7, make=lambda: "old") == "old"
    with time_machine.travel(time.time() + SECONDS + 1, tick=True):
        maker = threading.Thread(target=lambda: cache.cached(PROFILE, 7, make=slow))
        maker.start()
        assert begun.wait(10)
        assert cache.cached(PROFILE, 7, make=lambda: "never made") == "old"
        finish.set()
        maker.join(10)
        assert cache.cached(PROFILE, 7, make=lambda: "never made") == "new"


def test_a_maker_that_fails_does_not_stop_the_next(make: Maker) -> None:
    def fail() -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cache.cached(PROFILE, 7, make=fail)
    started = time.monotonic()
    assert cache.cached(PROFILE, 7, make=make) == 1
    assert time.monotonic() - started < cache.LOCK / 2


@pytest.mark.django_db
def test_without_redis_everything_is_a_miss(broken_redis: str, make: Maker) -> None:
    assert [cache.cached(PROFILE, 7, make=make, tags=["person:7"]) for _time in range(3)] == [1, 2, 3]
    with transaction.atomic():
        cache.invalidate("person:7")


@pytest.mark.django_db(transaction=True)
def test_configuration_is_kept_in_the_process(make: Maker) -> None:
    assert cache.cached("configuration", make=make) == 1
    store.delete_pattern("*")  # type: ignore[attr-defined]
    assert cache.cached("configuration", make=make) == 1
    cache.invalidate("configuration")
    assert cache.cached("configuration", make=make) == 2
