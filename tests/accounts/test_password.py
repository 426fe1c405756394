"""Password reset by code and change of password; both end the other sessions."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from apps.accounts.models import BlockedDomain, User
from tests.cast import PASSWORD

RESET, CONFIRM, COMPLETE = (
    "/accounts/password/reset/",
    "/accounts/password/reset/confirm/",
    "/accounts/password/reset/complete/",
)
CHANGE = "/accounts/password/change/"
NEW = "another battery staple"


def code() -> str:
    found = re.search(r"\b([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\b", str(mail.outbox[-1].body))
    assert found
    return found.group(1)


def reset(client: Client, email: str) -> Any:
    return client.post(RESET, {"email": email})


def logged_in(client: Client) -> bool:
    return client.get("/settings/profile/").status_code == 200


def logged_in_client(username: str, password: str = PASSWORD) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": username, "password": password})
    assert logged_in(client)
    return client


def test_reset_works_and_ends_every_session(anonymous_client: Client, alice: User, events: Any) -> None:
    elsewhere = logged_in_client("alice")
    assert reset(anonymous_client, "Alice@northmere.example")["Location"] == CONFIRM
    assert mail.outbox[0].to == ["alice@northmere.example"]
    assert anonymous_client.post(CONFIRM, {"code": code()})["Location"] == COMPLETE
    answer = anonymous_client.post(COMPLETE, {"password1": NEW, "password2": NEW})
    assert answer.status_code == 302
    assert not logged_in(elsewhere)
    assert "session.revoked" in events()
    logged_in_client("alice", NEW)


def test_a_wrong_code_opens_nothing(anonymous_client: Client, alice: User) -> None:
    reset(anonymous_client, "alice@northmere.example")
    anonymous_client.post(CONFIRM, {"code": "WRONG-1"})
    anonymous_client.post(COMPLETE, {"password1": NEW, "password2": NEW})
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_a_code_works_in_its_own_browser_only(anonymous_client: Client, alice: User) -> None:
    reset(anonymous_client, "alice@northmere.example")
    stranger = Client()
    reset(stranger, "bob@northmere.example")
    code_of_alice = re.findall(r"\b([A-Z0-9]{3,4}-[A-Z0-9]{3,4})\b", str(mail.outbox[0].body))[0]
    assert stranger.post(CONFIRM, {"code": code_of_alice}).status_code == 200


def test_a_code_is_used_once(anonymous_client: Client, alice: User) -> None:
    reset(anonymous_client, "alice@northmere.example")
    used = code()
    anonymous_client.post(CONFIRM, {"code": used})
    anonymous_client.post(COMPLETE, {"password1": NEW, "password2": NEW})
    client = Client()
    client.cookies = anonymous_client.cookies
    client.post(CONFIRM, {"code": used})
    client.post(COMPLETE, {"password1": PASSWORD, "password2": PASSWORD})
    alice.refresh_from_db()
    assert alice.check_password(NEW)


@pytest.mark.parametrize(
    "address", ["alıce@northmere.example", "alice＠northmere.example", '"alice"@northmere.example']
)
def test_lookalikes_get_no_mail(anonymous_client: Client, alice: User, address: str) -> None:
    assert reset(anonymous_client, address).status_code == 200
    assert mail.outbox == []


def test_two_addresses_in_one_form_reach_the_last_one_only(anonymous_client: Client, alice: User) -> None:
    anonymous_client.post(RESET, {"email": ["alice@northmere.example", "evil@northmere.example"]})
    assert [message.to for message in mail.outbox] == [["evil@northmere.example"]]
    assert not re.search(r"\b[A-Z0-9]{3,4}-[A-Z0-9]{3,4}\b", str(mail.outbox[0].body))


def test_known_and_unknown_addresses_get_the_same_answers(alice: User) -> None:
    def walk(address: str) -> list[Any]:
        client = Client()
        answers = [reset(client, address), client.get(CONFIRM), client.post(CONFIRM, {"code": "WRONG-1"})]
        return [tell(answer, address) for answer in answers]

    def tell(answer: Any, address: str) -> Any:
        body = answer.text.replace(address, "ADDRESS")
        body = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]+"', r"\1TOKEN", body)
        return answer.status_code, sorted(answer.headers), re.sub(r"[0-9a-f]{16,}", "ID", body)

    assert walk("alice@northmere.example") == walk("ellen@northmere.example")
    assert len(mail.outbox) == 2


def test_mails_are_counted_by_recipient(alice: User) -> None:
    answers = [reset(Client(), ["alice@northmere.example", "ALICE@northmere.example"][n % 2]) for n in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert len(mail.outbox) == 5


def test_change_keeps_this_session_and_ends_the_others(alice: User, events: Any) -> None:
    here, elsewhere = logged_in_client("alice"), logged_in_client("alice")
    before = here.session.session_key
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert here.post(CHANGE, form).status_code == 302
    assert logged_in(here)
    assert here.session.session_key != before
    assert not logged_in(elsewhere)
    assert "session.revoked" in events()


def test_change_asks_for_the_old_one(alice_client: Client, alice: User) -> None:
    answer = alice_client.post(CHANGE, {"oldpassword": "wrong", "password1": NEW, "password2": NEW})
    assert answer.status_code == 200
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_change_names_each_box_once(alice_client: Client) -> None:
    page = alice_client.get(CHANGE).text.split("<main")[1]
    for label in ("Current password", "New password", "New password, again"):
        assert page.count(f">{label}</label>") == 1
    assert "placeholder" not in page


def test_change_is_for_members(anonymous_client: Client) -> None:
    assert anonymous_client.get(CHANGE)["Location"].startswith("/accounts/login/")


class TestAddress:
    """Changing the address: by a code to the new one, within one's university, never to a taken inbox."""

    URL, CODE = "/accounts/email/", "/accounts/confirm-email/"

    def ask(self, client: Client, email: str) -> Any:
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        return client.post(self.URL, {"email": email, "action_add": ""})

    def test_it_works(self, alice: User) -> None:
        client = logged_in_client("alice")
        assert self.ask(client, "ashdown@northmere.example")["Location"] == self.CODE
        assert mail.outbox[-1].to == ["ashdown@northmere.example"]
        client.post(self.CODE, {"code": code()})
        alice.refresh_from_db()
        assert (alice.email, alice.email_key) == ("ashdown@northmere.example", "ashdown@northmere.example")
        assert list(EmailAddress.objects.values_list("email", flat=True)) == ["ashdown@northmere.example"]

    @pytest.mark.parametrize("email", ["alice@gmail.com", "alice@southdale.example", "not an address"])
    def test_it_stays_within_the_university(self, alice: User, southdale: Any, email: str) -> None:
        assert self.ask(logged_in_client("alice"), email).status_code == 200
        assert mail.outbox == []

    def test_a_blocked_domain_is_none_of_the_university(self, alice: User) -> None:
        BlockedDomain.objects.create(domain="hacked.northmere.example")
        assert self.ask(logged_in_client("alice"), "alice@hacked.northmere.example").status_code == 200
        assert mail.outbox == []

    def test_a_taken_inbox_is_not_taken_over(self, alice: User, charlie: User) -> None:
        client = logged_in_client("alice")
        self.ask(client, "charlie+x@northmere.example")
        client.post(self.CODE, {"code": code()})
        alice.refresh_from_db()
        assert alice.email == "alice@northmere.example"
