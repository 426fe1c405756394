"""Where one is logged in, since when and from where; a mail on a new device and on every change of the keys."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from tests.accounts.factors import log_in, prove, set_up
from tests.cast import PASSWORD

SESSIONS, LOG_OUT = "/accounts/sessions/", "/accounts/logout/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0) Firefox/150"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0) Version/26.0 Mobile/15E148 Safari/604.1"
NEW = "another battery staple"


def browser(user_agent: str = FIREFOX, address: str = "192.0.2.7") -> Client:
    return Client(headers={"User-Agent": user_agent}, REMOTE_ADDR=address)


def logged_in(username: str = "alice", **about: Any) -> Client:
    client = browser(**about)
    assert log_in(client, username).status_code == 302
    return client


def told() -> list[str]:
    return [str(message.subject) for message in mail.outbox]


def html_of(message: EmailMessage) -> str:
    assert isinstance(message, EmailMultiAlternatives)
    (alternative,) = message.alternatives
    assert alternative[1] == "text/html"
    return str(alternative[0])


@pytest.fixture
def at_home(alice: User, drain: Callable[[], int]) -> Client:
    """A browser Alice uses; it was her first, and nobody wrote to her about it."""
    client = logged_in()
    drain()
    assert mail.outbox == []
    return client


class TestThePage:
    def test_it_says_what_from_where_and_when(self, at_home: Client) -> None:
        logged_in(user_agent=PHONE, address="198.51.100.9")
        page = at_home.get(SESSIONS).text
        assert "Firefox on Windows" in page
        assert "Safari on iPhone" in page
        assert "198.51.100.9" in page
        assert page.count("This device") == 1

    def test_last_use_is_noted_once_in_ten_minutes_and_never_on_other_requests(
        self, at_home: Client, django_assert_num_queries: Any
    ) -> None:
        def seen() -> Any:
            return UserSession.objects.get().last_seen_at

        at_home.get("/accounts/login/")
        first = seen()
        with django_assert_num_queries(1):
            at_home.get("/accounts/login/")  # leads home; one query says who asks
        assert seen() == first
        with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=True):
            at_home.get(SESSIONS, REMOTE_ADDR="203.0.113.5")
            second = seen()
            assert second > first
            assert UserSession.objects.get().ip == "203.0.113.5"
            at_home.get(SESSIONS)
            assert seen() == second

    def test_the_last_used_one_comes_first(self, at_home: Client) -> None:
        with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=True):
            logged_in(user_agent=PHONE)
            with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=True):
                page = at_home.get(SESSIONS)
        devices = [row.user_agent for row in page.context["sessions"]]
        assert devices == [FIREFOX, PHONE]

    def test_a_session_that_is_logged_out_is_gone(self, at_home: Client) -> None:
        other = logged_in(user_agent=PHONE)
        other.post(LOG_OUT)
        assert "iPhone" not in at_home.get(SESSIONS).text

    def test_a_script_in_the_name_of_a_browser_stays_words(self, at_home: Client) -> None:
        logged_in(user_agent="<script>alert(1)</script>Firefox")
        page = at_home.get(SESSIONS).text
        assert "<script>alert" not in page
        assert page.count("Firefox on") == 2


class TestANewDevice:
    def test_it_is_told_by_mail(self, at_home: Client, alice: User, drain: Callable[[], int]) -> None:
        User.objects.filter(pk=alice.pk).update(time_zone="Asia/Tokyo")
        with time_machine.travel("2026-11-20T20:30:00Z", tick=False):
            logged_in(user_agent=PHONE, address="198.51.100.9")
            assert mail.outbox == []  # the log-in itself waits for no mail
            drain()
        (message,) = mail.outbox
        assert message.to == [alice.email]
        for body in (str(message.body), html_of(message)):
            assert "Safari on iPhone" in body
            assert "198.51.100.9" in body
            assert "Sat 21 Nov 2026, 05:30" in body  # where she is
            assert SESSIONS in body

    def test_the_first_ever_is_not(self, charlie: User, drain: Callable[[], int]) -> None:
        logged_in("charlie")
        drain()
        assert mail.outbox == []

    def test_the_same_browser_again_is_not(self, at_home: Client, drain: Callable[[], int]) -> None:
        for _ in range(3):
            at_home.post(LOG_OUT)
            log_in(at_home)
        drain()
        assert mail.outbox == []

    def test_a_browser_of_two_people_is_known_for_both(
        self, at_home: Client, charlie: User, drain: Callable[[], int]
    ) -> None:
        logged_in("charlie", user_agent=PHONE)
        at_home.post(LOG_OUT)
        log_in(at_home, "charlie")
        drain()
        assert len(mail.outbox) == 1
        for name in ("alice", "charlie"):
            at_home.post(LOG_OUT)
            log_in(at_home, name)
        drain()
        assert len(mail.outbox) == 1

    @pytest.mark.parametrize("forged", ["", "x", "." * 5000, "0" * 32, "é"])
    def test_a_forged_mark_makes_no_device_known(self, at_home: Client, drain: Callable[[], int], forged: str) -> None:
        stranger = browser()
        stranger.cookies["device"] = forged
        log_in(stranger)
        drain()
        assert told() == ["A new device at Campus Connect"]

    def test_a_mark_of_another_person_makes_none_known(
        self, at_home: Client, charlie: User, drain: Callable[[], int]
    ) -> None:
        his = logged_in("charlie")
        his.post(LOG_OUT)
        log_in(his, "alice")
        drain()
        assert told() == ["A new device at Campus Connect"]

    def test_after_a_new_password_every_browser_is_new(
        self, at_home: Client, alice: User, drain: Callable[[], int]
    ) -> None:
        alice.set_password(NEW)
        alice.save(update_fields=["password"])
        log_in(at_home, password=NEW)
        drain()
        assert told() == ["A new device at Campus Connect"]

    def test_who_failed_is_told_to_nobody(self, at_home: Client, drain: Callable[[], int]) -> None:
        log_in(browser(PHONE), password="wrong")
        drain()
        assert mail.outbox == []

    def test_no_mail_tells_of_a_session_that_has_ended(self, at_home: Client, drain: Callable[[], int]) -> None:
        logged_in(user_agent=PHONE).post(LOG_OUT)
        drain()
        assert mail.outbox == []

    def test_the_cookie_names_nobody_and_no_script_reads_it(self, at_home: Client, alice: User) -> None:
        cookie = at_home.cookies["device"]
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
        assert alice.username not in cookie.value
        assert cookie.value != str(alice.pk)


class TestChanges:
    """A mail on each, with the device it was done with; never in the request."""

    def sentence(self, drain: Callable[[], int]) -> str:
        assert mail.outbox == []
        drain()
        (message,) = mail.outbox
        assert "Firefox on Windows" in str(message.body)
        mail.outbox.clear()
        return str(message.body).partition("\n")[0]

    def test_of_the_password(self, at_home: Client, drain: Callable[[], int]) -> None:
        form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
        assert at_home.post("/accounts/password/change/", form).status_code == 302
        assert self.sentence(drain) == "Your password was changed."

    def test_of_the_app(
        self, at_home: Client, drain: Callable[[], int], django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            set_up(at_home)
        assert self.sentence(drain) == "An app for codes was set up."
        prove(at_home)
        at_home.post("/accounts/2fa/totp/deactivate/")
        assert self.sentence(drain) == "The app for codes was removed."

    def test_of_the_address_to_the_old_one(self, at_home: Client, alice: User, drain: Callable[[], int]) -> None:
        prove(at_home)
        at_home.post("/accounts/email/", {"email": "ashdown@northmere.example", "action_add": ""})
        found = re.search(r"\b([A-Z0-9]{3,4}-[A-Z0-9]{3,4})\b", str(mail.outbox[-1].body))
        assert found
        at_home.post("/accounts/confirm-email/", {"code": found.group(1)})
        message = mail.outbox[-1]
        assert message.to == ["alice@northmere.example"]
        assert "ashdown@northmere.example" in str(message.body)
        assert "ashdown@northmere.example" in html_of(message)


class TestSessions:
    """Fixation, and what ends one (ASVS 7.2.4)."""

    def test_a_log_in_changes_the_key_and_the_token(self, alice: User) -> None:
        client = browser()
        client.get("/accounts/login/")
        client.session.save()
        token = client.cookies["csrftoken"].value
        session = client.session
        session["planted"] = 1
        session.save()
        client.cookies["sessionid"] = session.session_key or ""
        log_in(client)
        assert client.session.session_key != session.session_key
        assert client.cookies["csrftoken"].value != token
        assert not Session.objects.filter(session_key=session.session_key).exists()

    def test_what_leaves_no_trace_in_the_cache_either(self, at_home: Client) -> None:
        key = at_home.session.session_key
        at_home.post(LOG_OUT)
        thief = browser()
        thief.cookies["sessionid"] = key or ""
        assert thief.get(SESSIONS).status_code == 302
        assert not [name for name in cache.keys("*") if key and key in name]  # type: ignore[attr-defined]

    @pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
    def test_only_a_post_logs_out(self, at_home: Client, method: str) -> None:
        getattr(at_home, method)(LOG_OUT)
        assert at_home.get(SESSIONS).status_code == 200
