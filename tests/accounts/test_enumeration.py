"""Nobody learns who has an account: the same answer, byte for byte, and about the same time (RELIABILITY.md 1b, 19)."""

import base64
import json
import re
import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from apps.accounts.models import User
from tests.accounts import joining
from tests.accounts.factors import log_in, prove
from tests.cast import make_person

RESET = "/accounts/password/reset/"
KNOWN, UNKNOWN = "alice@northmere.example", "alicx@northmere.example"  # of one length
TOGETHER = 0.2  # of the median: how far two classes of answers may lie apart
TIMES = 200


@pytest.fixture(autouse=True)
def both_in_one_campus(alice: User) -> None:
    make_person("bob")


def by_log_in(client: Client, email: str) -> Any:
    return log_in(client, email, "quite a wrong password")


def by_username(client: Client, email: str) -> Any:
    return log_in(client, email.partition("@")[0], "quite a wrong password")


def by_reset(client: Client, email: str) -> Any:
    return client.post(RESET, {"email": email})


def by_sign_up(client: Client, email: str) -> Any:
    return joining.sign_up(client, email=email, username=f"erin{abs(hash(client))}"[:20])


def by_another_address(client: Client, email: str) -> Any:
    log_in(client, "bob")
    prove(client)
    return client.post("/accounts/email/", {"email": email, "action_add": ""})


def by_another_code(client: Client, email: str) -> Any:
    by_sign_up(client, email)
    with time_machine.travel(timezone.now().timestamp() + 60, tick=True):
        return client.post("/accounts/confirm-email/", {"action": "resend"})


def by_way(client: Client, email: str) -> Any:
    return client.post("/accounts/signup/way/", {"email": email})


def by_passkey(client: Client, email: str) -> Any:
    handle = {KNOWN: User.objects.get(username="alice").pk, UNKNOWN: 10**9}[email]
    answer = {
        "id": "AAAA",
        "rawId": "AAAA",
        "type": "public-key",
        "response": {
            "clientDataJSON": encoded(b'{"type":"webauthn.get","challenge":"x","origin":"x"}'),
            "authenticatorData": encoded(bytes(37)),
            "signature": "AAAA",
            "userHandle": encoded(str(handle).encode()),
        },
    }
    client.get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"})
    client.post("/accounts/2fa/webauthn/login/", {"credential": json.dumps(answer)})
    return client.get("/accounts/login/")


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


WAYS = [
    by_log_in,
    by_username,
    by_reset,
    by_sign_up,
    by_another_address,
    by_another_code,
    by_way,
    by_passkey,
]


def told(answer: Any, email: str) -> tuple[Any, ...]:
    """Status, headers and body; without what is random in every answer, and with the address typed taken out."""
    local = email.partition("@")[0]
    headers = {name: value for name, value in answer.headers.items() if name != "X-Request-Id"}
    body = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]+"', r"\1TOKEN", answer.text)
    body = re.sub(r"[0-9a-f]{32}|erin\d+", "ID", body).replace(email, "ADDRESS").replace(local, "NAME")
    return answer.status_code, headers, body, sorted(answer.cookies)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_known_and_unknown_get_the_same_answer(way: Callable[..., Any]) -> None:
    known, unknown = way(Client(), KNOWN), way(Client(), UNKNOWN)
    assert len(known.content) == len(unknown.content)
    assert told(known, KNOWN) == told(unknown, UNKNOWN)


def test_the_pages_that_follow_are_the_same() -> None:
    for start, page in ((by_sign_up, "/accounts/confirm-email/"), (by_reset, f"{RESET}confirm/")):
        seen = []
        for email in (KNOWN, UNKNOWN):
            client = Client()
            start(client, email)
            tries = [told(client.post(page, {"code": "AAAA-AAAA"}), email) for _ in range(3)]
            seen.append([told(client.get(page), email), *tries])
        assert seen[0] == seen[1]


def test_each_has_one_mail() -> None:
    """So that not even the mail server's log of a sender tells."""
    for email in (KNOWN, UNKNOWN):
        by_reset(Client(), email)
        by_sign_up(Client(), email)
    assert sorted(message.to[0] for message in mail.outbox) == sorted([KNOWN, UNKNOWN] * 2)


@pytest.mark.slow
@pytest.mark.parametrize("way", [by_log_in, by_username, by_reset, by_sign_up], ids=lambda way: way.__name__)
def test_known_and_unknown_take_about_the_same_time(way: Callable[..., Any], settings: Settings) -> None:
    """With the hasher of production: interleaved, so that whatever else the machine does touches both alike.

    Each request is about somebody else and from elsewhere, so that no limit is reached.
    """
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    for number in range(TIMES):
        make_person(f"known{number}", password=None)
    User.objects.update(password=make_password("the right password of them all"))
    took: dict[str, list[float]] = {"known": [], "nobody": []}
    for number in range(TIMES):
        for kind in sorted(took, reverse=bool(number % 2)):
            client = Client(REMOTE_ADDR=f"10.0.{number}.{len(kind)}")
            started = time.perf_counter()
            answer = way(client, f"{kind}{number}@northmere.example")
            took[kind].append(time.perf_counter() - started)
            assert answer.status_code in (200, 302)
    known, unknown = (statistics.median(took[kind]) for kind in ("known", "nobody"))
    assert abs(known - unknown) <= TOGETHER * max(known, unknown), (known, unknown)
