"""What a password may be, what is said of a bad one, and how long a code for a new one lives (RELIABILITY.md 6)."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from tests.accounts import joining
from tests.accounts.factors import log_in
from tests.cast import PASSWORD

CHANGE = "/accounts/password/change/"
RESET, CONFIRM, COMPLETE = (f"/accounts/password/reset/{tail}" for tail in ("", "confirm/", "complete/"))
NEW = "another battery staple"

LONG_ENOUGH, COMMON, CONTEXT = "at least 12", "Many people use this one", "which others know"


def complaint(password: str, person: User) -> str:
    """What is said of it, nothing when it will do."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


@pytest.mark.parametrize(
    "password",
    [
        "twelve signs",
        "correct horse battery staple",
        "naïve Größe ДОМ 図書館 at six",
        "my campus smells of oranges",  # a word of the place among others
        "alice likes long walks at night",
        "    leading blanks count    ",
        "x7-Kq/2.Wb9+Zr",
        "aaaaaaaaaa, quick brown fox",
        "👩‍🎓📚🌧️🚲🍊🧦 to remember",
    ],
)
def test_these_will_do(alice: User, password: str) -> None:
    assert complaint(password, alice) == ""


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("eleven sign", LONG_ENOUGH),
        ("", LONG_ENOUGH),
        ("x" * 129, "at most 128"),
        ("justinbieber", COMMON),
        ("Password12345!", COMMON),
        ("123456789012", COMMON),
        ("aaaaaaaaaaaaaaa", COMMON),
        ("abababababababab", COMMON),
        ("QWERTYUIOP123", COMMON),
        ("campusconnect1", CONTEXT),
        ("Northmere2026!", CONTEXT),
        ("northmere university", CONTEXT),
        ("alice.ashdown", CONTEXT),
        ("AliceAshdown99", CONTEXT),
        ("alice@northmere.example", CONTEXT),
        ("ＡｌｉｃｅＡｓｈｄｏｗｎ９９", CONTEXT),
    ],
)
def test_these_will_not_and_it_says_what_to_do(alice: User, password: str, why: str) -> None:
    assert why in complaint(password, alice)


@pytest.mark.parametrize("length", [64, 128])
def test_a_long_one_is_taken_whole(alice: User, length: int) -> None:
    long = ("correct horse battery staple " * 5)[:length]
    client = Client()
    log_in(client)
    form = {"oldpassword": PASSWORD, "password1": long, "password2": long}
    assert client.post(CHANGE, form).status_code == 302
    assert log_in(Client(), password=long).status_code == 302
    assert log_in(Client(), password=long[:-1]).status_code == 200


def test_the_page_says_it_beside_the_field_and_forbids_no_paste(alice: User) -> None:
    client = Client()
    log_in(client)
    page = client.get(CHANGE).text
    assert "A few words in a row are easy to remember" in page
    assert "onpaste" not in page
    assert 'autocomplete="new-password"' in page
    answer = client.post(CHANGE, {"oldpassword": PASSWORD, "password1": "northmere2026", "password2": "northmere2026"})
    assert answer.status_code == 200
    assert CONTEXT in answer.text


@pytest.mark.parametrize("password", ["short", "northmere2026", "x" * 129, "password1234"])
def test_sign_up_and_reset_ask_the_same(alice: User, password: str) -> None:
    assert joining.sign_up(Client(), password1=password).status_code == 200
    assert not User.objects.filter(username="erin").exists()
    assert joining.sign_up(Client()).status_code == 302  # the password alone was in the way
    client = Client()
    _ask(client)
    client.post(CONFIRM, {"code": _code()})
    assert client.post(COMPLETE, {"password1": password, "password2": password}).status_code == 200
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_the_old_one_is_guessed_no_faster_from_inside(alice: User) -> None:
    client = Client()
    log_in(client)
    form = {"oldpassword": "wrong", "password1": NEW, "password2": NEW}
    answers = [client.post(CHANGE, form, HTTP_X_FORWARDED_FOR=f"10.0.0.{n}").status_code for n in range(6)]
    assert answers == [200] * 5 + [429]
    assert client.post(CHANGE, form | {"oldpassword": PASSWORD}).status_code == 429


