"""Own sessions."""

from functools import partial
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from apps.accounts import services
from apps.accounts.models import User
from tests.cast import PASSWORD

PROFILE, SESSIONS = "/settings/profile/", "/accounts/sessions/"
HTMX = {"HX-Request": "true"}


def another_login(username: str = "alice") -> Client:
    client = Client(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/150"})
    client.post("/accounts/login/", {"login": username, "password": PASSWORD})
    return client


def logged_in(client: Client) -> bool:
    return client.get(PROFILE).status_code == 200


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
