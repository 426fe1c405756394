"""What no person types by accident: a clear answer, never a 500, and nothing of it runs."""

from urllib.parse import quote

import pytest
from django.test import Client

from apps.accounts.models import University, User

FORMS = {
    "/accounts/login/": ["login", "password"],
    "/accounts/signup/": ["email", "name", "username", "password1"],
    "/accounts/password/reset/": ["email"],
    "/settings/profile/": ["name", "username", "bio", "pronouns", "programme"],
    "/accounts/sessions/": ["session"],
    "/accounts/email/": ["email"],
    "/accounts/password/change/": ["oldpassword", "password1", "password2"],
}
TYPED = {
    "NUL": "a%00b",
    "a lone surrogate": "a%ED%A0%80b",
    "no UTF-8": "a%ff%feb",
    "direction tricks": quote("\u202eevil\u2066\u200b"),
    "a script": quote("<script>alert(1)</script>"),
    "an attribute": quote('" onmouseover="alert(1)'),
    "a template": quote("{{ request.user.password }}{% debug %}"),
    "SQL": quote("'; DROP TABLE accounts_user; --"),
    "a year": "9999-12-31",
    "a number": "-99999999999999999999",
    "a megabyte": "x" * 1_000_000,
}


@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED.keys())
@pytest.mark.parametrize("url", FORMS)
def test_every_field_bears_it(url: str, typed: str, alice: User, northmere: University) -> None:
    is_entrance = url in ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/")
    client = Client(raise_request_exception=False)
    if not is_entrance:
        client.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    body = "&".join(f"{field}={typed}" for field in FORMS[url])
    answer = client.post(f"{url}?next={typed[:200]}", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code < 500
    assert "<script>alert(1)" not in answer.text
    assert 'onmouseover="alert(1)' not in answer.text
    assert User.objects.count() == 1


@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED.keys())
@pytest.mark.parametrize("url", ["/people/suggest?q=", "/@alice/followers/?cursor=", "/settings/blocked/?cursor="])
def test_every_question_bears_it(url: str, typed: str, alice_client: Client) -> None:
    alice_client.raise_request_exception = False
    assert alice_client.get(url + typed[:3000]).status_code < 500
