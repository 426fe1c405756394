"""A university without passwords: its people come by the campus log-in, and nobody learns who has an account."""

from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client

from apps.accounts import services
from apps.accounts.models import University, User
from apps.accounts.selectors.entry import path_of
from tests import cast
from tests.accounts.sso.conftest import Walk

pytestmark = pytest.mark.django_db
TOLD = b"has no passwords here. Use its campus log-in."


@pytest.fixture
def campus_only(northmere: University) -> University:
    University.objects.filter(pk=northmere.pk).update(sso_only=True)
    return northmere


def log_in(client: Client, login: str, password: str = cast.PASSWORD) -> Any:
    return client.post("/accounts/login/", {"login": login, "password": password}, follow=True)


def test_a_right_password_leads_to_the_campus_log_in(campus_only: University, alice: User) -> None:
    client = Client()
    response = log_in(client, "alice")
    assert TOLD in response.content
    assert response.redirect_chain[-1][0] == "/accounts/login/"
    assert "_auth_user_id" not in client.session


def test_a_wrong_one_tells_nothing(campus_only: University, alice: User) -> None:
    known, unknown = (log_in(Client(), login, "wrong password") for login in ("alice", "nobody"))
    assert TOLD not in known.content
    assert known.status_code == unknown.status_code


def test_superusers_may_still_mend_a_broken_log_in(campus_only: University, admin: User) -> None:
    client = Client()
    log_in(client, "admin")
    assert client.session["_auth_user_id"] == str(admin.pk)


def test_other_universities_are_not_meant(campus_only: University, southdale: University) -> None:
    olga = cast.make_person("olga", university=southdale)
    client = Client()
    log_in(client, "olga")
    assert client.session["_auth_user_id"] == str(olga.pk)


def test_resets_are_refused_alike_for_known_and_unknown(campus_only: University, alice: User) -> None:
    bodies = set()
    for email in ("alice@northmere.example", "nemo1@northmere.example"):
        response = Client().post("/accounts/password/reset/", {"email": email})
        assert TOLD in response.content
        bodies.add(response.content.replace(email.encode(), b""))
    assert len({len(body) for body in bodies}) == 1
    assert mail.outbox == []


def test_nobody_signs_up_with_its_addresses(campus_only: University) -> None:
    typed = {
        "email": "new@northmere.example",
        "name": "New",
        "username": "newbie",
        "password1": "an evening by the lake",
    }
    Client().post("/accounts/signup/", {**typed, "agree": "on"})
    assert not User.objects.filter(username="newbie").exists()


def test_an_invitation_is_no_way_around(campus_only: University, admin: User) -> None:
    """An account that its password could never open would be made."""
    (invitation,) = services.invite(actor=admin, emails=["guest@post.example"], university=campus_only)
    client = Client()
    client.post(path_of(invitation))
    typed = {"email": "guest@post.example", "name": "G", "username": "guest", "password1": "an evening by the lake"}
    response = client.post("/accounts/signup/", {**typed, "agree": "on"})
    assert TOLD in response.content
    assert not User.objects.filter(username="guest").exists()


def test_the_campus_log_in_opens(walk: Walk, campus_only: University, alice: User) -> None:
    walk("alice")
    assert walk.person_id == alice.pk


def test_its_button_is_the_first_thing(walk: Walk) -> None:
    for path in ("/accounts/login/", "/accounts/signup/"):
        page = walk.client.get(path, {"next": "/explore/"}).content.decode()
        button = page.index("Log in with Northmere University")
        assert button < page.index('name="password'), path
        form = page[page.index('action="/accounts/oidc/northmere/login/"') : button]
        assert 'value="/explore/"' in form


def test_without_one_there_is_no_button(alice: User) -> None:
    assert b"Log in with" not in Client().get("/accounts/login/").content


def test_the_second_step_is_asked_for_after_the_campus_log_in(walk: Walk, alice: User) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(alice, generate_totp_secret())
    response = walk("alice")
    assert response["Location"].startswith("/accounts/2fa/authenticate/")
    assert walk.person_id is None


# --- connected log-ins ----------------------------------------------------------------------------------------------


def proved(client: Client) -> Client:
    """Has just shown who they are."""
    client.post("/accounts/reauthenticate/", {"password": cast.PASSWORD})
    return client


def test_connect_see_and_disconnect(walk: Walk, alice: User, alice_client: Client) -> None:
    walk.client = proved(alice_client)
    page = alice_client.get("/accounts/3rdparty/").content.decode()
    assert "Northmere University" in page
    response = walk("nora", process="connect")
    assert response["Location"] == "/accounts/3rdparty/"
    account = SocialAccount.objects.get()
    assert account.user == alice
    assert walk.person_id == alice.pk
    assert f'value="{account.pk}"' in alice_client.get("/accounts/3rdparty/").content.decode()
    alice_client.post("/accounts/3rdparty/", {"account": account.pk})
    assert not SocialAccount.objects.exists()


def test_a_log_in_of_another_university_is_not_connected(walk: Walk, southdale: University, make_person: Any) -> None:
    olga = make_person("olga", university=southdale)
    walk.client.force_login(olga, backend="allauth.account.auth_backends.AuthenticationBackend")
    proved(walk.client)
    response = walk("nora", process="connect")
    assert response["Location"] == "/accounts/3rdparty/"
    assert not SocialAccount.objects.exists()
    assert b"not one of your university" in walk.client.get("/accounts/3rdparty/").content


def test_what_opens_another_account_is_not_taken_from_it(walk: Walk, alice: User, bob_client: Client) -> None:
    walk("nora")
    owner = SocialAccount.objects.get().user
    walk.client.logout()
    walk.client = proved(bob_client)
    walk("nora", process="connect")
    assert SocialAccount.objects.get().user == owner


def test_connecting_asks_who_it_is_first(walk: Walk, alice: User, alice_client: Client) -> None:
    walk.client = alice_client
    response = walk("nora", process="connect")
    assert response["Location"] == "/accounts/reauthenticate/"
    assert not SocialAccount.objects.exists()
    alice_client.post(response["Location"], {"password": cast.PASSWORD})
    assert SocialAccount.objects.get().user == alice


def test_asking_first_takes_nothing_from_anybody(walk: Walk, alice: User, bob_client: Client) -> None:
    walk("nora")
    owner = SocialAccount.objects.get().user
    walk.client.logout()
    walk.client = bob_client
    bob_client.post(walk("nora", process="connect")["Location"], {"password": cast.PASSWORD})
    assert SocialAccount.objects.get().user == owner


def test_the_last_way_in_stays(walk: Walk) -> None:
    walk("nora")
    account = SocialAccount.objects.get()
    response = walk.client.post("/accounts/3rdparty/", {"account": account.pk})
    assert response.status_code == 200
    assert SocialAccount.objects.exists()


def test_a_password_is_no_way_in_where_there_are_none(
    walk: Walk, campus_only: University, alice: User, alice_client: Client
) -> None:
    account = SocialAccount.objects.create(user=alice, provider="northmere", uid="sub-alice")
    response = proved(alice_client).post("/accounts/3rdparty/", {"account": account.pk})
    assert b"only way in" in response.content
    assert SocialAccount.objects.exists()


def test_nobody_disconnects_for_others(walk: Walk, alice: User, bob_client: Client) -> None:
    account = SocialAccount.objects.create(user=alice, provider="northmere", uid="sub-alice")
    proved(bob_client).post("/accounts/3rdparty/", {"account": account.pk})
    assert SocialAccount.objects.exists()
