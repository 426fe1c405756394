"""One more than allowed is refused, whatever headers, letter case or plus-tag it comes with (RELIABILITY.md 1b, 18).

CASES holds every way to log in, to guess or to make us send a mail; a new route fails the last test until it stands
there, or among those that do none of this.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from apps.accounts.models import User
from apps.kernel import limits
from tests.access.routes import walk
from tests.accounts import joining
from tests.accounts.factors import STEP, log_in, prove, set_up, totp

NEW = "another battery staple"
Try = Callable[[int], Any]


def disguise(number: int) -> dict[str, Any]:
    """Another sender with every request, for whoever believes what a request says of itself."""
    address = f"10.{number}.7.{number}"
    return {
        "HTTP_X_FORWARDED_FOR": address,
        "HTTP_X_REAL_IP": address,
        "HTTP_FORWARDED": f"for={address}",
        "HTTP_CF_CONNECTING_IP": address,
        "HTTP_TRUE_CLIENT_IP": address,
        "HTTP_X_CLIENT_IP": address,
    }


def spelled(number: int, tags: bool = True) -> str:
    """Alice's address, each time written in another way."""
    local = "".join(sign.upper() if number >> place & 1 else sign for place, sign in enumerate("alice"))
    return f"{local}{f'+t{number}' if tags and number % 3 == 1 else ''}@northmere.example"


def alice_client() -> Client:
    client = Client()
    assert log_in(client).status_code == 302
    return client


def with_app() -> tuple[Client, str]:
    """Alice's browser, after she set up an app."""
    client = alice_client()
    return client, set_up(client)[0]


def log_in_by_account() -> Try:
    return lambda n: log_in(Client(), spelled(n), "wrong", REMOTE_ADDR=f"192.0.2.{n}", **disguise(n))


def log_in_from_address() -> Try:
    return lambda n: log_in(Client(), f"somebody{n}", "wrong", **disguise(n))


def second_step() -> Try:
    with_app()

    def attempt(number: int) -> Any:
        client = Client()
        log_in(client)
        return client.post(STEP, {"code": "000000"}, REMOTE_ADDR=f"192.0.2.{number}", **disguise(number))

    return attempt


def second_step_by_passkey() -> Try:
    with_app()
    client = Client()
    log_in(client)
    return lambda n: client.post(STEP, {"credential": '{"id": "x"}'}, **disguise(n))


def log_in_by_passkey() -> Try:
    return lambda n: Client().post("/accounts/2fa/webauthn/login/", {"credential": '{"id": "x"}'}, **disguise(n))


def show_who_by_password() -> Try:
    client = alice_client()
    return lambda n: client.post("/accounts/reauthenticate/", {"password": "wrong"}, **disguise(n))


def show_who_by_code() -> Try:
    client, _secret = with_app()
    return lambda n: client.post("/accounts/2fa/reauthenticate/", {"code": "000000"}, **disguise(n))


def show_who_by_passkey() -> Try:
    client = alice_client()
    key = {"name": "x", "credential": {}}
    Authenticator.objects.create(user=User.objects.get(username="alice"), type="webauthn", data=key)
    data = {"credential": '{"id": "x"}'}
    return lambda n: client.post("/accounts/2fa/webauthn/reauthenticate/", data, **disguise(n))


def old_password() -> Try:
    client = alice_client()
    form = {"oldpassword": "wrong", "password1": NEW, "password2": NEW}
    return lambda n: client.post("/accounts/password/change/", form, **disguise(n))


def sign_up() -> Try:
    def attempt(number: int) -> Any:
        form = joining.form(email=f"new{number}@northmere.example", username=f"new{number}")
        return Client().post("/accounts/signup/", form, **disguise(number))

    return attempt


def sign_up_with_a_taken_address() -> Try:
    def attempt(number: int) -> Any:
        form = joining.form(email=spelled(number), username=f"new{number}")
        return Client().post("/accounts/signup/", form, REMOTE_ADDR=f"192.0.2.{number}", **disguise(number))

    return attempt


def forgotten_password() -> Try:
    def attempt(number: int) -> Any:
        data = {"email": spelled(number)}
        return Client().post("/accounts/password/reset/", data, REMOTE_ADDR=f"192.0.2.{number}", **disguise(number))

    return attempt


def forgotten_passwords_of_many() -> Try:
    def attempt(number: int) -> Any:
        data = {"email": f"somebody{number}@northmere.example"}
        return Client().post("/accounts/password/reset/", data, **disguise(number))

    return attempt


def another_address() -> Try:
    client = alice_client()
    prove(client)

    def attempt(number: int) -> Any:
        email = spelled(number, tags=False).lower().replace("alice", f"bob+{number}")
        return client.post("/accounts/email/", {"email": email, "action_add": ""}, **disguise(number))

    return attempt


def another_code() -> Try:
    client = Client()
    joining.sign_up(client)
    return lambda n: client.post("/accounts/confirm-email/", {"action": "resend"}, **disguise(n))


def way_of_an_address() -> Try:
    return lambda n: Client().post("/accounts/signup/way/", {"email": spelled(n)}, **disguise(n))


def renew_verification() -> Try:
    client = alice_client()
    return lambda n: client.post("/settings/verification/", {"send": ""}, **disguise(n))


