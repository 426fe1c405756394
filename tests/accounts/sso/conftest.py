"""The way of somebody through the log-in of their university, with one browser."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.socialaccount.models import SocialApp
from django.test import Client

from apps.accounts.models import SignOn, University, User
from tests.accounts.sso.provider import OidcProvider

BACK = "http://testserver/accounts/oidc/northmere/login/callback/"


def leave(client: Client, path: str, **data: str) -> str:
    """Press the button; where the page goes on to."""
    response = client.post(path, data)
    assert response.status_code == 200, response
    return response["Refresh"].removeprefix("0; url=")


@dataclass
class Walk:
    """Somebody's way through the campus log-in with one browser."""

    provider: OidcProvider
    client: Client = field(default_factory=Client)

    def out(self, username: str, **data: str) -> str:
        return self.provider.log_in(leave(self.client, "/accounts/oidc/northmere/login/", **data), username)

    def back(self, location: str) -> Any:
        parts = urlsplit(location)
        return self.client.get(f"{parts.path}?{parts.query}")

    def __call__(self, username: str, **data: str) -> Any:
        return self.back(self.out(username, **data))

    @property
    def person_id(self) -> int | None:
        found = self.client.session.get("_auth_user_id")
        return int(found) if found else None

    @property
    def person(self) -> User:
        """Who is logged in there."""
        return User.objects.get(pk=self.client.session["_auth_user_id"])


@pytest.fixture(autouse=True)
def early_in_every_window() -> None:
    """The clock of this process stays where it is: the provider's token would be from the future."""


@pytest.fixture(scope="session")
def running_provider() -> Iterator[OidcProvider]:
    with OidcProvider([BACK]) as provider:
        yield provider


@pytest.fixture
def provider(running_provider: OidcProvider) -> OidcProvider:
    running_provider.forget()
    return running_provider


def connect_oidc(provider_url: str, university: University | None, **meaning: Any) -> SignOn:
    app = SocialApp.objects.create(
        provider="openid_connect",
        provider_id="northmere",
        name="Northmere University",
        client_id="campus-connect",
        secret="a shared secret",
        settings={"server_url": provider_url, "oauth_pkce_enabled": True},
    )
    return SignOn.objects.create(app=app, university=university, **meaning)


@pytest.fixture
def sign_on(provider: OidcProvider, northmere: University) -> SignOn:
    return connect_oidc(provider.url, northmere, programme_claim="programme")


@pytest.fixture
def walk(provider: OidcProvider, sign_on: SignOn) -> Walk:
    return Walk(provider)


@pytest.fixture
def another_walk(provider: OidcProvider, sign_on: SignOn) -> Callable[[], Walk]:
    return lambda: Walk(provider)
