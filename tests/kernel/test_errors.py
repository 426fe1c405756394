"""Every failure is a page, a toast or JSON with the right status, and none tells what it must not."""

import re

import pytest
from django.test import Client, override_settings
from pytest_django import DjangoAssertNumQueries, Settings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("failing_urls")]

STATUS = {
    "invalid": 400,
    "forbidden": 403,
    "not-found": 404,
    "conflict": 409,
    "too-large": 413,
    "rate-limited": 429,
    "unavailable": 503,
    "http404": 404,
    "denied": 403,
    "suspicious": 400,
    "data": 400,
    "closed": 503,
}


@pytest.mark.parametrize(("how", "status"), STATUS.items())
def test_a_page(how: str, status: int, anonymous_client: Client) -> None:
    response = anonymous_client.get(f"/fail/{how}/")
    text = response.content.decode()
    assert response.status_code == status
    assert "<h1" in text
    assert "<html" in text
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(("how", "status"), STATUS.items())
def test_a_fragment_is_one_sentence(how: str, status: int, anonymous_client: Client) -> None:
    response = anonymous_client.get(f"/fail/{how}/", headers={"HX-Request": "true"})
    assert response.status_code == status
    assert 'role="alert"' in response.content.decode()
    assert "<html" not in response.content.decode()


@pytest.mark.parametrize(("how", "status"), STATUS.items())
def test_json_has_code_and_detail(how: str, status: int, anonymous_client: Client) -> None:
    response = anonymous_client.get(f"/api/fail/{how}/")
    assert response.status_code == status
    assert response.json().keys() >= {"code", "detail"}


def test_json_where_it_is_asked_for(anonymous_client: Client) -> None:
    response = anonymous_client.get("/fail/invalid/", headers={"Accept": "application/json"})
    assert response.json() == {
        "code": "invalid",
        "detail": "The body is too long.",
        "fields": {"body": "At most 5000 characters."},
    }


def test_a_page_says_what_was_wrong(anonymous_client: Client) -> None:
    text = anonymous_client.get("/fail/invalid/").content.decode()
    assert "The body is too long. At most 5000 characters." in text


def test_how_long_to_wait_is_said(anonymous_client: Client) -> None:
    response = anonymous_client.get("/fail/rate-limited/")
    assert response["Retry-After"] == "120"
    assert "2 minutes" in response.content.decode()
    assert anonymous_client.get("/fail/unavailable/")["Retry-After"]


def test_what_does_not_exist_and_what_is_hidden_look_the_same(anonymous_client: Client) -> None:
    hidden, unknown = (anonymous_client.get(f"/fail/{how}/").content.decode() for how in ("not-found", "http404"))
    changes = r'/fail/[a-z0-9-]+/|"X-CSRFToken": "\w+"|csrfmiddlewaretoken" value="\w+"'
    assert re.sub(changes, "", hidden) == re.sub(changes, "", unknown)
    assert "post" not in anonymous_client.get("/api/fail/not-found/").json()["detail"]


@pytest.mark.parametrize("address", ["/fail/bug/", "/api/fail/bug/"])
def test_our_own_mistake_is_a_500_that_tells_nothing(address: str, anonymous_client: Client) -> None:
    anonymous_client.raise_request_exception = False
    response = anonymous_client.get(address)
    assert response.status_code == 500
    assert "secret words" not in response.content.decode()
    assert response["X-Request-Id"] in response.content.decode() or "api" in address


def test_our_own_mistake_needs_no_query(
    alice_client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    alice_client.raise_request_exception = False
    with django_assert_num_queries(0):
        assert alice_client.get("/fail/bug/").status_code == 500


def test_an_unknown_address(alice_client: Client) -> None:
    response = alice_client.get("/there/is/nothing/")
    assert response.status_code == 404
    assert "<h1" in response.content.decode()


@pytest.mark.parametrize("query", ["q=%00", "q=a%00b", "page=1&q=%00"])
def test_nul_in_a_query_is_bad_input(query: str, anonymous_client: Client) -> None:
    assert anonymous_client.get(f"/search/raw/?{query}").status_code == 400


def test_nul_in_a_path_is_bad_input(anonymous_client: Client) -> None:
    assert anonymous_client.get("/tags/a%00b/").status_code == 400


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_unreadable_text_in_a_form_is_bad_input(text: str, anonymous_client: Client) -> None:
    body = f"q={text}".encode("utf-8", "surrogatepass")
    response = anonymous_client.post("/search/raw/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code in (200, 400)  # half a character is replaced while it is read
    assert (response.status_code == 400) == ("\x00" in text)


def test_broken_utf8_is_not_our_mistake(anonymous_client: Client) -> None:
    assert anonymous_client.get("/search/raw/?q=%ff%fe%ed%a0%80").status_code == 200
    assert anonymous_client.get("/tags/%ff%fe/").status_code in (200, 404)


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100)
def test_a_body_that_is_too_large(anonymous_client: Client) -> None:
    assert anonymous_client.post("/body/", {"q": "x" * 1000}).status_code == 413


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100)
def test_a_body_that_is_too_large_for_the_check_of_the_form_key() -> None:
    client = Client(enforce_csrf_checks=True)
    body = "q=" + "x" * 1000
    response = client.post("/body/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code in (403, 413)


def test_too_many_fields(anonymous_client: Client) -> None:
    assert anonymous_client.post("/body/", {f"f{n}": "" for n in range(300)}).status_code == 400


@pytest.mark.parametrize(
    ("number", "status"),
    [("1", 200), (str(2**63 - 1), 200), (str(2**63), 404), ("0", 404), ("-1", 404), ("01", 404), ("9" * 400, 404)],
)
def test_ids_in_addresses(number: str, status: int, anonymous_client: Client) -> None:
    assert anonymous_client.get(f"/numbers/{number}/").status_code == status


def test_a_form_from_elsewhere_is_refused_in_our_look(alice_client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = alice_client.cookies
    response = strict.post("/body/", {"q": "1"})
    assert response.status_code == 403
    assert "open for too long" in response.content.decode()


def test_an_error_page_that_is_broken_itself(anonymous_client: Client, settings: Settings) -> None:
    """A release whose static files were not collected."""
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "apps.kernel.static.HashedStorage"}}
    settings.STATIC_ROOT = "nowhere"
    anonymous_client.raise_request_exception = False
    response = anonymous_client.get("/fail/bug/")
    assert response.status_code == 500
    assert response.content == b"Something broke on our side. Try again in a moment."
