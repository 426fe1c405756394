"""Limits hold, by whom they count, and what happens to them without Redis."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from apps.kernel import limits
from apps.kernel.attempts import KEPT, Attempt, prune
from apps.kernel.errors import RateLimited

pytestmark = pytest.mark.django_db

QUICK = "report.file"  # any that counts in Redis
DURABLE = "login.account"
SIGNUP = "signup"


@pytest.fixture(autouse=True)
def frozen_clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(dt.datetime(2026, 11, 20, 12, 0, 1, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


def spend(name: str, **who: object) -> None:
    for _time in range(limits.table()[name].rate):
        limits.check(name, **who)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [QUICK, DURABLE])
def test_one_more_than_allowed_is_refused(name: str) -> None:
    spend(name, person_id=1)
    with pytest.raises(RateLimited) as refused:
        limits.check(name, person_id=1)
    assert 0 < refused.value.retry_after <= limits.table()[name].per
    limits.check(name, person_id=2)


@pytest.mark.parametrize("name", [QUICK, DURABLE])
def test_it_opens_again(name: str, frozen_clock: time_machine.Traveller) -> None:
    spend(name, person_id=1)
    with pytest.raises(RateLimited):
        limits.require(name, person_id=1)
    frozen_clock.shift(2 * limits.table()[name].per)
    limits.check(name, person_id=1)
    limits.require(name, person_id=1)


def test_each_limit_counts_alone() -> None:
    spend(QUICK, person_id=1)
    with pytest.raises(RateLimited):
        limits.require(QUICK, person_id=1)
    limits.check("post.create", person_id=1)
    limits.require("post.create", person_id=1)


def test_person_and_address_both_count() -> None:
    spend(QUICK, address="10.0.0.1")
    with pytest.raises(RateLimited):
        limits.check(QUICK, person_id=1, address="10.0.0.1")
    limits.check(QUICK, person_id=1, address="10.0.0.2")


def test_one_household_is_one_address() -> None:
    spend(SIGNUP, address="2001:db8:1:2::1")
    with pytest.raises(RateLimited):
        limits.check(SIGNUP, address="2001:db8:1:2:ffff::9")
    limits.check(SIGNUP, address="2001:db8:1:3::1")


def test_an_old_address_written_as_a_new_one_is_the_same() -> None:
    assert limits.network("::ffff:10.0.0.1") == "10.0.0.1"
    assert limits.network("not an address") == limits.network("")


@pytest.mark.parametrize("other", ["ALICE", "ａｌｉｃｅ", "a\u200dlice"])
def test_another_spelling_is_no_other_counter(other: str) -> None:
    spend(DURABLE, key="alice")
    with pytest.raises(RateLimited):
        limits.check(DURABLE, key=other)


def test_failures_are_counted_when_they_are_known() -> None:
    for _failure in range(limits.table()[DURABLE].rate):
        limits.require(DURABLE, key="alice")
        limits.count(DURABLE, key="alice")
    limits.count(DURABLE, key="alice")  # never refuses
    with pytest.raises(RateLimited):
        limits.require(DURABLE, key="alice")
    limits.require(DURABLE, key="bob")


def test_asking_counts_nothing() -> None:
    for _time in range(100):
        limits.require(DURABLE, key="alice")
    assert not Attempt.objects.exists()


def test_no_name_or_address_is_kept() -> None:
    limits.check(DURABLE, key="alice", address="10.0.0.1")
    assert {len(key) for key in Attempt.objects.values_list("key", flat=True)} == {64}


def test_an_unknown_limit_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        limits.check("no.such.limit", person_id=1)


def test_without_redis_quick_limits_are_open_and_durable_ones_hold(broken_redis: str) -> None:
    for _time in range(3):
        spend(QUICK, person_id=1)
    spend(DURABLE, key="alice")
    with pytest.raises(RateLimited):
        limits.check(DURABLE, key="alice")


def test_what_guards_an_account_is_durable() -> None:
    guards = ("login.", "signup", "mail.")
    assert all(limit.durable for name, limit in limits.table().items() if name.startswith(guards))


def test_old_windows_are_forgotten(frozen_clock: time_machine.Traveller) -> None:
    limits.check(DURABLE, key="alice")
    frozen_clock.shift(KEPT.total_seconds() - 3600)
    limits.check(DURABLE, key="alice")
    frozen_clock.shift(2 * 3600)
    assert prune() == 1
    assert Attempt.objects.count() == 1


def test_every_limit_says_something_sensible() -> None:
    assert limits.table()
    for limit in limits.table().values():
        assert limit.rate > 0
        assert 0 < limit.per < KEPT.total_seconds()
