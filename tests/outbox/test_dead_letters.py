"""Dead letters: staff read why, and run them again one by one, by filter or by command."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.kernel import outbox
from apps.kernel.outbox.models import Delivery, Event
from tests.outbox.sample.events import Poured, Ticked

LIST = "admin:kernel_delivery_changelist"
State = Delivery.State


@pytest.fixture
def letters(effects: Callable[[str], list[int]]) -> list[Delivery]:
    """Three dead ticks and a poisoned one; a fourth tick is done."""
    Event.objects.all().delete()  # what making the people announced
    with transaction.atomic():
        for number in range(4):
            outbox.publish(Ticked(number=number), actor_id=None)
        outbox.publish(Poured(how="raise"), actor_id=None)
    done = Delivery.objects.order_by("pk")[3]
    Delivery.objects.update(state=State.DEAD, attempts=8, last_error="Traceback\nValueError: <b>too wet</b>")
    Delivery.objects.filter(pk=done.pk).update(state=State.DONE, last_error="")
    return list(Delivery.objects.filter(state=State.DEAD).order_by("pk"))


def replay(client: Client, letters: list[Delivery], **more: Any) -> Any:
    chosen = {"action": "replay", "_selected_action": [letter.pk for letter in letters], **more}
    return client.post(reverse(LIST) + more.pop("query", ""), chosen, follow=True)


def test_the_list_shows_dead_letters_with_their_errors(admin_client: Client, letters: list[Delivery]) -> None:
    page = admin_client.get(reverse(LIST)).content.decode()
    assert page.count("ValueError: &lt;b&gt;too wet&lt;/b&gt;") == 4
    assert "sample.pour" in page
    everything = admin_client.get(reverse(LIST) + "?state=all").content.decode()
    assert everything.count("sample.tick<") > page.count("sample.tick<")


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_costs_the_same_for_many(
    admin_client: Client, letters: list[Delivery], django_assert_max_num_queries: Any, count: int
) -> None:
    with transaction.atomic():
        for number in range(count):
            outbox.publish(Ticked(number=number), actor_id=None)
    Delivery.objects.update(state=State.DEAD)
    with django_assert_max_num_queries(8):
        admin_client.get(reverse(LIST))


def test_one_shows_the_whole_error_and_the_facts(admin_client: Client, letters: list[Delivery]) -> None:
    page = admin_client.get(reverse("admin:kernel_delivery_change", args=[letters[0].pk])).content.decode()
    assert "Traceback" in page
    assert "&quot;number&quot;: 0" in page
    assert 'name="state"' not in page  # to be read, not edited


def test_replay_of_one_runs_it_again_and_is_kept_on_record(
    admin_client: Client, letters: list[Delivery], effects: Callable[[str], list[int]]
) -> None:
    response = replay(admin_client, letters[:1])
    assert "1 delivery is due again." in response.content.decode()
    assert outbox.drain() == 1
    assert effects("tick") == [0]
    letters[0].refresh_from_db()
    assert (letters[0].state, letters[0].attempts) == (State.DONE, 1)
    assert [(entry.object_id, entry.get_change_message()) for entry in LogEntry.objects.all()] == [
        (str(letters[0].pk), "Replayed.")
    ]


def test_replay_of_all_that_the_filter_shows(
    admin_client: Client, letters: list[Delivery], effects: Callable[[str], list[int]]
) -> None:
    replay(admin_client, letters[:1], select_across="1", query="?handler=sample.tick")
    assert outbox.drain() == 3
    assert sorted(effects("tick")) == [0, 1, 2]
    assert Delivery.objects.get(state=State.DEAD).handler == "sample.pour"


def test_only_staff_with_the_permission(mira_client: Client, bob_client: Client, letters: list[Delivery]) -> None:
    assert bob_client.get(reverse(LIST)).status_code == 302
    assert mira_client.get(reverse(LIST)).status_code == 403
    assert replay(mira_client, letters).status_code == 403
    assert Delivery.objects.filter(state=State.DEAD).count() == 4


def command(*arguments: str) -> str:
    out = StringIO()
    call_command("replay_events", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        ((), 5),
        (("--dead-only",), 4),
        (("--dead-only", "--consumer", "sample.tick"), 3),
        (("--type", "sample.poured"), 1),
        (("--limit", "2"), 2),
        (("--since", (timezone.now() + timedelta(days=1)).date().isoformat()), 0),
        (("--until", (timezone.now() - timedelta(days=1)).isoformat()), 0),
        (("--since", (timezone.now() - timedelta(days=1)).isoformat()), 5),
    ],
)
def test_the_command_chooses(letters: list[Delivery], arguments: tuple[str, ...], count: int) -> None:
    assert command(*arguments, "--dry-run") == f"{count} deliveries would be run again.\n"
    assert Delivery.objects.filter(state=State.DUE).count() == 0
    assert command(*arguments) == f"{count} deliveries are due again.\n"
    assert Delivery.objects.filter(state=State.DUE).count() == count


@pytest.mark.parametrize(
    "arguments", [("--since", "yesterday"), ("--until", "2026-13-40"), ("--consumer", "nobody"), ("--type", "nothing")]
)
def test_the_command_refuses_what_it_does_not_know(letters: list[Delivery], arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        command(*arguments)
    assert not Delivery.objects.filter(state=State.DUE).exists()
