"""Somebody begins an account by their campus log-in, with an address that is another person's (XP2)."""

from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client

from apps.accounts.models import Entry, JoinRequest, University, User
from tests.accounts.joining import PASSWORD, code_in, confirm, is_logged_in, sign_up
from tests.accounts.sso.conftest import Walk
from tests.accounts.sso.provider import OidcProvider

pytestmark = pytest.mark.django_db
FORM, RESET = "/accounts/3rdparty/signup/", "/accounts/password/reset/"
NEW = "four other words here"


@pytest.fixture
def squatted(walk: Walk, provider: OidcProvider) -> User:
    """Fred's campus log-in, with Nora's address; the code went to Nora."""
    del provider.people["fred"]["email"]
    provider.about("fred")
    walk("fred")
    assert walk.client.post(FORM, {"email": "nora@northmere.example"})["Location"] == "/accounts/confirm-email/"
    person = User.objects.get(email="nora@northmere.example")
    assert not person.is_confirmed
    return person


def show_code(client: Client) -> Any:
    client.post(RESET, {"email": "nora@northmere.example"})
    assert mail.outbox[-1].to == ["nora@northmere.example"]
    return client.post(f"{RESET}confirm/", {"code": code_in(mail.outbox[-1])})


def choose(client: Client) -> Any:
    return client.post(f"{RESET}complete/", {"password1": NEW, "password2": NEW})


def test_a_new_password_opens_no_account_that_fred_can_enter(squatted: User, anonymous_client: Client) -> None:
    """Nora asks for a password, because sign-up says that she has an account. What Fred began is gone."""
    assert "sign up anew" in show_code(anonymous_client).text
    assert not User.objects.exists()
    assert not SocialAccount.objects.exists()
    assert choose(anonymous_client).status_code == 302
    sign_up(anonymous_client, email="nora@northmere.example")
    confirm(anonymous_client)
    assert is_logged_in(anonymous_client)


def test_a_password_of_somebody_elses_ends_with_the_code(northmere: University, anonymous_client: Client) -> None:
    """Before there is a new one: Nora may close the page, and must not have opened the account for Fred."""
    sign_up(Client(), email="nora@northmere.example")
    show_code(anonymous_client)
    fred = Client()
    fred.post("/accounts/login/", {"login": "nora@northmere.example", "password": PASSWORD})
    assert not is_logged_in(fred)
    assert choose(anonymous_client).status_code == 302
    fred.post("/accounts/login/", {"login": "nora@northmere.example", "password": NEW})
    assert is_logged_in(fred)


def test_who_waits_and_forgot_the_password_keeps_the_place(northmere: University, anonymous_client: Client) -> None:
    University.objects.update(entry=Entry.APPROVAL)
    sign_up(anonymous_client, email="nora@northmere.example", reason="I study here.")
    confirm(anonymous_client)
    other = Client()
    assert show_code(other)["Location"] == f"{RESET}complete/"
    person = User.objects.get()
    assert person.check_password(PASSWORD)
    assert JoinRequest.objects.get().person == person


def test_noras_campus_log_in_takes_the_account_and_fred_is_out(
    squatted: User, walk: Walk, provider: OidcProvider
) -> None:
    provider.about("nora", verified=True)
    freds = SocialAccount.objects.get().uid
    hers = Walk(provider)
    hers("nora")
    assert hers.person_id == squatted.pk
    assert SocialAccount.objects.get().uid != freds
    walk("fred")
    assert walk.person_id is None
