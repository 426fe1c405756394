"""A socket ends within 2 s of what it stood on: the session, the password, the account, the process, Redis."""

import time
from collections.abc import Callable

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.urls import reverse
from websockets.exceptions import InvalidStatus

from apps.accounts.models import User
from apps.kernel.realtime.push import close_session, close_user, push
from apps.safety import services as safety
from tests.conftest import client_of
from tests.realtime.conftest import cookie_of
from tests.realtime.server import Server, Tab

PROMISE = 2.0  # seconds


def assert_ended(tab: Tab, reason: str = "session") -> None:
    started = time.monotonic()
    code, heard = tab.until_closed()
    assert time.monotonic() - started < PROMISE
    assert code == 4401
    assert [frame for frame in heard if frame["type"] != "heartbeat"] == [{"type": "closed", "reason": reason}]


def test_logging_out_closes_the_sockets_of_that_session_only(
    server: Server, alice: User, log_in: Callable[[User], str]
) -> None:
    browser, elsewhere = client_of(alice), log_in(alice)
    here = server.client(cookie_of(browser)).settle()
    with server.client(elsewhere) as there:
        there.settle()
        browser.post(reverse("account_logout"))
        assert_ended(here, "logout")
        push(user_ids=[alice.pk], payload={"type": "news"})
        assert there.hear_type("news")
    with pytest.raises(InvalidStatus):
        server.client(cookie_of(browser))


@pytest.mark.parametrize("one", [True, False], ids=["one", "all others"])
def test_ending_a_session_on_the_page_of_devices_closes_its_sockets(server: Server, alice: User, one: bool) -> None:
    browser, elsewhere = client_of(alice), client_of(alice)
    listed = {cookie_of(client): client for client in (browser, elsewhere)}
    keys = {key: UserSession.objects.create(user=alice, session_key=key, ip="192.0.2.1") for key in listed}
    here = server.client(cookie_of(browser)).settle()
    there = server.client(cookie_of(elsewhere)).settle()
    browser.post(reverse("accounts:sessions"), {"session": keys[cookie_of(elsewhere)].pk} if one else {})
    assert_ended(there, "ended")
    with here:
        push(user_ids=[alice.pk], payload={"type": "news"})
        assert here.hear_type("news")
    with pytest.raises(InvalidStatus):
        server.client(cookie_of(elsewhere))


def test_a_suspended_person_hears_nothing_more_and_does_not_get_in_again(
    server: Server, alice: User, admin: User, bobs_session: str, log_in: Callable[[User], str]
) -> None:
    sessions = [log_in(alice), log_in(alice)]
    tabs = [server.client(key).settle() for key in sessions]
    bystander = server.client(bobs_session).settle()
    safety.suspend(actor=admin, person=alice, reason="Sold seats in the library.")
    push(user_ids=[alice.pk], payload={"type": "news"})
    for tab in tabs:
        assert_ended(tab, "suspended")
    for key in sessions:
        with pytest.raises(InvalidStatus):
            server.client(key)
    bystander.settle()


@pytest.mark.parametrize("act", ["row", "expired", "inactive", "password"])
def test_the_session_check_finds_what_nobody_announced(
    server: Server, alice: User, bobs_session: str, alices_session: str, act: str
) -> None:
    tab, bystander = server.client(alices_session).settle(), server.client(bobs_session).settle()
    if act == "row":
        Session.objects.filter(session_key=alices_session).delete()
    elif act == "expired":
        Session.objects.filter(session_key=alices_session).update(expire_date="2026-01-01T00:00:00Z")
    elif act == "inactive":
        User.objects.filter(pk=alice.pk).update(is_active=False)
    else:
        User.objects.filter(pk=alice.pk).update(password="another")
    assert_ended(tab)
    bystander.settle()


def test_close_session_and_close_user_act_at_once_in_every_process(
    server: Server, second_server: Server, alice: User, bobs_session: str, log_in: Callable[[User], str]
) -> None:
    first, other = log_in(alice), log_in(alice)
    tabs = [one.client(first).settle() for one in (server, second_server)]
    kept = second_server.client(other).settle()
    bystander = server.client(bobs_session).settle()

    close_session(first)
    for tab in tabs:
        assert_ended(tab)
    kept.settle()
    close_user(alice.pk, "suspended")
    assert_ended(kept, "suspended")
    bystander.settle()


def test_nothing_is_delivered_once_closing_has_begun(server: Server, alice: User, alices_session: str) -> None:
    tab = server.client(alices_session).settle()
    push(user_ids=[alice.pk], payload={"type": "before"})
    close_user(alice.pk, "suspended")
    for _ in range(200):
        push(user_ids=[alice.pk], payload={"type": "after"})
    code, heard = tab.until_closed()
    assert (code, [frame["type"] for frame in heard]) == (4401, ["before", "closed"])


def test_a_restart_closes_with_1012_and_ends_within_3_s(own_server: Server, alices_session: str) -> None:
    tabs = [own_server.client(alices_session).settle() for _ in range(3)]
    started = time.monotonic()
    own_server.process.terminate()
    own_server.process.wait(10)
    assert time.monotonic() - started < 3
    for tab in tabs:
        assert tab.until_closed()[0] == 1012


@pytest.mark.slow
def test_a_quiet_socket_lives(server: Server, alice: User, alices_session: str) -> None:
    """Longer than the 5 s after which redis-py gives up a quiet connection by itself, twice over."""
    with server.client(alices_session) as tab:
        tab.settle()
        with pytest.raises(TimeoutError):
            tab.hear_type("news", 11)
        push(user_ids=[alice.pk], payload={"type": "news"})
        assert tab.hear_type("news")
    assert not server.has_logged("subscription_lost")


@pytest.mark.slow
def test_the_heartbeat_says_to_each_what_is_theirs(
    server: Server, alice: User, bob: User, alices_session: str, bobs_session: str
) -> None:
    with server.client(alices_session) as hers, server.client(bobs_session) as his:
        assert hers.hear_type("heartbeat", 25)["you"] == alice.pk
        assert his.hear_type("heartbeat", 25)["you"] == bob.pk
