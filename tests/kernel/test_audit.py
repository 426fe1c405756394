"""Every change of a tracked row is kept with who made it and in which request."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User, UserEvent  # type: ignore[attr-defined]
from apps.kernel import audit

pytestmark = pytest.mark.django_db


def changes_of(person: User) -> list[Any]:
    return list(UserEvent.objects.filter(pgh_obj=person).select_related("pgh_context").order_by("pgh_id"))


def test_a_change_in_the_admin_names_who_made_it(admin_client: Client, admin: User, alice: User) -> None:
    page = f"/admin/accounts/user/{alice.pk}/change/"
    form = admin_client.get(page).context["adminform"].form
    data = {name: value for name, value in form.initial.items() if isinstance(value, str | int) and value is not False}
    response = admin_client.post(page, data | {"role": "staff"}, headers={"X-Request-Id": "request-of-the-admin"})
    alice.refresh_from_db()
    assert (response.status_code, alice.role) == (302, "staff")
    [change] = changes_of(alice)
    assert change.pgh_context.metadata["user"] == admin.pk
    assert change.pgh_context.metadata["request_id"] == "request-of-the-admin"


def test_a_bulk_update_is_kept_too(alice: User) -> None:
    with transaction.atomic(), audit.acting(lambda: 42, reason="clean-up"):
        User.objects.filter(pk=alice.pk).update(role="faculty")
    [change] = changes_of(alice)
    assert change.pgh_context.metadata["user"] == 42
    assert change.pgh_context.metadata["reason"] == "clean-up"


def test_nobody_is_asked_when_nothing_tracked_is_written(alice: User) -> None:
    def who() -> int:
        raise AssertionError("asked")

    before = len(changes_of(alice))
    with transaction.atomic(), audit.acting(who):
        User.objects.filter(pk=alice.pk).exists()
        written = alice.profile.__class__.objects.filter(user=alice).update(bio="new")
    assert written == 1
    assert len(changes_of(alice)) == before


def test_a_change_outside_a_request_is_kept_without_a_name(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(role="faculty")
    [change] = changes_of(alice)
    assert change.pgh_context is None


def test_nothing_is_left_for_the_next_transaction(alice: User) -> None:
    with transaction.atomic(), audit.acting(lambda: 42):
        User.objects.filter(pk=alice.pk).update(role="faculty")
    with audit.acting(lambda: 43), transaction.atomic():
        User.objects.filter(pk=alice.pk).update(role="staff")
    assert [change.pgh_context.metadata["user"] for change in changes_of(alice)] == [42, 43]


def test_staff_read_it_and_nobody_changes_it(admin_client: Client, mira_client: Client, alice: User) -> None:
    with transaction.atomic(), audit.acting(lambda: alice.pk):
        User.objects.filter(pk=alice.pk).update(role="faculty")
        User.objects.filter(pk=alice.pk).update(role="staff")
    text = admin_client.get("/admin/pghistory/events/").content.decode()
    assert "role: faculty → staff" in text
    assert f"#{alice.pk}</a>" in text
    assert admin_client.get("/admin/pghistory/events/add/").status_code == 403
    assert mira_client.get("/admin/pghistory/events/").status_code == 403


def test_it_is_kept_for_a_year(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(role="faculty")
    UserEvent.objects.update(pgh_created_at=timezone.now() - audit.KEPT + dt.timedelta(hours=1))
    assert audit.prune() == 0
    UserEvent.objects.update(pgh_created_at=timezone.now() - audit.KEPT - dt.timedelta(hours=1))
    assert audit.prune() == 1
