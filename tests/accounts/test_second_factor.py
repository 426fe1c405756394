"""The second step: an app's codes, ten codes for bad days, and what staff need to enter the admin (FEATURES A6)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from apps.accounts.models import User
from tests.accounts.factors import ACTIVATE, CODES, LOG_IN, STEP, log_in, prove, set_up, totp
from tests.cast import PASSWORD
from tests.conftest import client_of

HOME = "/accounts/2fa/"


def is_logged_in(client: Client) -> bool:
    return client.get("/accounts/sessions/").status_code == 200


@pytest.fixture
def app(alice: User) -> tuple[str, list[str]]:
    """Alice's app: its secret, and her codes for bad days. The code that set it up counts as used."""
    client = Client()
    log_in(client)
    found = set_up(client)
    mail.outbox.clear()
    return found


@pytest.fixture
def at_the_step(app: tuple[str, list[str]]) -> Client:
    client = Client()
    assert log_in(client)["Location"] == STEP
    return client


class TestTheStep:
    def test_the_password_alone_opens_nothing(self, at_the_step: Client) -> None:
        assert not is_logged_in(at_the_step)
        assert at_the_step.get(STEP).status_code == 200

    def test_a_code_opens(self, at_the_step: Client, app: tuple[str, list[str]]) -> None:
        before = at_the_step.session.session_key
        assert at_the_step.post(STEP, {"code": totp(app[0])})["Location"] == "/"
        assert is_logged_in(at_the_step)
        assert at_the_step.session.session_key != before

    @pytest.mark.parametrize("steps", [-1, 1])
    def test_a_slow_phone_is_forgiven(self, at_the_step: Client, app: tuple[str, list[str]], steps: int) -> None:
        assert at_the_step.post(STEP, {"code": totp(app[0], steps=steps)}).status_code == 302

    @pytest.mark.parametrize("steps", [-3, 3])
    def test_a_code_of_another_time_is_not(self, at_the_step: Client, app: tuple[str, list[str]], steps: int) -> None:
        assert at_the_step.post(STEP, {"code": totp(app[0], steps=steps)}).status_code == 200

    @pytest.mark.parametrize("code", ["000000", "", "x" * 2000, "١٢٣٤٥٦", "\x00"])
    def test_anything_else_is_refused(self, at_the_step: Client, code: str) -> None:
        assert at_the_step.post(STEP, {"code": code}).status_code in (200, 400)
        assert not is_logged_in(at_the_step)

    def test_a_code_opens_once_also_when_the_cache_forgets(
        self, at_the_step: Client, app: tuple[str, list[str]]
    ) -> None:
        seen = totp(app[0])
        assert at_the_step.post(STEP, {"code": seen}).status_code == 302
        cache.delete_pattern("*")  # type: ignore[attr-defined]
        over_the_shoulder = Client()
        log_in(over_the_shoulder)
        assert over_the_shoulder.post(STEP, {"code": seen}).status_code == 200
        assert not is_logged_in(over_the_shoulder)

    def test_a_code_for_bad_days_opens_once(self, at_the_step: Client, app: tuple[str, list[str]]) -> None:
        assert at_the_step.post(STEP, {"code": app[1][0]}).status_code == 302
        again = Client()
        log_in(again)
        assert again.post(STEP, {"code": app[1][0]}).status_code == 200
        assert again.post(STEP, {"code": app[1][1]}).status_code == 302

    def test_codes_of_another_person_open_nothing(self, at_the_step: Client, charlie: User) -> None:
        client = Client()
        log_in(client, "charlie")
        secret, codes = set_up(client)
        for code in (totp(secret, steps=1), codes[0]):
            assert at_the_step.post(STEP, {"code": code}).status_code == 200

    def test_nobody_is_at_the_step_without_a_password(self, app: tuple[str, list[str]]) -> None:
        assert Client().post(STEP, {"code": totp(app[0])})["Location"] == LOG_IN

    def test_a_reset_password_does_not_go_round_it(self, app: tuple[str, list[str]], alice: User) -> None:
        alice.set_password("some other long words")
        alice.save(update_fields=["password"])
        client = Client()
        assert log_in(client, password="some other long words")["Location"] == STEP
        assert not is_logged_in(client)


