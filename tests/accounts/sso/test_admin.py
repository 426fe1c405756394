"""Staff connect a university's log-in in the admin; what is secret is never shown again."""

from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client

from apps.accounts.models import SignOn, University, User

pytestmark = pytest.mark.django_db
ADD = "/admin/socialaccount/socialapp/add/"


def filled(university: University | None, **changes: str) -> dict[str, str]:
    return {
        "provider": "openid_connect",
        "provider_id": "northmere",
        "name": "Northmere University",
        "server_url": "https://login.northmere.example/",
        "client_id": "campus-connect",
        "secret": "do not tell anybody",
        "sign_on-TOTAL_FORMS": "1",
        "sign_on-INITIAL_FORMS": "0",
        "sign_on-0-university": str(university.pk) if university else "",
        "sign_on-0-role_claim": "eduPersonAffiliation",
        "sign_on-0-roles": '{"tutor": "faculty"}',
    } | changes


def errors(response: Any) -> set[str]:
    assert response.status_code == 200
    return set(response.context["adminform"].form.errors)


def test_an_openid_provider(admin_client: Client, northmere: University) -> None:
    assert admin_client.post(ADD, filled(northmere)).status_code == 302
    sign_on = SignOn.objects.select_related("app").get()
    assert sign_on.app.settings["server_url"] == "https://login.northmere.example"
    assert sign_on.app.settings["oauth_pkce_enabled"]
    assert (sign_on.university, sign_on.roles) == (northmere, {"tutor": "faculty"})
    assert b"Log in with Northmere University" in Client().get("/accounts/login/").content


def test_the_secret_is_not_shown_and_stays(admin_client: Client, northmere: University) -> None:
    admin_client.post(ADD, filled(northmere))
    app = SocialApp.objects.get()
    path = f"/admin/socialaccount/socialapp/{app.pk}/change/"
    page = admin_client.get(path)
    assert b"do not tell anybody" not in page.content
    assert b"/accounts/oidc/northmere/login/callback/" in page.content
    again = filled(northmere, secret="", name="Northmere")
    again |= {"sign_on-INITIAL_FORMS": "1", "sign_on-0-id": str(SignOn.objects.get().pk), "sign_on-0-app": str(app.pk)}
    assert admin_client.post(path, again).status_code == 302
    app.refresh_from_db()
    assert (app.secret, app.name, app.provider_id) == ("do not tell anybody", "Northmere", "northmere")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"server_url": "http://login.northmere.example"}, "server_url"),
        ({"server_url": "javascript:alert(1)"}, "server_url"),
        ({"server_url": ""}, "server_url"),
        ({"secret": ""}, "secret"),
        ({"provider_id": "saml"}, "provider_id"),
        ({"provider_id": "a/b"}, "provider_id"),
        ({"provider": "saml"}, "entity_id"),
        ({"provider": "saml", "metadata": "<a/>"}, "metadata"),
        ({"provider": "saml", "metadata": "<!DOCTYPE a><a/>"}, "metadata"),
        ({"provider": "github"}, "provider"),
    ],
)
def test_mistakes_are_named(admin_client: Client, northmere: University, changes: dict[str, str], field: str) -> None:
    assert field in errors(admin_client.post(ADD, filled(northmere, **changes)))
    assert not SocialApp.objects.exists()


def test_short_names_and_clients_are_one_log_in_s(admin_client: Client, northmere: University) -> None:
    admin_client.post(ADD, filled(northmere))
    assert errors(admin_client.post(ADD, filled(northmere, provider_id="Northmere"))) >= {"provider_id", "client_id"}


@pytest.mark.parametrize("roles", ['{"boss": "superuser"}', '["student"]', '{"a": ["student"]}'])
def test_claims_give_roles_of_the_campus_only(admin_client: Client, northmere: University, roles: str) -> None:
    response = admin_client.post(ADD, filled(northmere, **{"sign_on-0-roles": roles}))
    assert response.status_code == 200
    assert not SignOn.objects.exists()


def test_tokens_and_claims_are_no_reading_for_staff() -> None:
    assert not {SocialToken, SocialAccount} & set(admin.site._registry)


def test_it_is_for_superusers(mira: User, mira_client: Client, alice_client: Client, northmere: University) -> None:
    """Whoever connects a provider may be anybody by it, so no permission is enough."""
    mira.user_permissions.set(Permission.objects.filter(content_type__app_label__in=["socialaccount", "accounts"]))
    for client in (mira_client, alice_client):
        assert client.get(ADD).status_code in (302, 403)
        client.post(ADD, filled(northmere))
    assert not SocialApp.objects.exists()