@dataclass(frozen=True)
class Case:
    prepare: Callable[[], Try]
    limit: str
    routes: tuple[str, ...]
    used: int = 0  # of the limit, by what prepares the case


CASES = [
    Case(log_in_by_account, "login.account", ("account_login",)),
    Case(log_in_from_address, "login.address", ("account_login",)),
    Case(second_step, "factor.code", ("mfa_authenticate",)),
    Case(second_step_by_passkey, "factor.passkey", ("mfa_authenticate",)),
    Case(show_who_by_passkey, "factor.passkey", ("mfa_reauthenticate_webauthn",)),
    Case(log_in_by_passkey, "factor.passkey", ("mfa_login_webauthn",)),
    Case(show_who_by_password, "login.account", ("account_reauthenticate",)),
    Case(show_who_by_code, "factor.code", ("mfa_reauthenticate",)),
    Case(old_password, "login.account", ("account_change_password",)),
    Case(sign_up, "signup", ("account_signup",)),
    Case(sign_up_with_a_taken_address, "mail.sent_to", ("account_signup",)),
    Case(forgotten_password, "mail.sent_to", ("account_reset_password",)),
    Case(forgotten_passwords_of_many, "mail.asked", ("account_reset_password",)),
    Case(another_address, "mail.sent_to", ("account_email",)),
    Case(another_code, "mail.resend", ("account_email_verification_sent",), used=1),
    Case(way_of_an_address, "signup.way", ("accounts:signup_way",)),
    Case(renew_verification, "verification.mail", ("accounts:settings_verification",)),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.prepare.__name__)
def test_one_more_than_allowed_is_refused(case: Case, alice: User) -> None:
    attempt = case.prepare()
    rate = limits.table()[case.limit].rate - case.used
    answers = [attempt(number) for number in range(rate)]
    assert 429 not in [answer.status_code for answer in answers]
    refused = attempt(rate)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.prepare.__name__)
def test_it_holds_when_the_cache_forgets(case: Case, alice: User) -> None:
    """What guards an account counts in PostgreSQL; only questions that change nothing may count in Redis."""
    if not limits.table()[case.limit].durable:
        assert case.limit == "signup.way"
        return
    attempt = case.prepare()
    for number in range(limits.table()[case.limit].rate - case.used):
        attempt(number)
        cache.delete_pattern("*")  # type: ignore[attr-defined]
    assert attempt(99).status_code == 429


def test_behind_one_proxy_the_hop_it_saw_counts(alice: User, settings: Settings) -> None:
    """What a client writes into the header itself stands further left, and is believed by nobody."""
    settings.TRUSTED_PROXIES = 1

    def attempt(number: int, sender: str) -> int:
        seen = {"HTTP_X_FORWARDED_FOR": f"10.1.1.{number}, {sender}", "REMOTE_ADDR": "127.0.0.1"}
        return int(log_in(Client(), f"somebody{number}", "wrong", **seen).status_code)

    assert [attempt(number, "192.0.2.1") for number in range(11)] == [200] * 10 + [429]
    assert attempt(11, "192.0.2.2") == 200  # the proxy is one address for the whole site; it does not count


def test_a_whole_network_of_ipv6_is_one_sender(alice: User) -> None:
    answers = [log_in(Client(), f"x{n}", "wrong", REMOTE_ADDR=f"2001:db8::{n:x}").status_code for n in range(11)]
    assert answers == [200] * 10 + [429]


def test_codes_of_the_second_step_run_out_for_the_day(alice: User) -> None:
    """Five in five minutes would be 1,440 a day; thirty failures are a phone that is lost, or a guesser."""
    import datetime as dt

    import time_machine
    from django.utils import timezone

    _client, secret = with_app()
    start = timezone.now().replace(hour=1, minute=0, second=0)
    codes = []
    for number in range(7):
        with time_machine.travel(start + dt.timedelta(minutes=6 * number), tick=True):
            client = Client()
            log_in(client)
            codes += [client.post(STEP, {"code": "000000"}).status_code for _ in range(5)]
    assert codes == [200] * 30 + [429] * 5
    with time_machine.travel(start + dt.timedelta(minutes=60), tick=True):
        client = Client()
        log_in(client)
        assert client.post(STEP, {"code": totp(secret)}).status_code == 429


# Routes of accounts that neither log in by a guess nor send a mail to an address that somebody typed.
QUIET = {
    "account_logout",
    "account_inactive",
    "account_set_password",  # only for who has none, after showing who they are
    "account_confirm_login_code",  # switched off
    "account_confirm_password_reset_code",  # three tries for each mail: TestReset.test_three_wrong_codes_end_it
    "account_complete_password_reset",
    "account_password_reset_completed",
    "mfa_index",
    "mfa_activate_totp",  # the secret is the guesser's own
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
    "usersessions_list",
}


def test_no_way_is_forgotten() -> None:
    """Of allauth's own routes; what the apps' own routes do is asked by their limits and the tests of these."""
    routes = {route.name for route in walk() if route.name.startswith(("account_", "mfa_", "usersessions_"))}
    covered = {name for case in CASES for name in case.routes if not name.startswith("accounts:")}
    assert routes == covered | QUIET
    assert not covered & QUIET
