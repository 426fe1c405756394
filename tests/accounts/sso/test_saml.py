"""Log in by SAML: signed responses of a provider of the tests, and what an attacker would send instead (XP2)."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session
from django.test import Client
from lxml import etree

from apps.accounts.models import Role, SignOn, University, User
from tests import cast
from tests.accounts.sso.conftest import leave
from tests.accounts.sso.saml_provider import ACS, AFFILIATION, AUDIENCE, SamlProvider, wrap

pytestmark = pytest.mark.django_db
START, BACK = "/accounts/saml/southdale/login/", "/accounts/saml/southdale/acs/"


@pytest.fixture(scope="module")
def provider() -> SamlProvider:
    return SamlProvider()


@pytest.fixture
def sign_on(admin_client: Client, provider: SamlProvider, southdale: University) -> SignOn:
    """Connected as staff do it: with the provider's metadata, in the admin."""
    form = {
        "provider": "saml",
        "provider_id": "southdale",
        "name": "Southdale College",
        "verified_email": "on",
        "metadata": provider.metadata(),
        "sign_on-TOTAL_FORMS": "1",
        "sign_on-INITIAL_FORMS": "0",
        "sign_on-0-university": str(southdale.pk),
        "sign_on-0-role_claim": "eduPersonAffiliation",
        "sign_on-0-roles": "{}",
    }
    response = admin_client.post("/admin/socialaccount/socialapp/add/", form)
    assert response.status_code == 302, response.context["adminform"].errors
    return SignOn.objects.select_related("app").get()


def browser() -> Client:
    """With the header Host, which python3-saml reads for itself."""
    return Client(headers={"host": "testserver"})


def post(client: Client, xml: str) -> Any:
    """What the provider's page makes the browser do: without our cookies, then on with them."""
    answer = {"SAMLResponse": base64.b64encode(xml.encode()).decode(), "RelayState": ""}
    kept = client.post(BACK, answer)
    assert kept.status_code == 302
    return client.get(kept["Location"])


def who(client: Client) -> str | None:
    found = client.session.get("_auth_user_id")
    return User.objects.get(pk=found).username if found else None


def test_a_teacher_comes_in(sign_on: SignOn, provider: SamlProvider) -> None:
    client = browser()
    location = leave(client, START, next="/explore/")
    response = post(client, provider.sign(provider.response(location, subject="tess")))
    assert response["Location"] == "/explore/"
    tess = User.objects.get(username="tess")
    assert who(client) == "tess"
    assert (tess.name, tess.email, tess.role) == ("Tess", "tess@southdale.example", Role.FACULTY)
    assert str(tess.university) == "Southdale College"
    assert tess.is_verified
    assert not tess.is_staff


def test_a_signed_response_counts_as_a_signed_assertion(sign_on: SignOn, provider: SamlProvider) -> None:
    client = browser()
    xml = provider.response(leave(client, START), subject="tess")
    post(client, provider.sign(xml, what="samlp:Response"))
    assert who(client) == "tess"


def test_she_is_known_by_her_subject_not_her_address(sign_on: SignOn, provider: SamlProvider) -> None:
    first, again = browser(), browser()
    post(first, provider.sign(provider.response(leave(first, START), subject="tess")))
    moved = {"urn:oid:0.9.2342.19200300.100.1.3": ["new@southdale.example"], AFFILIATION: ["alum"]}
    post(again, provider.sign(provider.response(leave(again, START), subject="tess", claims=moved)))
    assert who(again) == "tess"
    assert User.objects.get(username="tess").role == Role.ALUMNI
    assert SocialAccount.objects.count() == 1


def test_an_answer_of_megabytes_is_not_kept(sign_on: SignOn) -> None:
    before = Session.objects.count()
    response = browser().post(BACK, {"SAMLResponse": "A" * 300_000})
    assert response.status_code == 413
    assert Session.objects.count() == before


def test_our_metadata_say_where_to_send_it(sign_on: SignOn) -> None:
    response = browser().get("/accounts/saml/southdale/metadata/")
    tree = etree.fromstring(response.content)
    assert tree.get("entityID") == AUDIENCE
    assert ACS.encode() in response.content


def test_it_speaks_for_its_own_university_only(sign_on: SignOn, provider: SamlProvider, alice: User) -> None:
    client = browser()
    claims = {"urn:oid:0.9.2342.19200300.100.1.3": [alice.email]}
    response = post(client, provider.sign(provider.response(leave(client, START), claims=claims)))
    assert response["Location"] == "/accounts/confirm-email/"
    assert who(client) is None
    assert SocialAccount.objects.count() == 0


