"""Who asks, from where, and what may be kept of the answer."""

import pytest
from django.test import Client, override_settings
from pytest_django import DjangoAssertNumQueries

from apps.kernel import http

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("failing_urls")]


# --- private answers ----------------------------------------------------------------------------------------------


def test_an_answer_about_somebody_is_never_public(alice_client: Client) -> None:
    response = alice_client.get("/who/")
    assert response["Cache-Control"] == "private, no-store"
    assert "Cookie" in response["Vary"]


def test_an_answer_about_nobody_stays_public_even_for_a_member(
    alice_client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = alice_client.get("/nobody/")
    assert response["Cache-Control"] == "public, max-age=60"


def test_headers_of_every_page(anonymous_client: Client) -> None:
    headers = anonymous_client.get("/nobody/").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_the_admin_has_a_policy_of_its_own(admin_client: Client) -> None:
    policy = admin_client.get("/admin/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self' 'unsafe-inline' 'unsafe-eval'" in policy


# --- log-in needed ------------------------------------------------------------------------------------------------


def test_a_member_gets_in(alice_client: Client) -> None:
    assert alice_client.get("/members/").content == b"alice"


def test_a_guest_is_led_to_the_log_in_and_back(anonymous_client: Client) -> None:
    response = anonymous_client.get("/members/?page=2")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=%2Fmembers%2F%3Fpage%3D2"


def test_a_guests_form_leads_back_to_its_page(anonymous_client: Client) -> None:
    response = anonymous_client.post("/members/", headers={"Referer": "http://testserver/who/?x=1"})
    assert response["Location"] == "/accounts/login/?next=%2Fwho%2F%3Fx%3D1"


def test_a_guests_fragment_moves_the_whole_page(anonymous_client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/who/"}
    response = anonymous_client.get("/members/", headers=headers)
    assert response.status_code == 401
    assert response["HX-Redirect"] == "/accounts/login/?next=%2Fwho%2F"


def test_a_program_gets_401(anonymous_client: Client) -> None:
    response = anonymous_client.get("/api/members/")
    assert response.status_code == 401
    assert response.json()["code"] == "not_logged_in"


# --- the way back -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "target"),
    [
        ("/who/", "/who/"),
        ("http://testserver/who/", "http://testserver/who/"),
        ("https://evil.example/", "/fallback/"),
        ("//evil.example/", "/fallback/"),
        ("/\\evil.example", "/fallback/"),
        ("javascript:alert(1)", "/fallback/"),
        ("", "/fallback/"),
        ("http:///evil.example", "/fallback/"),
    ],
)
def test_the_way_back_never_leads_elsewhere(asked: str, target: str, anonymous_client: Client) -> None:
    assert anonymous_client.post("/back/", {"next": asked}).content.decode() == target


def test_the_page_before_is_the_way_back_when_it_is_ours(anonymous_client: Client) -> None:
    ours = anonymous_client.get("/back/", headers={"Referer": "http://testserver/who/?a=1"})
    theirs = anonymous_client.get("/back/", headers={"Referer": "https://evil.example/who/"})
    assert (ours.content, theirs.content) == (b"/who/?a=1", b"/fallback/")


# --- where from ---------------------------------------------------------------------------------------------------

SPOOFED = {"X-Forwarded-For": "1.1.1.1, 2.2.2.2, 3.3.3.3", "X-Real-IP": "4.4.4.4", "Forwarded": "for=5.5.5.5"}


@pytest.mark.parametrize(
    ("proxies", "seen"), [(0, "127.0.0.1"), (1, "3.3.3.3"), (2, "2.2.2.2"), (3, "1.1.1.1"), (4, "127.0.0.1")]
)
def test_only_our_own_proxies_are_believed(proxies: int, seen: str, anonymous_client: Client) -> None:
    with override_settings(TRUSTED_PROXIES=proxies):
        assert anonymous_client.get("/address/", headers=SPOOFED).content.decode() == seen


@override_settings(TRUSTED_PROXIES=1)
def test_an_address_that_is_none(anonymous_client: Client) -> None:
    response = anonymous_client.get("/address/", headers={"X-Forwarded-For": "1.1.1.1, <script>"})
    assert response.content == b"127.0.0.1"


# --- fragments ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "fragment"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-Boosted": "true"}, False),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_what_is_a_fragment(headers: dict[str, str], fragment: bool, anonymous_client: Client) -> None:
    request = anonymous_client.get("/nobody/", headers=headers).wsgi_request
    assert http.is_fragment(request) is fragment


def test_page_and_fragment_are_told_apart_by_caches(anonymous_client: Client) -> None:
    assert "HX-Request" in anonymous_client.get("/explore/")["Vary"]
