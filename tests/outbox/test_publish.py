"""Writing a fact down: with the change or not at all, with EV1's fields."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

import pytest
from django.db import transaction

from apps.kernel import logs, outbox
from apps.kernel.outbox import DomainEvent
from apps.kernel.outbox.events import HANDLERS, subscribe
from apps.kernel.outbox.models import Delivery, Event
from tests.outbox.sample.events import Counted, Ticked, Told


def test_an_event_has_every_field_of_ev1(db: None) -> None:
    token = logs.trace_id.set("4bf92f3577b34da6a3ce929d0e0e4736")
    before = time.time_ns() // 1_000_000
    with transaction.atomic():
        event_id = outbox.publish(Ticked(number=3), actor_id=42)
    logs.trace_id.reset(token)

    event = Event.objects.get()
    assert event.pk == event_id
    assert event.pk.version == 7
    assert (event.type, event.source, event.schema_version, event.user_id) == ("sample.ticked", "sample", 1, 42)
    assert event.data == {"number": 3}
    assert before <= event.timestamp <= time.time_ns() // 1_000_000
    assert event.metadata == {
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "correlation_id": str(event_id),
        "causation_id": "",
    }


def test_each_handler_gets_a_delivery(db: None) -> None:
    with transaction.atomic():
        event_id = outbox.publish(Counted(counter="stairs", number=1), actor_id=None)
    delivery = Delivery.objects.get()
    assert delivery.event_id == event_id
    assert (delivery.handler, delivery.queue, delivery.order_key) == ("sample.count", "high", "stairs")
    assert (delivery.state, delivery.attempts, delivery.part) == (Delivery.State.DUE, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_rolls_back_leaves_no_event() -> None:
    with transaction.atomic():
        outbox.publish(Ticked(number=1), actor_id=None)
        transaction.set_rollback(True)
    assert not Event.objects.exists()
    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError):
        outbox.publish(Ticked(number=1), actor_id=None)
    assert not Event.objects.exists()


def test_what_a_handler_publishes_names_its_cause(effects: Callable[[str], list[int]]) -> None:
    token = logs.trace_id.set("a" * 32)
    with transaction.atomic():
        cause = outbox.publish(Told(number=9), actor_id=1)
    logs.trace_id.reset(token)
    outbox.drain(strict=True)

    told = Event.objects.get(type="sample.ticked")
    assert told.metadata == {"trace_id": "a" * 32, "correlation_id": str(cause), "causation_id": str(cause)}
    assert effects("tick") == [9]


def test_two_events_of_one_type_are_refused() -> None:
    with pytest.raises(TypeError):

        @dataclass(frozen=True, slots=True, kw_only=True)
        class Again(DomainEvent):
            TYPE: ClassVar = "sample.ticked"


def test_two_handlers_of_one_name_are_refused() -> None:
    known = dict(HANDLERS["sample.ticked"])
    with pytest.raises(TypeError):
        subscribe(Ticked, name="sample.tick")(lambda event: None)
    assert HANDLERS["sample.ticked"] == known


def test_order_needs_a_key() -> None:
    with pytest.raises(TypeError):
        subscribe(Ticked, ordered=True)
    with pytest.raises(TypeError):
        subscribe(Counted, ordered=True, chunked=True)


def test_ids_of_a_moment_are_above_its_floor(db: None) -> None:
    from django.utils import timezone

    from apps.kernel.outbox.selectors import id_floor

    before = id_floor(timezone.now())
    with transaction.atomic():
        event_id: UUID = outbox.publish(Ticked(number=1), actor_id=None)
    assert before < event_id < id_floor(timezone.now() + timedelta(seconds=1))
