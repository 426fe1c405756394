"""What the watchers see."""

import time
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import Client

from apps.kernel import heartbeats
from apps.kernel.heartbeats import Heartbeat
from apps.kernel.outbox.models import Delivery

QUEUES = ["high", "default", "bulk", "media", "mail", "index"]


@pytest.fixture
def alive(db: None) -> None:
    Heartbeat.objects.bulk_create(Heartbeat(name=name) for name in [*(f"queue:{queue}" for queue in QUEUES), "beat"])


def test_live_asks_nobody(client: Client) -> None:
    """Without `db` any query would fail."""
    response = client.get("/health/live")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]


@pytest.mark.usefixtures("alive")
def test_ready(client: Client) -> None:
    response = client.get("/health/ready")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "checks": dict.fromkeys(["postgres", "redis", "outbox", "worker", "beat"], "ok"),
    }


@pytest.mark.usefixtures("alive")
def test_ready_without_redis_is_degraded_and_quick(broken_redis: str, client: Client) -> None:
    started = time.monotonic()
    response = client.get("/health/ready")
    assert time.monotonic() - started < 5
    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    assert response.json()["checks"]["redis"] == "down"


@pytest.mark.usefixtures("alive")
@pytest.mark.parametrize(
    ("silent", "told"),
    [
        (["beat"], {"beat": "down"}),
        (["queue:bulk"], {"worker": "degraded", "queue:bulk": "down"}),
        ([f"queue:{queue}" for queue in QUEUES], {"worker": "down"}),
    ],
)
def test_a_process_that_is_gone_is_named(silent: list[str], told: dict[str, str], client: Client) -> None:
    Heartbeat.objects.filter(name__in=silent).update(at=Now() - timedelta(seconds=heartbeats.STALE + 1))
    response = client.get("/health/ready")
    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    assert {name: word for name, word in response.json()["checks"].items() if word != "ok"} == told


@pytest.mark.usefixtures("alive")
def test_a_dead_letter_is_told(client: Client, bob: object) -> None:
    Delivery.objects.update(state=Delivery.State.DEAD)
    assert client.get("/health/ready").json()["checks"]["outbox"] == "degraded"


def test_only_reading_is_allowed(client: Client) -> None:
    assert client.post("/health/live").status_code == 405
