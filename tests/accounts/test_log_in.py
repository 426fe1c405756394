"""Log-in and log-out by HTTP, and what throttles a guesser."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from apps.accounts.models import User
from tests.cast import PASSWORD

LOG_IN, LOG_OUT = "/accounts/login/", "/accounts/logout/"


def log_in(client: Client, login: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(LOG_IN, {"login": login, "password": password}, **extra)


def is_logged_in(client: Client) -> bool:
    return client.get("/settings/profile/").status_code == 200


@pytest.mark.parametrize("login", ["alice", "ALICE", "alice@northmere.example", "Alice@Northmere.example", " alice "])
def test_it_works(anonymous_client: Client, alice: User, login: str) -> None:
    before = anonymous_client.session.session_key
    answer = log_in(anonymous_client, login)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_logged_in(anonymous_client)
    assert anonymous_client.session.session_key != before
    assert anonymous_client.session.get_expiry_age() == 30 * 24 * 3600


@pytest.mark.parametrize(
    ("login", "password"), [("alice", "wrong"), ("nobody", PASSWORD), ("alice", ""), ("", PASSWORD)]
)
def test_it_refuses(anonymous_client: Client, alice: User, login: str, password: str) -> None:
    assert log_in(anonymous_client, login, password).status_code == 200
    assert not is_logged_in(anonymous_client)


def test_known_and_unknown_names_get_the_same_words(alice: User) -> None:
    known, unknown = (log_in(Client(), login, "wrong") for login in ("alice", "alicf"))
    words = "This does not fit together"
    assert words in known.text
    assert words in unknown.text


def test_a_session_planted_before_is_not_taken_over(alice: User) -> None:
    client = Client()
    session = client.session
    session["planted"] = 1
    session.save()
    client.cookies["sessionid"] = session.session_key or ""
    log_in(client, "alice")
    assert client.cookies["sessionid"].value != session.session_key
    assert not Session.objects.filter(session_key=session.session_key).exists()


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/", "javascript:alert(1)"])
def test_it_leads_to_no_other_site(anonymous_client: Client, alice: User, target: str) -> None:
    assert log_in(anonymous_client, "alice", QUERY_STRING=f"next={target}")["Location"] == "/"


def test_five_failures_close_an_account_for_a_while(alice: User) -> None:
    """Under whichever of its names, in any case, from wherever, and with whatever headers."""
    names = ["alice", "ALICE", "alice@northmere.example", "Alice@northmere.EXAMPLE", "alice"]
    for number, name in enumerate(names):
        answer = log_in(Client(), name, "wrong", REMOTE_ADDR=f"10.0.0.{number}")
        assert answer.status_code == 200
    answer = log_in(Client(), "alice", PASSWORD, REMOTE_ADDR="10.9.9.9", HTTP_X_FORWARDED_FOR="1.2.3.4")
    assert answer.status_code == 429
    assert "It works again in" in answer.text
    assert 0 < int(answer.headers["Retry-After"]) <= 300


@pytest.mark.django_db
def test_names_that_do_not_exist_are_counted_alike() -> None:
    answers = [log_in(Client(), "nobody.here", "wrong", REMOTE_ADDR=f"10.0.1.{n}") for n in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]


def test_ten_failures_close_an_address_for_a_while(alice: User) -> None:
    answers = [
        log_in(Client(), f"guess{n}", "wrong", HTTP_X_FORWARDED_FOR=f"10.0.2.{n}", HTTP_X_REAL_IP=f"10.0.2.{n}")
        for n in range(11)
    ]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]


def test_success_is_not_counted(alice: User) -> None:
    assert {log_in(Client(), "alice").status_code for _ in range(12)} == {302}


def test_throttles_hold_when_the_cache_forgets(alice: User) -> None:
    for _ in range(5):
        log_in(Client(), "alice", "wrong")
        cache.delete_pattern("*")  # type: ignore[attr-defined]
    assert log_in(Client(), "alice").status_code == 429


def test_log_out(alice_client: Client, events: Any) -> None:
    key = alice_client.session.session_key
    assert alice_client.get(LOG_OUT).status_code == 200  # asks
    assert is_logged_in(alice_client)
    answer = alice_client.post(LOG_OUT)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert not is_logged_in(alice_client)
    assert not Session.objects.filter(session_key=key).exists()
    assert "session.revoked" in events()


def test_a_log_out_stays_one_when_the_cache_still_knows_the_session(alice_client: Client) -> None:
    """What is left when Redis was down during the log-out: the cached session lives, its row does not."""
    key = alice_client.session.session_key
    assert is_logged_in(alice_client)
    Session.objects.filter(session_key=key).delete()
    assert not is_logged_in(alice_client)


def test_log_out_needs_a_token(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(LOG_OUT).status_code == 403
    assert is_logged_in(client)


def test_who_is_asking_costs_one_query(alice_client: Client, django_assert_num_queries: Any) -> None:
    alice_client.get(LOG_IN)
    with django_assert_num_queries(1):
        assert alice_client.get(LOG_IN).status_code == 302


def test_an_inactive_person_is_a_guest_at_once(alice: User, alice_client: Client) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert not is_logged_in(alice_client)
    assert "_auth_user_id" not in alice_client.session


def test_an_inactive_person_cannot_log_in(anonymous_client: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    answer = log_in(anonymous_client, "alice")
    assert answer["Location"] == "/accounts/inactive/"
    assert not is_logged_in(anonymous_client)


def test_staff_enter_the_admin_through_our_log_in(mira: User) -> None:
    client = Client()
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"
    answer = client.post(
        "/accounts/login/?next=%2Fadmin%2F", {"login": "mira", "password": PASSWORD, "next": "/admin/"}
    )
    assert answer["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert client.post("/admin/logout/")["Location"] == "/"
    assert not is_logged_in(client)


def test_staff_who_are_logged_in_are_let_through(mira_client: Client) -> None:
    assert mira_client.get("/admin/login/")["Location"] == "/admin/"


def test_members_do_not_enter_the_admin(alice_client: Client) -> None:
    assert alice_client.get("/admin/", follow=True).status_code == 403
