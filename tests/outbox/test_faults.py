"""Real workers, a real clock, a real Redis, and what can happen to them (RELIABILITY.md 3, O1 to O16).

The handlers write one row per run and have no protection of their own, so a row too many is a run too many.
"""

import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.outbox.conftest import Campus
from tests.processes import wait_for

CLOCK = (
    "SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
    " WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()"
)


def ticks(count: int) -> list[dict[str, int]]:
    return [{"number": number} for number in range(count)]


def test_commit_to_effect_takes_a_moment(campus: Campus) -> None:
    """The bell, not the sweep: there is no clock here."""
    with campus.worker():
        campus.publisher.publish("sample.ticked", ticks(1))
        wait_for(campus.ticks, 30, "the worker is up")
        campus.publisher.publish("sample.ticked", [{"number": 1}])
        assert wait_for(lambda: len(campus.ticks()) == 2, 2, "the second tick") < 2


def test_a_burst_costs_few_messages(campus: Campus) -> None:
    campus.publisher.publish("sample.ticked", ticks(200))
    assert campus.redis.call(f"LLEN {campus.env['REDIS_PREFIX']}:celery:high") == b":1\r\n"


@pytest.mark.slow
def test_o1_crash_between_commit_and_bell(campus: Campus) -> None:
    campus.publisher.ask("sample.ticked", ticks(1), crash=True)
    campus.publisher.process.wait(30)
    assert campus.states() == {0: 1}
    with campus.worker(), campus.beat():
        campus.wait_until_done(30)
    assert campus.ticks() == [0]


@pytest.mark.slow
def test_o2_crash_between_effect_and_done(campus: Campus, tmp_path: Path) -> None:
    campus.publisher.publish("sample.cracked", [{"path": str(tmp_path / "mark")}])
    with campus.worker() as worker, campus.beat():
        campus.wait_until_done(40)
        assert worker.alive
    assert len(campus.ticks("crack")) == 1
    assert campus.database.value("SELECT attempts FROM kernel_delivery") == 2


def progress(campus: Campus) -> Callable[[], bool]:
    before = len(campus.ticks())
    return lambda: len(campus.ticks()) > before or not campus.unfinished()


@pytest.mark.slow
def test_o3_kill_9_at_twenty_random_points(campus: Campus) -> None:
    campus.publisher.publish("sample.ticked", ticks(1000))
    with campus.beat():
        for _ in range(20):
            with campus.worker(processes=2, TICK_SECONDS="0.03") as worker:
                wait_for(progress(campus), 40, "progress")
                time.sleep(random.uniform(0, 0.4))
                worker.kill9()
        killed_at = len(campus.ticks())
        with campus.worker(processes=2):
            campus.wait_until_done(60)
    assert killed_at < 1000, "the kills came after the work"
    assert sorted(campus.ticks()) == list(range(1000))
    assert campus.states() == {1: 1000}


@pytest.mark.slow
def test_o4_redis_forgets_everything(campus: Campus) -> None:
    campus.publisher.publish("sample.ticked", ticks(500))
    assert campus.redis.call("FLUSHALL").startswith(b"+OK")
    with campus.worker(), campus.beat():
        assert campus.wait_until_done(60) < 60
    assert sorted(campus.ticks()) == list(range(500))


@pytest.mark.slow
def test_o5_redis_is_down_for_a_while(campus: Campus) -> None:
    with campus.worker(), campus.beat():
        campus.publisher.publish("sample.ticked", ticks(1))
        campus.wait_until_done(30)
        campus.redis.kill9()
        seconds = campus.publisher.publish("sample.ticked", [{"number": number} for number in range(1, 300)])
        assert seconds < 30  # the first may wait a second for Redis, the others do not even try
        time.sleep(20)
        assert campus.unfinished()
        campus.redis.start()
        campus.wait_until_done(120)
    assert sorted(campus.ticks()) == list(range(300))


@pytest.mark.slow
def test_redis_that_hangs_delays_no_commit(campus: Campus) -> None:
    campus.publisher.publish("sample.ticked", ticks(1))
    campus.redis.signal(signal.SIGSTOP)
    try:
        assert campus.publisher.publish("sample.ticked", ticks(50)) < 5
    finally:
        campus.redis.signal(signal.SIGCONT)
    assert campus.unfinished() == 51