def test_its_own_people_find_their_accounts(sign_on: SignOn, provider: SamlProvider, southdale: University) -> None:
    olga = cast.make_person("olga", university=southdale)
    client = browser()
    post(client, provider.sign(provider.response(leave(client, START), subject="olga")))
    assert who(client) == "olga"
    assert SocialAccount.objects.get().user == olga


# --- attacks --------------------------------------------------------------------------------------------------------


def refused(client: Client, xml: str) -> bool:
    response = post(client, xml)
    assert response.status_code == 401, response
    assert b"The log-in did not work" in response.content
    return who(client) is None and SocialAccount.objects.count() == 0


def test_unsigned(sign_on: SignOn, provider: SamlProvider) -> None:
    client = browser()
    assert refused(client, provider.response(leave(client, START)))


def test_signed_by_somebody_else(sign_on: SignOn, provider: SamlProvider) -> None:
    client = browser()
    assert refused(client, SamlProvider().sign(provider.response(leave(client, START))))


def test_changed_after_it_was_signed(sign_on: SignOn, provider: SamlProvider) -> None:
    client = browser()
    signed = provider.sign(provider.response(leave(client, START), subject="mallory"))
    assert refused(client, signed.replace(">mallory<", ">tess<"))


@pytest.mark.parametrize(
    "lie",
    [
        {"audience": "https://another.example/metadata"},
        {"issuer": "https://login.northmere.example/metadata"},
        {"recipient": "https://another.example/acs/"},
        {"age": timedelta(minutes=30)},
        {"age": timedelta(minutes=-30)},
        {"subject": ""},
    ],
)
def test_not_meant_for_us_or_not_now(sign_on: SignOn, provider: SamlProvider, lie: dict[str, Any]) -> None:
    client = browser()
    assert refused(client, provider.sign(provider.response(leave(client, START), **lie)))


@pytest.mark.parametrize("place", range(4))
def test_signature_wrapping(sign_on: SignOn, provider: SamlProvider, place: int) -> None:
    client = browser()
    signed = provider.sign(provider.response(leave(client, START), subject="mallory"))
    assert refused(client, wrap(signed, victim="tess")[place])


def test_a_comment_does_not_cut_a_name(sign_on: SignOn, provider: SamlProvider) -> None:
    """CVE-2017-11427 and its family: admin<!---->.evil must not become admin."""
    client = browser()
    xml = provider.response(leave(client, START), subject="s-1").replace(
        ">s-1</saml:NameID>", ">tess<!---->.evil</saml:NameID>"
    )
    post(client, provider.sign(xml))
    assert set(SocialAccount.objects.values_list("uid", flat=True)) <= {"tess.evil"}


def test_replayed(sign_on: SignOn, provider: SamlProvider) -> None:
    client, thief = browser(), browser()
    signed = provider.sign(provider.response(leave(client, START), subject="tess"))
    post(client, signed)
    assert who(client) == "tess"
    client.logout()
    for again in (client, thief):
        assert post(again, signed).status_code == 401
        assert who(again) is None
    leave(thief, START)
    assert post(thief, signed).status_code == 401
    assert who(thief) is None


def test_not_asked_for(sign_on: SignOn, provider: SamlProvider) -> None:
    """Log-in CSRF by a response that nobody here asked for."""
    client = browser()
    xml = provider.response(leave(browser(), START)).replace(" InResponseTo=", " Consent=", 1)
    assert refused(client, provider.sign(xml))


@pytest.mark.parametrize(
    "xml", ["", "<a/>", "not xml", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>']
)
def test_not_a_response_at_all(sign_on: SignOn, xml: str) -> None:
    assert refused(browser(), xml)


def test_nothing_ends_a_session_from_outside(sign_on: SignOn, alice_client: Client) -> None:
    assert alice_client.get("/accounts/saml/southdale/sls/?SAMLRequest=x").status_code == 404
    assert who(alice_client) == "alice"


def test_answers_are_posted_and_nothing_else(sign_on: SignOn) -> None:
    assert browser().get(BACK).status_code == 405
    assert browser().post("/accounts/saml/nowhere/acs/", {"SAMLResponse": "x"}).status_code == 404
