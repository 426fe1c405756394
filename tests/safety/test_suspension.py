"""Suspension: out at once, with a reason, and in again."""

import json
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.kernel import redis
from apps.kernel.errors import Forbidden, Invalid
from apps.kernel.realtime import groups, wire
from apps.safety import policies, selectors, services
from apps.safety.models import Suspension
from tests.cast import PASSWORD


def test_it_ends_every_session(alice: User, admin: User, events: Any) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    made = services.suspend(actor=admin, person=alice, reason="Sold exam papers.")
    assert (made.by, made.reason, made.lifted_at) == (admin, "Sold exam papers.", None)
    assert client.get("/settings/profile/").status_code == 302
    assert "_auth_user_id" not in client.session
    assert events()[-3:] == ["user.updated", "session.revoked", "user.suspended"]


def test_it_holds_for_sessions_that_nobody_listed(alice: User, alice_client: Client, admin: User) -> None:
    services.suspend(actor=admin, person=alice, reason="Sold exam papers.")
    assert alice_client.get("/settings/profile/").status_code == 302


def test_twice_is_once(alice: User, admin: User, events: Any) -> None:
    first = services.suspend(actor=admin, person=alice, reason="First.")
    assert services.suspend(actor=admin, person=alice, reason="Second.") == first
    assert events().count("user.suspended") == 1
    assert selectors.open_suspension(alice) == first


def test_a_suspended_person_may_not_write(alice: User, admin: User) -> None:
    policies.require_may_write(alice)
    services.suspend(actor=admin, person=alice, reason="Sold exam papers.")
    alice.is_active = True  # what a request that began before still believes
    with pytest.raises(Forbidden):
        policies.require_may_write(alice)


def test_a_suspended_person_cannot_be_seen(alice: User, admin: User, charlie_client: Client) -> None:
    services.suspend(actor=admin, person=alice, reason="Sold exam papers.")
    assert charlie_client.get("/@alice/followers/").status_code == 404


def test_restoring_lets_them_log_in_again(alice: User, admin: User, events: Any) -> None:
    services.suspend(actor=admin, person=alice, reason="Sold exam papers.")
    assert services.restore(actor=admin, person=alice)
    assert not services.restore(actor=admin, person=alice)
    assert events().count("user.restored") == 1
    client = Client()
    client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    assert client.get("/settings/profile/").status_code == 200
    services.suspend(actor=admin, person=alice, reason="Again.")
    assert Suspension.objects.count() == 2


@pytest.mark.parametrize("reason", ["", "  ", "\x00", "\u0007"])
def test_it_asks_for_a_reason(alice: User, admin: User, reason: str) -> None:
    with pytest.raises(Invalid):
        services.suspend(actor=admin, person=alice, reason=reason)
    assert not Suspension.objects.exists()


def test_who_may_not(alice: User, bob: User, mira: User, admin: User) -> None:
    for actor, person in ((bob, alice), (mira, admin), (admin, admin)):
        with pytest.raises(Forbidden):
            services.suspend(actor=actor, person=person, reason="Because.")
        with pytest.raises(Forbidden):
            services.restore(actor=actor, person=person)


def test_what_happened_stands_in_the_history(alice: User, admin: User) -> None:
    services.suspend(actor=admin, person=alice, reason="Sold exam papers.")
    services.restore(actor=admin, person=alice)
    history = Suspension._meta.apps.get_model("safety", "SuspensionEvent")
    assert list(history.objects.order_by("pgh_id").values_list("pgh_label", flat=True)) == ["suspended", "changed"]


class TestAdmin:
    ADD = "/admin/safety/suspension/add/"

    def test_from_a_person_to_the_form(self, admin_client: Client, alice: User) -> None:
        answer = admin_client.post("/admin/accounts/user/", {"action": "suspend", "_selected_action": [alice.pk]})
        assert answer["Location"] == f"{self.ADD}?person={alice.pk}"
        assert admin_client.get(answer["Location"]).status_code == 200

    def test_it_works(self, admin_client: Client, admin: User, alice: User) -> None:
        answer = admin_client.post(self.ADD, {"person": alice.pk, "reason": "Sold exam papers."})
        assert answer.status_code == 302
        assert Suspension.objects.get().by == admin
        alice.refresh_from_db()
        assert not alice.is_active
        chosen = {"action": "restore", "_selected_action": [Suspension.objects.get().pk]}
        admin_client.post("/admin/safety/suspension/", chosen)
        alice.refresh_from_db()
        assert alice.is_active

    @pytest.mark.parametrize("form", [{}, {"person": "x", "reason": "y"}, {"person": 10**30, "reason": "y"}])
    def test_bad_input(self, admin_client: Client, form: Any) -> None:
        assert admin_client.post(self.ADD, form).status_code == 200
        assert not Suspension.objects.exists()

    def test_oneself_is_told_in_the_form(self, admin_client: Client, admin: User) -> None:
        answer = admin_client.post(self.ADD, {"person": admin.pk, "reason": "Enough."})
        assert answer.status_code == 200
        assert "You cannot suspend yourself." in answer.text

    def test_members_stay_out(self, alice_client: Client) -> None:
        assert alice_client.post(self.ADD, {"person": 1, "reason": "x"}, follow=True).status_code == 403
        assert not Suspension.objects.exists()

    @pytest.mark.parametrize(
        "page", ["accounts/user", "accounts/university", "graph/block", "safety/suspension", "accounts/university/add"]
    )
    def test_pages_open(self, admin_client: Client, alice: User, dora: User, page: str) -> None:
        assert admin_client.get(f"/admin/{page}/").status_code == 200

    def test_a_person_opens_and_changes_standing(self, admin_client: Client, alice: User, events: Any) -> None:
        url = f"/admin/accounts/user/{alice.pk}/change/"
        assert admin_client.get(url).status_code == 200
        form = {"role": "faculty", "university": alice.university_id, "is_staff": "on"}
        assert admin_client.post(url, form).status_code == 302
        alice.refresh_from_db()
        assert (alice.role, alice.is_staff, alice.username, alice.is_active) == ("faculty", True, "alice", True)
        assert events()[-1] == "user.updated"

    def test_domains_are_kept_in_lower_case(self, admin_client: Client) -> None:
        form = {
            "name": "Westford", "slug": "westford", "city": "", "hue": "10", "entry": "open", "verified_days": "400",
            "domains-TOTAL_FORMS": "1", "domains-INITIAL_FORMS": "0", "domains-0-domain": "@Westford.Example",
            "domains-0-role": "student",
        }  # fmt: skip
        assert admin_client.post("/admin/accounts/university/add/", form).status_code == 302
        from apps.accounts.models import UniversityDomain

        assert UniversityDomain.objects.filter(domain="westford.example").exists()


@pytest.mark.django_db(transaction=True)
def test_every_process_is_told_to_close_the_sockets(make_person: Any) -> None:
    """Heard where the hub listens; tests/realtime proves what a process does with it."""
    alice, admin = make_person("alice"), make_person("admin", is_staff=True, is_superuser=True)
    Client().post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    with redis.client().pubsub() as ear:  # type: ignore[no-untyped-call]
        ear.subscribe(wire.channel())
        ear.get_message(timeout=2)  # the subscription itself
        services.suspend(actor=admin, person=alice, reason="Sold exam papers.")
        heard = [wire.unpack(ear.get_message(timeout=2)["data"]) for _ in range(2)]
    orders = [json.loads(payload) for names, payload in heard if names == [wire.CONTROL]]
    assert {"group": groups.user(alice.pk), "reason": "suspended"} in orders
    assert len(orders) == 2  # the person, and the one session there was