@pytest.mark.slow
@pytest.mark.parametrize("how", ["exit", "memory"])
def test_o7_poison_that_kills_its_process_dies_and_the_worker_lives(campus: Campus, how: str) -> None:
    with campus.worker(OUTBOX_LEASE="1") as worker, campus.beat():
        campus.publisher.publish("sample.ticked", ticks(5))
        campus.publisher.publish("sample.poured", [{"how": how}])
        campus.publisher.publish("sample.ticked", [{"number": number} for number in range(5, 10)])
        wait_for(lambda: len(campus.ticks()) == 10, 60, "the neighbours are done")
        campus.wait_until_done(180)
        campus.publisher.publish("sample.ticked", [{"number": 10}])
        wait_for(lambda: len(campus.ticks()) == 11, 30, "the worker goes on")
        assert worker.alive
    assert campus.database.rows("SELECT state, attempts FROM kernel_delivery WHERE handler = 'sample.pour'") == [(2, 8)]
    assert sorted(campus.ticks()) == list(range(11))


@pytest.mark.slow
def test_o8_order_of_one_key_with_four_workers(campus: Campus) -> None:
    counted = [{"counter": f"c{number % 5}", "number": number} for number in range(200)]
    campus.publisher.publish("sample.counted", counted)
    with campus.worker(processes=4), campus.beat():
        campus.wait_until_done(60)
    for key in {item["counter"] for item in counted}:
        rows = campus.database.rows("SELECT number FROM effect WHERE key = %s ORDER BY id", key)
        assert [row[0] for row in rows] == [item["number"] for item in counted if item["counter"] == key]


@pytest.mark.slow
def test_o9_a_frozen_worker_loses_its_lease_and_does_no_harm_when_it_wakes(campus: Campus) -> None:
    with campus.worker() as frozen, campus.beat():
        campus.publisher.publish("sample.stretched", [{"seconds": 2}])
        wait_for(lambda: campus.database.value("SELECT sum(attempts) FROM kernel_delivery") == 1, 30, "a claim")
        time.sleep(0.5)
        frozen.signal(signal.SIGSTOP)
        with campus.worker():
            wait_for(lambda: len(campus.ticks("stretch")) == 1, 70, "another worker takes it over")
            frozen.signal(signal.SIGCONT)
            time.sleep(5)
    assert len(campus.ticks("stretch")) == 1


@pytest.mark.slow
def test_o9_long_work_keeps_its_claim(campus: Campus) -> None:
    """Both kinds take four times as long as a lease, with idle workers waiting for it to run out."""
    env = {"OUTBOX_LEASE": "1"}
    with campus.worker("high,bulk", processes=4, **env), campus.beat():
        campus.publisher.publish("sample.stretched", [{"seconds": 4}])
        campus.wait_until_done(40)
    assert len(campus.ticks("stretch")) == 1
    assert len(campus.ticks("stretch_in_the_open")) == 1
    assert campus.database.rows("SELECT attempts FROM kernel_delivery") == [(1,), (1,)]


@pytest.mark.slow
def test_o10_two_clocks_and_two_workers(campus: Campus) -> None:
    campus.publisher.publish("sample.ticked", ticks(500))
    with campus.beat(), campus.beat(), campus.worker(), campus.worker():
        campus.wait_until_done(60)
    assert sorted(campus.ticks()) == list(range(500))


@pytest.mark.slow
def test_o10_the_second_clock_waits_for_the_first(campus: Campus) -> None:
    def sent() -> int:
        return int(campus.redis.call(f"LLEN {campus.env['REDIS_PREFIX']}:celery:high").strip(b":\r\n"))

    with campus.beat() as first:
        wait_for(sent, 30, "the first clock ticks")
        [holder] = campus.database.rows(CLOCK)
        with campus.beat() as second:
            time.sleep(7)
            assert second.alive
            assert campus.database.rows(CLOCK) == [holder]
            first.kill9()
            before = sent()
            wait_for(lambda: sent() > before, 30, "the second takes over")
            assert campus.database.rows(CLOCK) not in ([], [holder])


@pytest.mark.slow
def test_o14_a_transaction_that_stays_open_for_long(campus: Campus) -> None:
    """No reader of ours remembers how far it got, so an early id that is committed late is not passed over."""
    with campus.worker(), campus.beat(), campus.another_publisher() as slow:
        slow.ask("sample.ticked", [{"number": 0}], hold=30)
        campus.publisher.publish("sample.ticked", [{"number": number} for number in range(1, 20)])
        campus.wait_until_done(30)
        assert sorted(campus.ticks()) == list(range(1, 20))
        wait_for(lambda: len(campus.ticks()) == 20, 50, "the late one")
