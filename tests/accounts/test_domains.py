"""Which university an address stands for, and what nobody gets by more fields in a form (RELIABILITY 1b, 20 to 22)."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from apps.accounts.models import BlockedDomain, Entry, Role, University, UniversityDomain, User
from tests.accounts.joining import SIGN_UP, confirm, form, sign_up

WAY = "/accounts/signup/way/"
# None of these stands under northmere.example.
STRANGERS = [
    "x@evilnorthmere.example",
    "x@northmere.example.evil.com",
    '"x@northmere.example"@evil.com',
    "x@northmere.example@evil.com",
    "x@evil.com@northmere.example",
    "x@northmere.example.",
    "x@.northmere.example",
    "x@northmere..example",
    "x@nоrthmere.example",  # a Cyrillic о
    "x@xn--nrthmere-r4e.example",
    "x@northmere。example",  # an ideographic full stop
    "x@northmere.eхample",  # a Cyrillic х
    "x＠northmere.example",  # a fullwidth @
    "x@northmere.example\u200b",
    "x@northmere.example, y@evil.com",
    "x@northmere.example\ny@evil.com",
    "x@northmere.example%00",
    "x@northmere.example#@evil.com",
    "x@example",
    "ｘ@northmere.example",
    "mıke@northmere.example",
    "ﬁ@northmere.example",
    "\u212aelvin@northmere.example",  # the Kelvin sign, which lower() makes a k
    "@northmere.example",
    "x@",
]
OURS = ["x@northmere.example", "X@NORTHMERE.EXAMPLE", " x@northmere.example ", "x@students.northmere.example"]


@pytest.mark.parametrize("address", STRANGERS)
def test_an_address_that_only_looks_like_ours(anonymous_client: Client, northmere: University, address: str) -> None:
    assert sign_up(anonymous_client, email=address).status_code == 200
    assert not User.objects.exists()
    assert mail.outbox == []
    assert "Northmere University</strong>" not in anonymous_client.post(WAY, {"email": address}).text


@pytest.mark.parametrize("address", OURS)
def test_an_address_that_is_ours(anonymous_client: Client, northmere: University, address: str) -> None:
    sign_up(anonymous_client, email=address)
    assert User.objects.get().university == northmere


def test_of_two_addresses_sent_the_mail_goes_where_the_account_is(
    anonymous_client: Client, northmere: University
) -> None:
    """GitLab CVE-2023-7028: the code of one inbox must never reach another."""
    data: dict[str, Any] = form() | {"email": ["eve@northmere.example", "erin@northmere.example"]}
    anonymous_client.post(SIGN_UP, data)
    addresses = [user.email for user in User.objects.all()]
    assert [to for message in mail.outbox for to in message.to] == addresses
    assert len(addresses) == 1


def test_the_closest_domain_says_university_and_role(anonymous_client: Client, northmere: University) -> None:
    UniversityDomain.objects.create(university=northmere, domain="staff.northmere.example", role=Role.STAFF)
    sign_up(anonymous_client, email="erin@physics.staff.northmere.example")
    assert User.objects.get().role == Role.STAFF
    assert User.objects.get().is_staff is False


@pytest.mark.parametrize("blocked", ["northmere.example", "students.northmere.example", "example"])
def test_a_blocked_domain_comes_before_a_university(
    anonymous_client: Client, northmere: University, blocked: str
) -> None:
    BlockedDomain.objects.create(domain=blocked)
    answer = sign_up(anonymous_client, email="erin@students.northmere.example")
    if blocked == "example":  # a single label is nobody's domain
        assert User.objects.exists()
        return
    assert "belongs to no university here" in answer.text
    assert not User.objects.exists()


def test_throw_away_addresses_ask_nobody(anonymous_client: Client, northmere: University) -> None:
    University.objects.update(takes_requests=True)
    answer = sign_up(anonymous_client, email="erin@mailinator.com", university=str(northmere.pk), reason="Because.")
    assert "belongs to no university here" in answer.text
    assert 'name="university"' not in answer.text
    assert not User.objects.exists()


class TestClosed:
    def test_the_sentence(self, anonymous_client: Client, northmere: University) -> None:
        University.objects.update(entry=Entry.CLOSED)
        answer = sign_up(anonymous_client)
        assert "Northmere University lets people in by invitation or campus log-in only." in answer.text
        assert not User.objects.exists()

    def test_campus_log_in_only(self, anonymous_client: Client, northmere: University) -> None:
        University.objects.update(sso_only=True)
        assert "by invitation or campus log-in only" in sign_up(anonymous_client).text
        assert not User.objects.exists()

    def test_its_domains_are_not_told_as_ways_in(
        self, anonymous_client: Client, northmere: University, southdale: University
    ) -> None:
        University.objects.filter(pk=northmere.pk).update(entry=Entry.CLOSED)
        answer = sign_up(anonymous_client, email="erin@gmail.com")
        assert "@southdale.example" in answer.text
        assert "@northmere.example" not in answer.text


class TestTheHint:
    def test_a_known_domain_shows_its_campus(self, anonymous_client: Client, northmere: University) -> None:
        part = anonymous_client.post(WAY, {"email": "erin@northmere.example"}).text
        assert "Northmere University" in part
        assert f"/campus/{northmere.pk}.css" in part
        assert "<html" not in part

    def test_others_get_the_reason_with_what_was_typed(self, anonymous_client: Client, northmere: University) -> None:
        University.objects.update(takes_requests=True)
        part = anonymous_client.post(WAY, {"email": "erin@gmail.com", "reason": "Because I teach."}).text
        assert 'name="university"' in part
        assert "Because I teach." in part

    def test_nothing_typed_shows_nothing(self, anonymous_client: Client, northmere: University) -> None:
        assert anonymous_client.post(WAY, {"email": ""}).text.strip() == ""
        assert anonymous_client.post(WAY).text.strip() == ""

    def test_it_does_not_tell_who_is_here(self, anonymous_client: Client, alice: User) -> None:
        known = anonymous_client.post(WAY, {"email": "alice@northmere.example"}).text
        assert known == anonymous_client.post(WAY, {"email": "ellen@northmere.example"}).text

    def test_it_is_asked_by_post_alone_and_not_for_ever(self, anonymous_client: Client) -> None:
        assert anonymous_client.get(WAY).status_code == 405
        answers = [anonymous_client.post(WAY, {"email": "x@gmail.com"}).status_code for _ in range(61)]
        assert answers == [200] * 60 + [429]


MORE = {
    "is_staff": "on",
    "is_superuser": "on",
    "is_active": "on",
    "is_confirmed": "on",
    "role": "staff",
    "university": "1",
    "university_id": "1",
    "verified_until": "2099-01-01",
    "created_at": "2000-01-01",
    "groups": "1",
    "user_permissions": "1",
    "invitation": "1",
    "way": "1",
    "profile_for": "2",
    "id": "1",
    "email_key": "x@gmail.com",
}


def test_fields_that_nobody_offered_change_nothing(anonymous_client: Client, northmere: University) -> None:
    sign_up(anonymous_client, **MORE)
    person = User.objects.get()
    assert (person.is_staff, person.is_superuser, person.is_confirmed, person.role, person.verified_until) == (
        False, False, False, Role.STUDENT, None,
    )  # fmt: skip
    assert person.university == northmere
    assert person.created_at.year > 2000
    assert not person.groups.exists()
    assert "_auth_user_id" not in anonymous_client.session
    confirm(anonymous_client)
    person.refresh_from_db()
    assert (person.is_staff, person.role) == (False, Role.STUDENT)


def test_the_rules_are_accepted_first(anonymous_client: Client, northmere: University) -> None:
    sent = form()
    del sent["agree"]
    answer = anonymous_client.post(SIGN_UP, sent)
    assert answer.status_code == 200
    assert not User.objects.exists()
    assert "agreed_at" not in anonymous_client.session
    sign_up(anonymous_client)
    assert "agreed_at" in anonymous_client.session
    confirm(anonymous_client)
    assert "agreed_at" in anonymous_client.session  # for the gate of rules (web), after the log-in, too
