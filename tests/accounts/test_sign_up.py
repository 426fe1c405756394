"""Sign-up by HTTP: the address decides the university, a code proves it, and nobody learns who is here already."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from apps.accounts import services
from apps.accounts.models import LastSeen, Profile, University, User
from apps.kernel.errors import Conflict
from tests.accounts.joining import CODE, PASSWORD, SIGN_UP, code_in, form, sign_up
from tests.cast import make_university


def test_it_works(anonymous_client: Client, northmere: University, events: Any) -> None:
    answer = sign_up(anonymous_client)
    assert (answer.status_code, answer["Location"]) == (302, CODE)
    assert [message.to for message in mail.outbox] == [["erin@northmere.example"]]
    before = anonymous_client.session.session_key

    answer = anonymous_client.post(CODE, {"code": code_in(mail.outbox[0])})
    assert (answer.status_code, answer["Location"]) == (302, "/welcome/")
    person = User.objects.get(username="erin")
    assert (person.name, person.university, person.role) == ("Erin Eastwood", northmere, "student")
    assert Profile.objects.filter(user=person).exists()
    assert LastSeen.objects.filter(user=person).exists()
    assert anonymous_client.session["_auth_user_id"] == str(person.pk)
    assert anonymous_client.session.session_key != before
    assert events() == ["user.registered", "user.updated"]  # verified by the address


def test_an_unconfirmed_person_is_neither_logged_in_nor_seen(
    anonymous_client: Client, alice_client: Client, events: Any
) -> None:
    """Else anybody could appear on a campus under an address that is not theirs."""
    sign_up(anonymous_client)
    assert "_auth_user_id" not in anonymous_client.session
    assert alice_client.get("/@erin/followers/").status_code == 404
    assert alice_client.get("/people/suggest", {"q": "erin"}).json() == {"items": []}
    assert events() == []
    anonymous_client.post(CODE, {"code": "WRONG-1"})
    assert "_auth_user_id" not in anonymous_client.session


def test_who_left_before_the_code_goes_on_at_log_in(anonymous_client: Client, northmere: University) -> None:
    sign_up(anonymous_client)
    client = Client()
    answer = client.post("/accounts/login/", {"login": "erin", "password": PASSWORD})
    assert answer["Location"] == CODE
    client.post(CODE, {"code": code_in(mail.outbox[-1])})
    assert client.get("/settings/profile/").status_code == 200


def test_three_wrong_codes_end_it(anonymous_client: Client, northmere: University) -> None:
    sign_up(anonymous_client)
    code = code_in(mail.outbox[0])
    for _ in range(3):
        anonymous_client.post(CODE, {"code": "WRONG-1"})
    anonymous_client.post(CODE, {"code": code})
    assert "_auth_user_id" not in anonymous_client.session


def test_a_sub_domain_belongs_to_its_university(anonymous_client: Client, northmere: University) -> None:
    sign_up(anonymous_client, email="Erin@Students.Northmere.Example")
    assert User.objects.get(username="erin").university == northmere


def test_another_domain_is_told_the_ways_in(anonymous_client: Client, northmere: University) -> None:
    make_university("southdale", "Southdale College", 215)
    answer = sign_up(anonymous_client, email="erin@gmail.com")
    assert answer.status_code == 200
    assert "@northmere.example (Northmere University)" in answer.text
    assert "@southdale.example (Southdale College)" in answer.text
    assert "Erin Eastwood" in answer.text  # what was typed stays
    assert not User.objects.exists()
    assert mail.outbox == []


@pytest.mark.parametrize(
    "address", ["alice@northmere.example", "ALICE@Northmere.Example", "alice+two@northmere.example"]
)
def test_one_inbox_one_account(anonymous_client: Client, alice: User, address: str) -> None:
    answer = sign_up(anonymous_client, email=address)
    assert (answer.status_code, answer["Location"]) == (302, CODE)
    assert User.objects.count() == 1
    assert len(mail.outbox) == 1
    assert "erin" not in mail.outbox[0].body


def test_known_and_unknown_addresses_get_the_same_answers(alice: User) -> None:
    """Status, headers, bodies, also those of the pages that follow: the code page, a wrong code, another mail."""

    def walk(address: str, username: str) -> list[Any]:
        client = Client()
        answers = [
            client.post(SIGN_UP, form(email=address, username=username)),
            client.get(CODE),
            client.post(CODE, {"code": "WRONG-1"}),
            client.post(CODE, {"action": "resend"}),
        ]
        return [tell(answer, address) for answer in answers]

    def tell(answer: Any, address: str) -> Any:
        body = answer.text.replace(address, "ADDRESS")
        body = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]+"', r"\1TOKEN", body)
        body = re.sub(r"in \d+ seconds?", "in N seconds", body)
        return answer.status_code, sorted(answer.headers), re.sub(r"[0-9a-f]{16,}", "ID", body)

    assert walk("alice@northmere.example", "erin1") == walk("ellen@northmere.example", "erin2")


@pytest.mark.parametrize(
    ("username", "why"),
    [
        ("al", "at least 3"),
        ("a" * 31, "at most 30"),
        ("erin eastwood", "letters a to z"),
        ("érin", "letters a to z"),
        ("erіn", "letters a to z"),  # a Cyrillic і
        (".erin", "letters a to z"),
        ("erin..e", "letters a to z"),
        ("ADMIN", "kept back"),
        ("everyone", "kept back"),
        ("ALICE", "already"),
    ],
)
def test_usernames_that_nobody_gets(anonymous_client: Client, alice: User, username: str, why: str) -> None:
    answer = sign_up(anonymous_client, username=username)
    assert answer.status_code == 200
    assert why in answer.text
    assert User.objects.count() == 1


def test_a_username_is_kept_in_lower_case(anonymous_client: Client, northmere: University) -> None:
    sign_up(anonymous_client, username="Erin.E")
    assert User.objects.get().username == "erin.e"


@pytest.mark.parametrize("name", ["\u202ea\u202cerin", "E\u200brin", "Erin\u0000", "Erin\ud800", "E" + "\u0301" * 50])
def test_tricks_in_names_are_taken_out(anonymous_client: Client, northmere: University, name: str) -> None:
    answer = anonymous_client.post(SIGN_UP, form(name=name.encode("utf-8", "replace").decode()))
    assert answer.status_code < 500
    for person in User.objects.all():
        assert not set(person.name) & set("\u202e\u202c\u200b\u0000")
        assert len(person.name) < 10


@pytest.mark.parametrize("name", ["\u200b\u200b", "\u202e", "   ", "!!!"])
def test_a_name_must_show_something(anonymous_client: Client, northmere: University, name: str) -> None:
    assert sign_up(anonymous_client, name=name).status_code == 200
    assert not User.objects.exists()


@pytest.mark.parametrize("password", ["short", "password1234", "erin@northmere.example"])
def test_weak_passwords_are_refused(anonymous_client: Client, northmere: University, password: str) -> None:
    assert sign_up(anonymous_client, password1=password).status_code == 200
    assert not User.objects.exists()


def test_a_long_text_is_refused_with_a_message(anonymous_client: Client, northmere: University) -> None:
    answer = sign_up(anonymous_client, name="x" * 1_000_000)
    assert answer.status_code == 200
    assert "80" in answer.text


@pytest.mark.django_db(transaction=True)
def test_two_at_once_for_one_inbox_make_one_account() -> None:
    def register(number: int) -> str:
        try:
            services.register(
                email=f"Erin+{number}@northmere.example", username=f"erin{number}", name="Erin", password=PASSWORD,
                university=northmere,
            )  # fmt: skip
        except Conflict:
            return "conflict"
        finally:
            connection.close()
        return "made"

    northmere = make_university()
    with ThreadPoolExecutor(5) as pool:
        assert sorted(pool.map(register, range(5))) == ["conflict"] * 4 + ["made"]
    assert User.objects.count() == 1


def test_a_form_sent_twice_makes_one_account(anonymous_client: Client, northmere: University) -> None:
    sign_up(anonymous_client)
    sign_up(Client())
    assert User.objects.count() == 1


def test_another_mail_has_to_wait(anonymous_client: Client, northmere: University) -> None:
    sign_up(anonymous_client)
    answer = anonymous_client.post(CODE, {"action": "resend"})
    assert answer.status_code == 429
    assert "It works again in" in answer.text
    assert len(mail.outbox) == 1


def test_sign_ups_are_counted_by_address(anonymous_client: Client, northmere: University) -> None:
    answers = [
        Client(headers={"X-Forwarded-For": f"10.0.0.{n}"}).post(
            SIGN_UP, form(email=f"p{n}@northmere.example", username=f"p{n:03}")
        )
        for n in range(21)
    ]
    assert [answer.status_code for answer in answers] == [302] * 20 + [429]
    assert int(answers[-1].headers["Retry-After"]) in range(1, 61)


def test_a_member_has_no_business_here(alice_client: Client) -> None:
    assert alice_client.get(SIGN_UP).status_code == 302


def test_it_needs_a_token(northmere: University) -> None:
    assert Client(enforce_csrf_checks=True).post(SIGN_UP, form()).status_code == 403
    assert not User.objects.exists()
