"""Accounts that never came to be are deleted, with everything of theirs, and nobody else is."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.apps import apps
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Entry, JoinRequest, Profile, University, User
from apps.accounts.services import decide_join_request
from apps.accounts.tasks import purge
from tests.accounts.joining import confirm, sign_up


def purged_after(days: float) -> bool:
    """Whether erin is gone that many days from now."""
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        purge()
        purge()
    return not User.objects.filter(username="erin").exists()


def test_seven_days_without_the_code(anonymous_client: Client, northmere: University, alice: User) -> None:
    sign_up(anonymous_client)
    person = User.objects.get(username="erin")
    User.objects.filter(pk=person.pk).update(role="faculty")  # a row in the history
    assert not purged_after(6.9)
    assert purged_after(7.1)
    assert not EmailAddress.objects.filter(email="erin@northmere.example").exists()
    assert not Profile.objects.filter(user_id=person.pk).exists()
    assert not apps.get_model("accounts.UserEvent")._default_manager.filter(pgh_obj_id=person.pk).exists()
    assert User.objects.filter(pk=alice.pk).exists()
    # The address and the name are free again.
    sign_up(Client())
    assert User.objects.filter(username="erin").exists()


def test_who_confirmed_stays(anonymous_client: Client, northmere: University) -> None:
    sign_up(anonymous_client)
    confirm(anonymous_client)
    assert not purged_after(1000)


class TestWhoWaits:
    @pytest.fixture(autouse=True)
    def waiting(self, northmere: University, anonymous_client: Client) -> None:
        University.objects.update(entry=Entry.APPROVAL)
        sign_up(anonymous_client, reason="Because.")

    def test_without_the_code_seven_days(self) -> None:
        assert purged_after(7.1)
        assert not JoinRequest.objects.exists()

    def test_with_it_ninety(self, anonymous_client: Client) -> None:
        confirm(anonymous_client)
        assert not purged_after(89.9)
        assert purged_after(90.1)

    def test_refused_ninety_from_the_answer(self, anonymous_client: Client, admin: User) -> None:
        confirm(anonymous_client)
        with time_machine.travel(timezone.now() + timedelta(days=50)):
            decide_join_request(actor=admin, request_id=JoinRequest.objects.get().pk, accept=False)
        JoinRequest.objects.update(decided_at=timezone.now() + timedelta(days=50))  # the database has its own clock
        assert not purged_after(139)
        assert purged_after(141)

    def test_accepted_stays_and_the_request_goes(self, anonymous_client: Client, admin: User) -> None:
        confirm(anonymous_client)
        decide_join_request(actor=admin, request_id=JoinRequest.objects.get().pk, accept=True)
        assert not purged_after(89)
        assert JoinRequest.objects.exists()
        assert not purged_after(91)
        assert not JoinRequest.objects.exists()
