"""Own profile and own sessions."""

from functools import partial
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from apps.accounts import services
from apps.accounts.models import Profile, User
from tests.cast import PASSWORD

PROFILE, SESSIONS = "/settings/profile/", "/accounts/sessions/"
HTMX = {"HX-Request": "true"}


def form(**changes: str) -> dict[str, str]:
    return {"name": "Alice A.", "username": "alice", "bio": "", "pronouns": "", "programme": ""} | changes


def another_login(username: str = "alice") -> Client:
    client = Client(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/150"})
    client.post("/accounts/login/", {"login": username, "password": PASSWORD})
    return client


def logged_in(client: Client) -> bool:
    return client.get(PROFILE).status_code == 200


class TestProfile:
    def test_it_works(self, alice_client: Client, alice: User, events: Any) -> None:
        answer = alice_client.post(
            PROFILE, form(name="  Alice\u202e B. ", bio="Physics,\nand tea.", pronouns="she/her", programme="Physics")
        )
        assert (answer.status_code, answer["Location"]) == (302, PROFILE)
        alice.refresh_from_db()
        assert alice.name == "Alice B."
        assert Profile.objects.filter(
            user=alice, bio="Physics,\nand tea.", pronouns="she/her", programme="Physics"
        ).exists()
        assert events()[-1] == "user.updated"

    def test_it_shows_what_is_stored(self, alice_client: Client, alice: User) -> None:
        Profile.objects.filter(user=alice).update(bio="<script>alert(1)</script>")
        page = alice_client.get(PROFILE).text
        assert "Alice Ashdown" in page
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;" in page

    def test_a_guest_logs_in_first(self, anonymous_client: Client) -> None:
        assert anonymous_client.get(PROFILE)["Location"] == "/accounts/login/?next=%2Fsettings%2Fprofile%2F"
        assert anonymous_client.post(PROFILE, form()).status_code == 302

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", ""),
            ("name", "\u200b"),
            ("name", "x" * 81),
            ("bio", "x" * 501),
            ("username", "no way"),
            ("username", "admin"),
            ("username", "BOB"),
            ("username", "x" * 1_000_000),
        ],
    )
    def test_bad_input_loses_nothing(
        self, alice_client: Client, alice: User, bob: User, field: str, value: str
    ) -> None:
        answer = alice_client.post(PROFILE, form(programme="Physics and Philosophy", **{field: value}))
        assert answer.status_code == 400
        assert "Physics and Philosophy" in answer.text
        alice.refresh_from_db()
        assert (alice.name, alice.username) == ("Alice Ashdown", "alice")

    def test_a_fragment_holds_the_form_alone(self, alice_client: Client) -> None:
        answer = alice_client.get(PROFILE, headers=HTMX)
        assert "<form" in answer.text
        assert "<html" not in answer.text
        assert "HX-Request" in answer["Vary"]

    def test_other_methods(self, alice_client: Client) -> None:
        assert alice_client.delete(PROFILE).status_code == 405

    def test_it_needs_a_token(self, alice: User) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(alice)
        assert client.post(PROFILE, form()).status_code == 403

    def test_it_may_run_twice(self, alice_client: Client, alice: User) -> None:
        for _ in range(2):
            assert alice_client.post(PROFILE, form(username="Alice.A")).status_code == 302
        alice.refresh_from_db()
        assert alice.username == "alice.a"

    def test_a_missing_profile_row_is_made(self, alice_client: Client, alice: User) -> None:
        Profile.objects.all().delete()
        assert alice_client.get(PROFILE).status_code == 200
        alice_client.post(PROFILE, form(bio="back"))
        assert Profile.objects.get().bio == "back"


class TestSessions:
    def test_it_lists_where_one_is_logged_in(self, alice: User) -> None:
        here, _elsewhere = another_login(), another_login()
        page = here.get(SESSIONS).text
        assert page.count("Firefox on Windows") == 2
        assert page.count("This device") == 1

    def test_one_is_ended(self, alice: User, events: Any) -> None:
        here, elsewhere, third = another_login(), another_login(), another_login()
        sessions = here.get(SESSIONS).context["sessions"]
        chosen = next(row for row in sessions if row.session_key == elsewhere.session.session_key)
        assert here.post(SESSIONS, {"session": chosen.pk}).status_code == 302
        assert [logged_in(client) for client in (here, elsewhere, third)] == [True, False, True]
        assert not Session.objects.filter(session_key=chosen.session_key).exists()
        assert events().count("session.revoked") == 1

    def test_all_others_are_ended(self, alice: User) -> None:
        here, elsewhere, third = another_login(), another_login(), another_login()
        here.post(SESSIONS)
        assert [logged_in(client) for client in (here, elsewhere, third)] == [True, False, False]

    @pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 30, ""])
    def test_what_is_not_there_is_404(self, alice_client: Client, number: str) -> None:
        assert alice_client.post(SESSIONS, {"session": number}).status_code == 404

    def test_somebody_elses_is_404(self, alice: User, charlie: User) -> None:
        hers, his = another_login(), another_login("charlie")
        chosen = hers.get(SESSIONS).context["sessions"][0]
        assert his.post(SESSIONS, {"session": chosen.pk}).status_code == 404
        assert logged_in(hers)

    def test_a_guest_logs_in_first(self, anonymous_client: Client) -> None:
        assert anonymous_client.get(SESSIONS)["Location"].startswith("/accounts/login/")

    def test_query_count_is_flat(self, alice: User, django_assert_max_num_queries: Any) -> None:
        here = another_login()
        with django_assert_max_num_queries(4):
            here.get(SESSIONS)
        for _ in range(5):
            another_login()
        with django_assert_max_num_queries(4):
            here.get(SESSIONS)

    def test_other_methods(self, alice_client: Client) -> None:
        assert alice_client.put(SESSIONS).status_code == 405


class TestServices:
    def test_last_seen_is_noted_once_in_ten_minutes(self, alice: User) -> None:
        from datetime import timedelta

        from django.utils import timezone

        from apps.accounts.models import LastSeen

        assert not services.touch_last_seen(alice.pk)
        LastSeen.objects.update(at=timezone.now() - timedelta(minutes=11))
        assert services.touch_last_seen(alice.pk)
        assert not services.touch_last_seen(alice.pk)

    def test_keeping_somebody_out_ends_their_sessions_once(self, alice: User, admin: User, events: Any) -> None:
        client = another_login()
        assert services.set_active(actor=admin, person=alice, active=False)
        assert not services.set_active(actor=admin, person=alice, active=False)
        assert not logged_in(client)
        assert events().count("session.revoked") == 1
        services.set_active(actor=admin, person=alice, active=True)
        assert not logged_in(client)

    def test_who_loses_a_right_is_logged_out(self, mira: User, admin: User) -> None:
        client = another_login("mira")
        stays = partial(
            services.set_standing, actor=admin, role=mira.role, university=mira.university, is_superuser=False
        )
        stays(person=mira, is_staff=True)
        assert logged_in(client)
        stays(person=mira, is_staff=False)
        assert not logged_in(client)

    def test_what_changed_stands_in_the_history(self, alice: User, admin: User) -> None:
        from apps.accounts.models import User as Person

        history = Person._meta.apps.get_model("accounts", "UserEvent")
        services.set_active(actor=admin, person=alice, active=False)
        assert list(history.objects.filter(pgh_obj=alice).values_list("pgh_label", "is_active")) == [("changed", False)]
