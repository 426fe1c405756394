"""Log in by OpenID Connect: a real provider in its own process, real redirects, tokens and signatures (XP2)."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core import mail
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Entry, Role, SignOn, University, User
from tests import cast
from tests.accounts.sso.conftest import Walk, leave
from tests.accounts.sso.provider import OidcProvider

pytestmark = pytest.mark.django_db
START = "/accounts/oidc/northmere/login/"


def test_a_student_comes_in_and_is_who_the_university_says(walk: Walk, provider: OidcProvider) -> None:
    provider.about(
        "nora",
        claims={"name": "Nora Novak", "eduPersonAffiliation": ["member", "student"], "programme": "Marine Biology"},
    )
    response = walk("nora")
    assert response.status_code == 302
    nora = walk.person
    assert (nora.username, nora.name, nora.email) == ("nora", "Nora Novak", "nora@northmere.example")
    assert (nora.role, str(nora.university)) == (Role.STUDENT, "Northmere University")
    assert nora.is_confirmed
    assert not nora.has_usable_password()
    assert nora.is_verified
    assert nora.verification.source == "sso"
    assert nora.profile.programme == "Marine Biology"
    assert EmailAddress.objects.get(user=nora).verified
    assert mail.outbox == []


def test_she_is_announced_once(walk: Walk, events: Callable[[], list[str]]) -> None:
    walk("nora")
    walk.client.logout()
    walk("nora")
    assert events().count("user.registered") == 1
    assert User.objects.count() == SocialAccount.objects.count() == 1


def test_the_request_carries_state_nonce_and_a_challenge(walk: Walk) -> None:
    asked = parse_qs(urlsplit(leave(walk.client, START)).query)
    assert asked["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[name][0]) >= 16, name
    again = parse_qs(urlsplit(leave(walk.client, START)).query)
    assert asked["nonce"] != again["nonce"]


def test_next_is_followed_within_the_site_only(walk: Walk, another_walk: Callable[[], Walk]) -> None:
    assert walk("nora", next="/explore/")["Location"] == "/explore/"
    assert another_walk()("fred", next="https://evil.example/")["Location"].startswith("/")


def test_a_link_alone_begins_nothing(walk: Walk) -> None:
    response = walk.client.get(START)
    assert response.status_code == 200
    assert b'method="post"' in response.content
    assert "Refresh" not in response
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(START).status_code == 403


def test_only_what_is_read_is_kept(walk: Walk, provider: OidcProvider) -> None:
    provider.about("nora", claims={"name": "Nora Novak", "birthdate": "2004-02-29", "national_id": "123"})
    walk("nora")
    kept = SocialAccount.objects.get()
    assert set(kept.extra_data) == {"name", "preferred_username", "email", "email_verified"}
    assert SocialToken.objects.count() == 0


# --- who comes in ---------------------------------------------------------------------------------------------------


def test_closed_universities_let_their_own_in_by_the_campus_log_in(walk: Walk, northmere: University) -> None:
    University.objects.update(entry=Entry.CLOSED)
    walk("nora")
    assert walk.person_id


@pytest.mark.parametrize(
    ("said", "role"),
    [
        (["faculty", "member"], Role.FACULTY),
        (["employee", "member"], Role.STAFF),
        ("alum", Role.ALUMNI),
        (["student@northmere.example"], Role.STUDENT),
        (["faculty@elsewhere.example", "student"], Role.STUDENT),
        (["affiliate"], Role.STUDENT),
        (["superuser", "admin", "is_staff"], Role.STUDENT),
    ],
)
def test_roles_by_claim(walk: Walk, provider: OidcProvider, said: object, role: Role) -> None:
    provider.about("fred", claims={"eduPersonAffiliation": said, "is_staff": True, "is_superuser": True})
    walk("fred")
    fred = walk.person
    assert fred.role == role
    assert not fred.is_staff
    assert not fred.is_superuser


def test_roles_that_staff_mapped(walk: Walk, provider: OidcProvider, sign_on: SignOn) -> None:
    SignOn.objects.update(role_claim="groups", roles={"Teachers": "faculty"})
    provider.about("fred", claims={"groups": ["teachers"]})
    walk("fred")
    assert walk.person.role == Role.FACULTY


def test_each_log_in_renews(walk: Walk, provider: OidcProvider, events: Callable[[], list[str]]) -> None:
    provider.about("nora", claims={"eduPersonAffiliation": ["student"]})
    walk("nora")
    User.objects.update(verified_until=timezone.now() - timedelta(days=1))
    walk.client.logout()
    provider.about("nora", claims={"eduPersonAffiliation": ["alum"], "programme": "Physics"})
    before = events().count("user.updated")
    walk("nora")
    nora = walk.person
    assert (nora.role, nora.profile.programme, nora.is_verified) == (Role.ALUMNI, "Physics", True)
    assert events().count("user.updated") > before


def test_a_programme_of_ones_own_stays(walk: Walk, provider: OidcProvider) -> None:
    walk("nora")
    nora = walk.person
    nora.profile.programme = "Fine Arts"
    nora.profile.save(update_fields=["programme"])
    walk.client.logout()
    provider.about("nora", claims={"programme": "Physics"})
    walk("nora")
    nora.profile.refresh_from_db()
    assert nora.profile.programme == "Fine Arts"


def test_taken_and_kept_back_usernames_are_numbered(walk: Walk, provider: OidcProvider, alice: User) -> None:
    provider.about("nora", claims={"preferred_username": "Alice"})
    walk("nora")
    assert walk.person.username == "alice2"
    walk.client.logout()
    provider.about("fred", claims={"preferred_username": "admin"})
    walk("fred")
    assert walk.person.username == "admin2"


def test_names_of_any_script_make_plain_usernames(walk: Walk, provider: OidcProvider) -> None:
    provider.about("nora", claims={"preferred_username": "ملاك", "name": "Zoë Ångström-O'Neill"}, email=None)
    provider.about("nora", email="zoe.angstrom+x@northmere.example")
    walk("nora")
    person = walk.person
    assert person.name == "Zoë Ångström-O'Neill"
    assert person.username.isascii()


def test_suspended_people_stay_out(walk: Walk) -> None:
    walk("nora")
    walk.client.logout()
    User.objects.update(is_active=False, verified_until=None)
    response = walk("nora")
    assert response["Location"] == "/accounts/inactive/"
    assert walk.person_id is None
    assert not User.objects.get().is_verified


# --- accounts that exist already ------------------------------------------------------------------------------------


def test_the_owner_of_a_proved_inbox_finds_their_account(walk: Walk, alice: User) -> None:
    walk("alice")
    assert walk.person_id == alice.pk
    assert SocialAccount.objects.get().user == alice
    alice.refresh_from_db()
    assert alice.has_usable_password()
    assert alice.is_verified


@pytest.mark.parametrize("verified", [False, "false", "no", None, 0])
def test_an_address_that_the_provider_does_not_vouch_for_takes_nothing(
    walk: Walk, provider: OidcProvider, alice: User, verified: object
) -> None:
    provider.about("mallory", email="alice@northmere.example", verified=verified)
    response = walk("mallory")
    assert response["Location"] == "/accounts/confirm-email/"  # as for an address that nobody has
    assert walk.person_id is None
    assert SocialAccount.objects.count() == 0
    assert [message.to for message in mail.outbox] == [["alice@northmere.example"]]


def test_the_provider_of_another_university_takes_over_nobody(
    walk: Walk, provider: OidcProvider, alice: User, southdale: University
) -> None:
    """Southdale's provider, or whoever runs it, vouches for an address of Northmere."""
    SignOn.objects.update(university=southdale)
    provider.about("mallory", email="alice@northmere.example", verified=True)
    response = walk("mallory")
    assert response["Location"] == "/accounts/confirm-email/"
    assert walk.person_id is None
    assert SocialAccount.objects.count() == 0


