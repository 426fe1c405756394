"""Light, dark, contrast and the colours of a campus."""

from http.cookies import Morsel

import pytest
from django.test import Client

from apps.accounts.models import University


def html(client: Client) -> str:
    return client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize(("name", "value"), [("theme", "dark"), ("theme", "light"), ("contrast", "more")])
def test_a_choice_is_kept_and_painted_first(client: Client, db: None, name: str, value: str) -> None:
    assert f'data-{name}="' not in html(client)
    response = client.post("/look/", {name: value}, headers={"Referer": "http://testserver/explore/"})
    assert (response.status_code, response["Location"]) == (302, "/explore/")
    cookie: Morsel[str] = response.cookies[name]
    assert (cookie.value, cookie["samesite"], cookie["httponly"]) == (value, "Lax", True)
    assert f'data-{name}="{value}"' in html(client)


def test_a_script_gets_no_page(client: Client, db: None) -> None:
    response = client.post("/look/", {"theme": "dark"}, headers={"X-Look": "1"})
    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize("rubbish", ["", "pink", '"><script>', "dark light"])
def test_rubbish_gives_the_choice_back_to_the_system(client: Client, db: None, rubbish: str) -> None:
    client.post("/look/", {"theme": "dark"})
    client.post("/look/", {"theme": rubbish})
    assert 'data-theme="' not in html(client)


def test_a_forged_cookie_is_not_painted(client: Client, db: None) -> None:
    client.cookies["theme"] = '"><script>'
    assert 'data-theme="' not in html(client)


def test_nobody_is_sent_elsewhere(client: Client, db: None) -> None:
    response = client.post("/look/", {"theme": "dark", "next": "https://elsewhere.example/"})
    assert response["Location"] == "/"


def test_reading_changes_nothing(client: Client, db: None) -> None:
    assert client.get("/look/").status_code == 405


def test_a_university_is_one_number(client: Client, southdale: University) -> None:
    response = client.get(f"/campus/{southdale.pk}.css")
    assert response.content.decode() == f":root {{ --campus-hue: {southdale.hue} }}\n"
    assert response["Content-Type"].startswith("text/css")
    assert response["Cache-Control"] == "public, max-age=3600"


def test_no_university_no_colours(client: Client, db: None) -> None:
    assert client.get("/campus/999999.css").status_code == 404


def test_members_wear_their_campus(alice_client: Client, alice: object, client: Client, northmere: University) -> None:
    assert f'href="/campus/{northmere.pk}.css"' in alice_client.get("/").content.decode()
    assert "/campus/" not in client.get("/accounts/login/").content.decode()
