"""How the site looks for somebody: on the device, with the account, by their clock."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Preferences, User
from apps.posts.models import Post
from tests import cast
from tests.conftest import client_of

ALL = {"theme": "dark", "contrast": "more", "text": "130", "motion": "less", "letters": "wide", "keys": "off"}


@pytest.mark.parametrize(("name", "value"), [("text", "115"), ("text", "130"), ("motion", "less"), ("letters", "wide")])
def test_a_choice_is_painted_first(client: Client, northmere: object, name: str, value: str) -> None:
    assert f'data-{name}="{value}"' not in client.get("/rules/").content.decode().split("<body")[0]
    client.post("/look/", {name: value})
    assert f'data-{name}="{value}"' in client.get("/rules/").content.decode().split("<body")[0]


@pytest.mark.parametrize(
    ("name", "value"), [("text", "500"), ("motion", "more"), ("letters", '"><script>'), ("keys", "x")]
)
def test_rubbish_is_no_choice(alice: User, alice_client: Client, name: str, value: str) -> None:
    response = alice_client.post("/look/", {name: value})
    assert response.cookies[name].value == ""
    assert Preferences.objects.get(user=alice).look == {}


def test_scripts_may_read_whether_keys_are_on_and_nothing_else(client: Client, northmere: object) -> None:
    cookies = client.post("/look/", ALL).cookies
    assert {name: bool(cookies[name]["httponly"]) for name in ALL} == {name: name != "keys" for name in ALL}


def log_in(client: Client) -> Any:
    return client.post("/accounts/login/", {"login": "alice", "password": cast.PASSWORD})


def test_a_new_device_begins_with_the_accounts_look(alice: User, alice_client: Client) -> None:
    alice_client.post("/look/", ALL)
    fresh = Client()
    log_in(fresh)
    assert {name: fresh.cookies[name].value for name in ALL} == ALL
    assert 'data-text="130"' in fresh.get("/explore/").content.decode()


def test_a_device_with_a_look_of_its_own_keeps_it(alice: User, alice_client: Client) -> None:
    alice_client.post("/look/", {"theme": "dark"})
    other = Client()
    other.post("/look/", {"theme": "light"})
    log_in(other)
    assert other.cookies["theme"].value == "light"


def test_choices_come_one_by_one_and_go_again(alice: User, alice_client: Client) -> None:
    alice_client.post("/look/", {"theme": "dark"})
    alice_client.post("/look/", {"text": "115"})
    assert Preferences.objects.get(user=alice).look == {"theme": "dark", "text": "115"}
    alice_client.post("/look/", {"theme": ""})
    assert Preferences.objects.get(user=alice).look == {"text": "115"}


def test_a_guests_look_is_nobodys(client: Client, alice: User) -> None:
    client.post("/look/", {"theme": "dark"})
    assert not Preferences.objects.exists()


# --- the page of settings -----------------------------------------------------------------------------------------


def test_the_page_shows_what_is_chosen(alice_client: Client) -> None:
    alice_client.post("/look/", {"text": "115"})
    page = alice_client.get("/settings/look/").content.decode()
    assert re.search(r'name="text" value="115" checked', page)
    assert "Language" not in page.replace("Look and language", "")


def test_a_language_is_offered_when_there_are_several(alice_client: Client, settings: Any) -> None:
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    assert "Deutsch" in alice_client.get("/settings/look/").content.decode()
    assert alice_client.post("/look/", {"language": "de"}).cookies["django_language"].value == "de"
    assert "django_language" not in alice_client.post("/look/", {"language": "xx"}).cookies


def test_a_clock_is_kept(alice: User, alice_client: Client) -> None:
    response = alice_client.post("/settings/look/", {"time_zone": "Asia/Tokyo"})
    assert response.status_code == 302
    alice.refresh_from_db()
    assert alice.time_zone == "Asia/Tokyo"
    alice_client.post("/settings/look/", {"time_zone": ""})
    alice.refresh_from_db()
    assert alice.time_zone == ""


@pytest.mark.parametrize("zone", ["Mars/Base", "../../etc/passwd", "x" * 50])
def test_an_unknown_clock_is_refused(alice: User, alice_client: Client, zone: str) -> None:
    assert alice_client.post("/settings/look/", {"time_zone": zone}).status_code == 400
    alice.refresh_from_db()
    assert alice.time_zone == ""


def test_times_are_told_by_each_readers_clock(alice: User, bob: User, alices_post: Post) -> None:
    """One after the other out of the same process: what was drawn for one is not shown to the next."""
    Post.objects.filter(pk=alices_post.pk).update(created_at=datetime(2026, 1, 5, 22, 30, tzinfo=UTC))
    User.objects.filter(pk=bob.pk).update(time_zone="Asia/Tokyo")
    tokyo = client_of(User.objects.get(pk=bob.pk)).get(alices_post.get_absolute_url()).content.decode()
    site = client_of(cast.make_person("eve")).get(alices_post.get_absolute_url()).content.decode()
    assert "6 Jan 2026, 07:30" in tokyo
    assert "5 Jan 2026, 22:30" in site
    assert "6 Jan 2026, 07:30" not in site


def test_a_clock_costs_no_query(alice: User, alice_client: Client, django_assert_num_queries: Any) -> None:
    User.objects.filter(pk=alice.pk).update(time_zone="Asia/Tokyo")
    alice_client.get("/settings/look/")  # the number of reminders is kept from here on
    with django_assert_num_queries(1):
        alice_client.get("/settings/look/")