class TestKeys:
    def test_touching_them_asks_who_one_is(self, alice_client: Client) -> None:
        assert alice_client.get(ACTIVATE)["Location"].startswith("/accounts/reauthenticate/")
        assert alice_client.post(ACTIVATE, {"code": "1"})["Location"].startswith("/accounts/reauthenticate/")

    def test_and_asks_again_later(self, alice_client: Client) -> None:
        prove(alice_client)
        assert alice_client.get(ACTIVATE).status_code == 200
        with time_machine.travel(timezone.now() + timedelta(minutes=11)):
            assert alice_client.get(ACTIVATE)["Location"].startswith("/accounts/reauthenticate/")

    def test_a_wrong_code_sets_nothing_up(self, alice_client: Client) -> None:
        prove(alice_client)
        alice_client.get(ACTIVATE)
        assert alice_client.post(ACTIVATE, {"code": "000000"}).status_code == 200
        assert not Authenticator.objects.exists()

    def test_a_copy_of_the_database_holds_no_secret(self, app: tuple[str, list[str]]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT string_agg(data::text, ' ') FROM mfa_authenticator")
            stored = str(cursor.fetchone()[0])
        assert "secret" in stored
        assert app[0] not in stored
        assert not any(code in stored for code in app[1])

    def test_it_is_taken_away_and_the_password_is_enough_again(self, app: tuple[str, list[str]], alice: User) -> None:
        client = Client()
        log_in(client)
        client.post(STEP, {"code": totp(app[0], steps=1)})
        prove(client)
        assert client.post("/accounts/2fa/totp/deactivate/")["Location"] == HOME
        assert not Authenticator.objects.filter(user=alice).exists()
        assert log_in(Client())["Location"] == "/"

    def test_new_codes_end_the_old_ones(self, app: tuple[str, list[str]]) -> None:
        client = Client()
        log_in(client)
        client.post(STEP, {"code": totp(app[0], steps=1)})
        prove(client)
        assert client.post(f"{CODES}generate/")["Location"] == CODES
        again = Client()
        log_in(again)
        assert again.post(STEP, {"code": app[1][0]}).status_code == 200

    def test_the_page_says_what_is_there(self, app: tuple[str, list[str]]) -> None:
        client = Client()
        log_in(client)
        client.post(STEP, {"code": app[1][0]})
        page = client.get(HOME).text
        assert "In use" in page
        assert "9 codes are left" in page

    def test_codes_are_downloaded_as_text(self, alice_client: Client) -> None:
        _secret, codes = set_up(alice_client)
        answer = alice_client.get(f"{CODES}download/")
        assert answer["Content-Type"].startswith("text/plain")
        assert all(code in answer.text for code in codes)
        assert answer["Cache-Control"] == "private, no-store"


class TestPasskeys:
    """What no browser sends. The way with a real key: tests/e2e/test_passkeys.py."""

    URL = "/accounts/2fa/webauthn/"

    @pytest.mark.parametrize(
        "credential",
        [
            "",
            "x",
            "[]",
            "1",
            '"x"',
            "null",
            "{}",
            '{"id": "x"}',
            '{"id": 1, "response": []}',
            "[" * 2000,
            "\x00",
            "{" * 10,
        ],
    )
    @pytest.mark.parametrize("where", ["login/", "add/"])
    def test_nonsense_is_refused(self, alice: User, where: str, credential: str) -> None:
        client = Client()
        if where == "add/":
            log_in(client)
            prove(client)
        client.get(self.URL + where, headers={"Accept": "application/json"})
        answer = client.post(self.URL + where, {"name": "x", "credential": credential})
        assert answer.status_code in (200, 302, 400)
        assert not Authenticator.objects.exists()
        assert where == "add/" or not is_logged_in(client)

    @pytest.mark.parametrize("act", ["edit", "remove"])
    def test_a_key_of_somebody_else_does_not_exist(self, alice: User, charlie: User, act: str) -> None:
        key = Authenticator.objects.create(user=alice, type="webauthn", data={"name": "hers", "credential": {}})
        his = Client()
        log_in(his, "charlie")
        prove(his)
        for number in (key.pk, key.pk + 1):
            assert his.get(f"{self.URL}keys/{number}/{act}/").status_code == 404
            assert his.post(f"{self.URL}keys/{number}/{act}/", {"name": "mine"}).status_code == 404
        key.refresh_from_db()
        assert key.data["name"] == "hers"

    @pytest.mark.parametrize(("name", "kept"), [("  My\u202e key ", "My key"), ("\u200b", "hers"), ("x" * 61, "hers")])
    def test_its_name_can_be_seen(self, alice: User, name: str, kept: str) -> None:
        key = Authenticator.objects.create(user=alice, type="webauthn", data={"name": "hers", "credential": {}})
        client = client_of(alice)
        prove(client)
        client.post(f"{self.URL}keys/{key.pk}/edit/", {"name": name})
        key.refresh_from_db()
        assert key.data["name"] == kept


class TestStaff:
    @pytest.fixture(autouse=True)
    def required(self, settings: Settings) -> None:
        settings.STAFF_SECOND_FACTOR = True

    def enter(self, client: Client, method: str = "get", path: str = "/admin/") -> Any:
        return getattr(client, method)(path)

    @pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/", "/admin/no-such/"])
    @pytest.mark.parametrize("method", ["get", "post", "put"])
    def test_without_a_second_step_the_admin_is_closed(self, admin: User, method: str, path: str) -> None:
        client = Client()
        log_in(client, "admin")
        assert self.enter(client, method, path)["Location"] == HOME
        assert "second step" in client.get(HOME).text

    def test_with_one_it_opens(self, admin: User) -> None:
        client = Client()
        log_in(client, "admin")
        set_up(client)
        assert self.enter(client).status_code == 200

    def test_the_rest_of_the_site_stays_open(self, mira: User) -> None:
        client = Client()
        log_in(client, "mira")
        assert is_logged_in(client)
        assert client.post("/admin/logout/").status_code == 302

    def test_codes_for_bad_days_alone_are_no_second_step(self, admin: User) -> None:
        client = Client()
        log_in(client, "admin")
        set_up(client)
        Authenticator.objects.filter(type=Authenticator.Type.TOTP).delete()
        assert self.enter(client)["Location"] == HOME

    def test_after_an_hour_it_asks_who_one_is(self, admin: User) -> None:
        client = Client()
        log_in(client, "admin")
        set_up(client)
        with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=True):
            asked = self.enter(client, path="/admin/accounts/user/?q=a")["Location"]
            assert asked == "/accounts/reauthenticate/?next=%2Fadmin%2Faccounts%2Fuser%2F%3Fq%3Da"
            assert self.enter(client, "post")["Location"].startswith("/accounts/reauthenticate/")
            back = client.post(asked, {"password": PASSWORD, "next": "/admin/accounts/user/?q=a"})
            assert back["Location"] == "/admin/accounts/user/?q=a"
            assert self.enter(client).status_code == 200

    def test_members_are_told_nothing_of_it(self, alice: User) -> None:
        client = Client()
        log_in(client)
        assert self.enter(client).status_code in (302, 403)
        assert "second step" not in client.get(HOME).text

    def test_a_guest_logs_in_first(self, anonymous_client: Client) -> None:
        assert "/login/" in self.enter(anonymous_client)["Location"]

    def test_who_lost_everything_is_helped_by_staff_who_see_no_secret(
        self, admin: User, app: tuple[str, list[str]], alice: User, drain: Callable[[], int]
    ) -> None:
        client = Client()
        log_in(client, "admin")
        set_up(client)
        for factor in Authenticator.objects.filter(user=alice):
            page = f"/admin/mfa/authenticator/{factor.pk}/"
            assert client.get(f"{page}change/").status_code == 200
            assert "secret" not in client.get(f"{page}change/").text
            assert client.post(f"{page}change/", {"user": admin.pk}).status_code == 403
            assert client.post(f"{page}delete/", {"post": "yes"}).status_code == 302
        assert not Authenticator.objects.filter(user=alice).exists()
        drain()
        assert mail.outbox[-1].to == [alice.email]
        assert "removed one of your second steps" in str(mail.outbox[-1].body)
        assert log_in(Client())["Location"] == "/"

    def test_a_session_taken_away_by_staff_has_ended(self, admin: User, alice: User) -> None:
        client, hers = Client(), Client()
        log_in(client, "admin")
        set_up(client)
        log_in(hers)
        row = UserSession.objects.get(user=alice)
        page = f"/admin/usersessions/usersession/{row.pk}/"
        assert row.session_key not in client.get(f"{page}change/").text
        assert client.post(f"{page}delete/", {"post": "yes"}).status_code == 302
        assert not is_logged_in(hers)

    def test_from_staff_an_administrator_alone_takes_them(
        self, admin: User, mira: User, alice: User, settings: Settings
    ) -> None:
        """Somebody who may help members with lost phones, and would like the administrator's account."""
        settings.STAFF_SECOND_FACTOR = False
        mira.user_permissions.set(
            Permission.objects.filter(codename__in=["view_authenticator", "delete_authenticator"])
        )
        client = client_of(mira)
        for person, status in ((admin, 403), (mira, 403), (alice, 302)):
            factor = Authenticator.objects.create(user=person, type="totp", data={})
            page = f"/admin/mfa/authenticator/{factor.pk}/delete/"
            assert client.post(page, {"post": "yes"}).status_code == status
        chosen = {"action": "delete_selected", "post": "yes", "_selected_action": [row.pk for row in _factors()]}
        client.post("/admin/mfa/authenticator/", chosen)
        assert {row.user for row in _factors()} == {admin, mira}

    def test_nobody_gives_an_account_to_another_inbox(self, admin: User, settings: Settings) -> None:
        settings.STAFF_SECOND_FACTOR = False
        assert client_of(admin).get("/admin/account/emailaddress/").status_code == 404

    def test_it_can_be_switched_off(self, admin: User, settings: Settings) -> None:
        settings.STAFF_SECOND_FACTOR = False
        client = Client()
        log_in(client, "admin")
        assert self.enter(client).status_code == 200


def _factors() -> list[Authenticator]:
    return list(Authenticator.objects.select_related("user"))