class TestReset:
    def choose(self, client: Client) -> Any:
        return client.post(COMPLETE, {"password1": NEW, "password2": NEW})

    def at_the_choice(self) -> Client:
        client = Client()
        _ask(client)
        assert client.post(CONFIRM, {"code": _code()})["Location"] == COMPLETE
        return client

    def test_it_works(self, alice: User) -> None:
        assert self.choose(self.at_the_choice()).status_code == 302
        alice.refresh_from_db()
        assert alice.check_password(NEW)

    def test_a_code_dies_with_its_use_in_every_browser(self, alice: User) -> None:
        first, second = self.at_the_choice(), self.at_the_choice()
        assert self.choose(first).status_code == 302
        User.objects.filter(pk=alice.pk).update(is_active=True)
        answer = second.post(COMPLETE, {"password1": PASSWORD + "!x", "password2": PASSWORD + "!x"})
        assert answer.status_code == 200
        alice.refresh_from_db()
        assert alice.check_password(NEW)

    def test_a_code_dies_when_the_password_changes(self, alice: User) -> None:
        client = self.at_the_choice()
        alice.set_password("quite another sentence")
        alice.save(update_fields=["password"])
        answer = self.choose(client)
        assert answer.status_code == 200
        assert "no longer works" in answer.text

    def test_a_code_dies_when_the_address_changes(self, alice: User) -> None:
        client = self.at_the_choice()
        User.objects.filter(pk=alice.pk).update(email="other@northmere.example")
        assert self.choose(client).status_code == 200
        alice.refresh_from_db()
        assert alice.check_password(PASSWORD)

    @pytest.mark.parametrize(("minutes", "location"), [(14, COMPLETE), (16, "/accounts/login/")])
    def test_a_code_lives_a_quarter_of_an_hour(self, alice: User, minutes: int, location: str) -> None:
        client = Client()
        _ask(client)
        code = _code()
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=True):
            assert client.post(CONFIRM, {"code": code})["Location"] == location

    def test_three_wrong_codes_end_it(self, alice: User) -> None:
        client = Client()
        _ask(client)
        code = _code()
        answers = [client.post(CONFIRM, {"code": "AAAA-AAAA"}).status_code for _ in range(3)]
        assert answers == [200, 200, 302]
        assert client.post(CONFIRM, {"code": code})["Location"] == "/accounts/login/"

    @pytest.mark.parametrize(
        "data",
        [
            "email=alice@northmere.example&email=evil@evil.example",
            "email=evil@evil.example&email=alice@northmere.example",
            "email[]=alice@northmere.example&email[]=evil@evil.example",
            "email=alice@northmere.example,evil@evil.example",
            "email=alice@northmere.example%0D%0ACc:evil@evil.example",
            "email=al%C4%B1ce@northmere.example",
            "email=alice%EF%BC%A0northmere.example",
        ],
    )
    def test_nobody_else_gets_her_code(self, alice: User, data: str) -> None:
        Client().post(RESET, data, content_type="application/x-www-form-urlencoded")
        for message in mail.outbox:
            recipients = [*message.to, *message.cc, *message.bcc]
            assert len(recipients) == 1
            if _codes(message):
                assert recipients == [alice.email]

    def test_the_code_stands_in_no_address(self, alice: User) -> None:
        client = Client()
        answer = _ask(client)
        code = _code()
        answers = [answer, client.post(CONFIRM, {"code": code}), self.choose(client)]
        assert not any(code in str(answer.headers) for answer in answers)


def _ask(client: Client) -> Any:
    return client.post(RESET, {"email": "alice@northmere.example"})


def _codes(message: Any) -> list[str]:
    return re.findall(r"^\s*([A-Z0-9]{4}-[A-Z0-9]{4}|[A-Z0-9]{3,4}-[A-Z0-9]{3,4})\s*$", str(message.body), re.MULTILINE)


def _code() -> str:
    return _codes(mail.outbox[-1])[0]