def test_an_account_of_another_university_is_not_taken_up(walk: Walk, alice: User, southdale: University) -> None:
    User.objects.filter(pk=alice.pk).update(university=southdale)
    walk("alice")
    assert walk.person_id is None


def test_a_superuser_is_nobody_s_by_address(walk: Walk, provider: OidcProvider, admin: User) -> None:
    provider.about("mallory", email="admin@northmere.example", verified=True)
    walk("mallory")
    assert walk.person_id is None
    assert SocialAccount.objects.count() == 0


def test_a_foreign_address_still_needs_a_code(walk: Walk, provider: OidcProvider) -> None:
    provider.about("nora", email="nora@post.example", verified=True)
    response = walk("nora")
    assert response["Location"] == "/accounts/confirm-email/"
    nora = User.objects.get()
    assert not nora.is_confirmed
    assert not EmailAddress.objects.get().verified
    assert mail.outbox[0].to == ["nora@post.example"]


def test_a_password_set_by_who_never_proved_the_address_opens_nothing(walk: Walk, northmere: University) -> None:
    squatter = User.objects.create_user(
        "squatter", "nora@northmere.example", cast.PASSWORD, name="?", university=northmere, is_confirmed=False
    )
    EmailAddress.objects.create(user=squatter, email=squatter.email, verified=False, primary=True)
    walk("nora")
    assert walk.person_id == squatter.pk
    squatter.refresh_from_db()
    assert squatter.is_confirmed
    assert not squatter.has_usable_password()


