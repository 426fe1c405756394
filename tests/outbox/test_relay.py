"""Claiming, running and settling deliveries, in this process: what is tried again, what dies, what keeps its order."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.kernel import outbox
from apps.kernel.outbox import claims, relay, services
from apps.kernel.outbox.events import HANDLERS, DomainEvent
from apps.kernel.outbox.models import Delivery, Event
from tests.outbox.sample import handlers
from tests.outbox.sample.events import Counted, Poured, Shared, Stretched, Ticked

Effects = Callable[[str], list[int]]
MakeDue = Callable[[], int]
State = Delivery.State


def publish(*events: DomainEvent) -> None:
    for event in events:
        with transaction.atomic():
            outbox.publish(event, actor_id=None)


def states() -> list[int]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def test_everything_due_is_run_once(effects: Effects, django_assert_max_num_queries: Any) -> None:
    publish(*(Ticked(number=number) for number in range(120)))
    assert outbox.drain() == 120
    assert effects("tick") == list(range(120))
    assert set(states()) == {State.DONE}
    assert outbox.drain() == 0


@pytest.mark.parametrize("count", [1, 50])
def test_a_batch_is_claimed_in_a_flat_number_of_queries(
    effects: Effects, django_assert_num_queries: Any, count: int
) -> None:
    publish(*(Ticked(number=number) for number in range(count)))
    with django_assert_num_queries(3):  # those never tried, one that was, and their events
        assert len(claims.claim("high")) == count


def test_a_delivery_costs_few_queries(effects: Effects, django_assert_num_queries: Any) -> None:
    publish(Ticked(number=1))
    [delivery] = claims.claim("high")
    with django_assert_num_queries(6):  # savepoint, lock, the handler's two, done, release
        relay.run(delivery, strict=True)


def test_a_handler_that_raises_is_tried_again_and_dies_after_eight(effects: Effects, make_due: MakeDue) -> None:
    publish(Poured(how="raise"))
    for attempt in range(1, 9):
        assert outbox.drain() == 1
        delivery = Delivery.objects.get()
        assert delivery.attempts == attempt
        assert delivery.state == (State.DEAD if attempt == 8 else State.DUE)
        make_due()
    assert "ValueError: no  attempt succeeds" in delivery.last_error
    assert effects("pour") == []  # what a failed attempt wrote is rolled back
    assert outbox.drain() == 0
    assert outbox.stats().dead == 1


def test_the_wait_doubles_up_to_an_hour(db: None, settings: Any) -> None:
    settings.OUTBOX_BACKOFF = 5
    publish(Poured(how="raise"))
    for attempt, least in [(1, 5), (2, 10), (7, 320)]:
        Delivery.objects.update(attempts=attempt)
        claims.put_off(Delivery.objects.get(), ValueError())
        wait = (Delivery.objects.get().next_at - timezone.now()).total_seconds()
        assert least - 1 < wait <= least * 1.25
    settings.OUTBOX_BACKOFF = 1_000_000
    claims.put_off(Delivery.objects.get(), ValueError())
    assert (Delivery.objects.get().next_at - timezone.now()).total_seconds() <= 3600 * 1.25


def test_poison_holds_up_nobody_else(effects: Effects) -> None:
    publish(Poured(how="raise"), Ticked(number=1), Poured(how="raise"), Ticked(number=2))
    assert outbox.drain() == 4
    assert effects("tick") == [1, 2]
    assert states() == [State.DUE, State.DONE, State.DUE, State.DONE]


def test_what_was_tried_before_is_claimed_alone(effects: Effects, make_due: MakeDue) -> None:
    """So that a delivery which kills its process takes no innocent neighbours with it a second time."""
    publish(*(Ticked(number=number) for number in range(3)))
    assert len(claims.claim("high")) == 3  # and then the process is killed
    make_due()
    assert [len(claims.claim("high")) for _ in range(4)] == [1, 1, 1, 0]


@pytest.mark.parametrize("what", ["type", "schema_version", "data"])
def test_what_this_code_cannot_read_is_a_dead_letter_at_once(effects: Effects, what: str) -> None:
    publish(Ticked(number=1), Ticked(number=2))
    first = Event.objects.order_by("pk")[:1].values("pk")
    Event.objects.filter(pk__in=first).update(
        **{what: {"type": "sample.forgotten", "schema_version": 9, "data": {"count": 1}}[what]}
    )
    assert outbox.drain() == 2
    assert states() == [State.DEAD, State.DONE]
    assert "Undeliverable" in Delivery.objects.filter(state=State.DEAD).get().last_error
    assert effects("tick") == [2]


def test_a_handler_that_is_gone_is_a_dead_letter(effects: Effects) -> None:
    publish(Ticked(number=1))
    gone = HANDLERS["sample.ticked"].pop("sample.tick")
    try:
        outbox.drain()
    finally:
        HANDLERS["sample.ticked"]["sample.tick"] = gone
    assert states() == [State.DEAD]


def test_events_of_one_key_wait_for_one_another(effects: Effects) -> None:
    publish(*(Counted(counter=key, number=number) for number in range(3) for key in ("left", "right")))
    batch = claims.claim("high")
    assert sorted(delivery.event.data["counter"] for delivery in batch) == ["left", "right"]
    assert claims.claim("high") == []
    for delivery in batch:
        relay.run(delivery)
    assert [delivery.event.data["number"] for delivery in claims.claim("high")] == [1, 1]


def test_a_dead_letter_lets_the_next_of_its_key_pass(effects: Effects) -> None:
    publish(Counted(counter="left", number=0), Counted(counter="left", number=1))
    first = Delivery.objects.order_by("pk").first()
    assert first is not None
    claims.bury(first, ValueError())
    assert outbox.drain() == 1
    assert effects("count") == [1]


def test_a_lease_that_ran_out_is_somebody_elses(effects: Effects, make_due: MakeDue) -> None:
    publish(Ticked(number=1))
    [slow] = claims.claim("high")
    make_due()
    [quick] = claims.claim("high")
    relay.run(slow, strict=True)
    assert effects("tick") == []
    relay.run(quick, strict=True)
    relay.run(slow, strict=True)
    assert effects("tick") == [1]


def test_what_was_not_begun_is_given_back_untried(effects: Effects) -> None:
    publish(Ticked(number=1))
    claims.release(claims.claim("high"))
    assert Delivery.objects.get().attempts == 0
    assert outbox.drain() == 1


def test_a_failure_whose_process_ended_in_the_last_attempt_is_buried(db: None, make_due: MakeDue) -> None:
    publish(Ticked(number=1), Ticked(number=2))
    Delivery.objects.filter(pk__in=Delivery.objects.order_by("pk")[:1].values("pk")).update(attempts=8)
    make_due()
    assert claims.bury_lost() == 1
    assert states() == [State.DEAD, State.DUE]


def test_long_work_is_split_into_deliveries_of_its_own(effects: Effects) -> None:
    publish(Shared(parts=5))
    assert outbox.drain() == 6
    assert sorted(effects("share")) == [0, 1, 2, 3, 4]
    assert list(Delivery.objects.filter(part__gt=0).values_list("queue", flat=True)) == ["bulk"] * 5


def test_a_split_that_fails_leaves_no_parts(effects: Effects) -> None:
    publish(Shared(parts=-1))
    Event.objects.update(data={"parts": "many"})
    assert outbox.drain() == 1
    assert Delivery.objects.count() == 1


def test_split_and_publish_know_their_place(effects: Effects) -> None:
    with pytest.raises(RuntimeError):
        outbox.split([{"number": 1}])


@pytest.mark.django_db(transaction=True)
def test_a_handler_may_run_outside_a_transaction(settings: Any) -> None:
    settings.OUTBOX_LEASE = 0.3
    with connection.cursor() as cursor:
        cursor.execute(handlers.TABLE)
    try:
        publish(Stretched(seconds=0.9))
        [delivery] = claims.claim("bulk")
        assert claims.claim("bulk") == []
        relay.run(delivery, strict=True)  # three leases long: without renewal it would be overtaken
        delivery.refresh_from_db()
        assert (delivery.state, delivery.attempts) == (State.DONE, 1)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE effect")


def test_replaying_a_day_changes_nothing_for_handlers_that_are_idempotent(effects: Effects) -> None:
    with connection.cursor() as cursor:  # as handlers of ours have it: the effect is unique
        cursor.execute("CREATE UNIQUE INDEX ON effect (name, number)")
    publish(*(Ticked(number=number) for number in range(20)), Shared(parts=3))
    outbox.drain(strict=True)
    before = (effects("tick"), effects("share"), Delivery.objects.count())

    assert services.replay(Delivery.objects.all()) == 21  # the three parts are made anew
    outbox.drain(strict=True)
    assert (effects("tick"), effects("share"), Delivery.objects.count()) == before
    assert set(states()) == {State.DONE}


def test_stats_tell_how_long_the_oldest_has_been_due(effects: Effects) -> None:
    assert (outbox.stats().oldest_due, outbox.stats().due) == (0, 0)
    publish(Ticked(number=1), Ticked(number=2))
    Delivery.objects.update(next_at=timezone.now() - timedelta(seconds=61))
    stats = outbox.stats()
    assert stats.due == 2
    assert 61 <= stats.oldest_due < 70
    assert stats.late
    outbox.drain()
    assert not outbox.stats().late


def test_done_rows_go_after_a_week_and_dead_letters_stay(effects: Effects, make_due: MakeDue) -> None:
    publish(Ticked(number=1), Poured(how="raise"), Ticked(number=2))
    Delivery.objects.filter(handler="sample.pour").update(attempts=7)
    outbox.drain()
    assert services.prune() == 0
    assert services.prune(keep=timedelta(seconds=-1)) == 4  # two deliveries, two events
    assert list(Delivery.objects.values_list("handler", flat=True)) == ["sample.pour"]
    assert list(Event.objects.values_list("type", flat=True)) == ["sample.poured"]