def test_without_an_address_the_form_asks_for_one(walk: Walk, provider: OidcProvider) -> None:
    provider.people["nora"].pop("email")
    provider.about("nora", claims={"name": "Nora Novak"})
    response = walk("nora")
    assert response["Location"] == "/accounts/3rdparty/signup/"
    page = walk.client.get("/accounts/3rdparty/signup/")
    assert b"One thing is missing" in page.content
    sent = walk.client.post("/accounts/3rdparty/signup/", {"email": "nora@post.example"})
    assert sent["Location"] == "/accounts/confirm-email/"
    nora = User.objects.get()
    assert (nora.username, nora.email, str(nora.university)) == ("nora", "nora@post.example", "Northmere University")
    assert not nora.is_confirmed
    assert walk.person_id is None


# --- several universities behind one provider -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claims", "slug"),
    [
        ({"schac_home_organization": "southdale.example"}, "southdale"),
        ({"schac_home_organization": "urn:x@physics.southdale.example"}, "southdale"),
        ({}, "northmere"),  # by the proved address
    ],
)
def test_a_federation_says_which_university(
    walk: Walk, provider: OidcProvider, southdale: University, claims: dict[str, str], slug: str
) -> None:
    SignOn.objects.update(university=None, scope_claim="schacHomeOrganization")
    provider.about("nora", claims=claims)
    walk("nora")
    assert University.objects.get(people__isnull=False).slug == slug


def test_no_university_no_account(walk: Walk, provider: OidcProvider) -> None:
    SignOn.objects.update(university=None, scope_claim="schacHomeOrganization")
    provider.about(
        "nora", email="nora@northmere.example", verified=False, claims={"schac_home_organization": "x.example"}
    )
    response = walk("nora")
    assert response.status_code == 403
    assert b"opens no campus" in response.content
    assert User.objects.count() == SocialAccount.objects.count() == 0


# --- attacks --------------------------------------------------------------------------------------------------------


def refused(walk: Walk, location: str) -> bool:
    response = walk.back(location)
    assert response.status_code == 401, response
    return walk.person_id is None and User.objects.count() == 0


def test_the_signature_of_the_id_token_counts(walk: Walk, provider: OidcProvider) -> None:
    provider.about("*", tampered={"email": "other@northmere.example"})
    assert refused(walk, walk.out("nora"))


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "of another log-in"},
        {"nonce": None},
        {"aud": "another-site"},
        {"iss": "http://127.0.0.1:1"},
        {"exp": 1_500_000_000},
        {"sub": "sub-alice"},
    ],
)
def test_id_tokens_not_meant_for_this_log_in(walk: Walk, provider: OidcProvider, lie: dict[str, object]) -> None:
    provider.about("*", id_token=lie)
    assert refused(walk, walk.out("nora"))


def test_an_answer_about_somebody_else(walk: Walk, provider: OidcProvider) -> None:
    provider.about("mallory", userinfo={"sub": "sub-alice", "email": "alice@northmere.example"})
    assert refused(walk, walk.out("mallory"))


def test_a_code_of_another_browser_is_refused(walk: Walk, another_walk: Callable[[], Walk]) -> None:
    """Log-in CSRF: mallory sends her own way back to a victim."""
    theirs = walk.out("mallory")
    victim = another_walk()
    assert refused(victim, theirs)
    victim.out("nora")
    assert refused(victim, theirs)


def test_an_answer_counts_once(walk: Walk) -> None:
    back = walk.out("nora")
    walk.back(back)
    assert walk.person_id
    walk.client.logout()
    response = walk.back(back)
    assert response.status_code == 401
    assert walk.person_id is None


def test_a_provider_that_is_away(walk: Walk, sign_on: SignOn) -> None:
    sign_on.app.settings["server_url"] = "http://127.0.0.1:9"
    sign_on.app.save()
    response = walk.client.post(START)
    assert response.status_code == 401
    assert b"The log-in did not work" in response.content


def test_the_session_is_another_one_afterwards(walk: Walk) -> None:
    back = walk.out("nora")
    before = walk.client.session.session_key
    walk.back(back)
    assert walk.client.session.session_key != before
