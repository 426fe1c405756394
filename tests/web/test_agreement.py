"""Members agree to rules and privacy notice: at sign-up, and again when a version asks (XP4)."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.web import services
from apps.web.models import Agreement, PageVersion
from tests import cast
from tests.accounts import joining
from tests.conftest import client_of

Publish = Callable[..., PageVersion]


@pytest.fixture
def publish(admin: User, django_capture_on_commit_callbacks: Any) -> Publish:
    def make(slug: str = "rules", asks: bool = True, change: str = "No more shouting.") -> PageVersion:
        with django_capture_on_commit_callbacks(execute=True):
            body = f"## The rules\n\nWords number {PageVersion.objects.count()}."
            draft = services.write_draft(actor=admin, slug=slug, body=body, change=change, asks_again=asks)
            return services.publish(actor=admin, draft=draft)

    return make


def agree(client: Client, *versions: PageVersion) -> Any:
    return client.post("/agree/", {"version": [version.pk for version in versions], "next": "/explore/"})


def test_nobody_is_asked_about_built_in_texts(alice_client: Client) -> None:
    assert alice_client.get("/").status_code == 200
    assert alice_client.get("/agree/")["Location"] == "/"


def test_a_change_that_does_not_ask_asks_nobody(alice_client: Client, publish: Publish) -> None:
    publish(asks=False)
    assert alice_client.get("/").status_code == 200


def test_a_member_reads_and_agrees_and_goes_on(alice: User, alice_client: Client, publish: Publish) -> None:
    version = publish()
    response = alice_client.get("/explore/?cursor=")
    assert (response.status_code, response["Location"]) == (302, "/agree/?next=%2Fexplore%2F%3Fcursor%3D")
    page = alice_client.get(response["Location"]).content.decode()
    assert "No more shouting." in page
    assert "Words number 0." in page
    assert "Log out" in page
    assert agree(alice_client, version)["Location"] == "/explore/"
    assert alice_client.get("/").status_code == 200
    assert Agreement.objects.get().person == alice


def test_whoever_agreed_is_not_asked_elsewhere(alice: User, alice_client: Client, publish: Publish) -> None:
    version = publish()
    agree(alice_client, version)
    assert client_of(alice).get("/").status_code == 200


def test_a_newer_version_asks_again(alice_client: Client, publish: Publish) -> None:
    agree(alice_client, publish())
    assert alice_client.get("/").status_code == 200
    newer = publish(change="And no whistling.")
    assert alice_client.get("/").status_code == 302
    page = alice_client.get("/agree/").content.decode()
    assert "And no whistling." in page
    assert "<del>Words number 0." in page
    agree(alice_client, newer)
    assert alice_client.get("/").status_code == 200


def test_both_pages_are_asked_about_at_once(alice_client: Client, publish: Publish) -> None:
    rules, privacy = publish("rules"), publish("privacy")
    page = alice_client.get("/agree/").content.decode()
    assert page.count('class="agreed-text"') == 2
    agree(alice_client, rules, privacy)
    assert alice_client.get("/").status_code == 200


def test_only_what_was_shown_is_agreed_to(alice_client: Client, publish: Publish) -> None:
    """The page was open while a newer text came."""
    shown = publish()
    publish()
    agree(alice_client, shown)
    assert not Agreement.objects.exists()
    assert alice_client.get("/").status_code == 302


def test_nothing_is_written_before(alice_client: Client, publish: Publish) -> None:
    publish()
    response = alice_client.post(
        "/posts/", {"body": "hello", "audience": "0"}, headers={"Referer": "http://testserver/"}
    )
    assert response["Location"] == "/agree/?next=%2F"
    fragment = alice_client.post("/posts/", {"body": "hello", "audience": "0"}, headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment["HX-Redirect"]) == (403, "/agree/?next=%2F")
    data = alice_client.get("/api/feed")
    assert (data.status_code, data.json()["code"]) == (403, "must_agree")


@pytest.mark.parametrize("path", ["/rules/", "/privacy/history/", "/about/", "/accounts/logout/", "/health/live"])
def test_reading_and_leaving_stay_open(alice_client: Client, publish: Publish, path: str) -> None:
    publish()
    assert alice_client.get(path).status_code == 200


def test_the_look_stays_open(alice_client: Client, publish: Publish) -> None:
    publish()
    assert alice_client.post("/look/", {"theme": "dark"}, headers={"X-Look": "1"}).status_code == 204


def test_guests_are_not_asked(anonymous_client: Client, publish: Publish) -> None:
    publish()
    assert anonymous_client.get("/explore/").status_code == 200
    assert "/accounts/login/" in anonymous_client.get("/agree/")["Location"]


def test_who_ticks_the_box_of_sign_up_is_not_asked_again(client: Client, northmere: object, publish: Publish) -> None:
    version = publish()
    joining.sign_up(client)
    client.post(joining.CODE, {"code": joining.code_in(mail.outbox[-1])})
    assert client.get("/explore/").status_code == 200
    assert list(Agreement.objects.values_list("person__username", "version")) == [("erin", version.pk)]


def tick(client: Client) -> None:
    session = client.session
    session["agreed_at"] = timezone.now().isoformat()
    session.save()


def test_sign_up_agrees_to_what_stood_there(publish: Publish) -> None:
    version = publish()
    person = cast.make_person("newcomer")
    client = client_of(person)
    tick(client)
    assert client.get("/explore/").status_code == 200
    assert list(Agreement.objects.values_list("person", "version")) == [(person.pk, version.pk)]
    assert "agreed_at" not in client.session


def test_somebody_elses_tick_counts_for_nobody(alice: User, publish: Publish) -> None:
    """A sign-up was begun in this browser; then a member of long standing logged in."""
    User.objects.filter(pk=alice.pk).update(created_at=timezone.now() - timedelta(days=90))
    publish()
    client = client_of(User.objects.get(pk=alice.pk))
    tick(client)
    assert client.get("/explore/").status_code == 302
    assert not Agreement.objects.exists()


def test_who_came_without_the_box_agrees_on_the_first_page(publish: Publish) -> None:
    """By campus log-in: also when the version in force asked nobody who was here before."""
    version = publish(asks=False)
    client = client_of(cast.make_person("by_sso"))
    assert client.get("/").status_code == 302
    agree(client, version)
    assert client.get("/explore/").status_code == 200


def test_sending_the_form_empty_agrees_to_nothing(publish: Publish) -> None:
    version = publish(asks=False)
    client = client_of(cast.make_person("by_sso"))
    client.post("/agree/", {"version": [version.pk + 1]})
    assert client.get("/explore/").status_code == 302
    assert not Agreement.objects.exists()


def test_it_costs_no_query(alice_client: Client, publish: Publish, django_assert_num_queries: Any) -> None:
    agree(alice_client, publish())
    alice_client.get("/settings/look/")
    with django_assert_num_queries(1) as asked:  # whose session it is
        alice_client.get("/settings/look/")
    assert not [query for query in asked.captured_queries if "web_" in query["sql"]]


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_are_one_agreement() -> None:
    person, admin = cast.make_person("alice"), cast.make_person("admin", is_superuser=True)
    draft = services.write_draft(actor=admin, slug="rules", body="x", change="y", asks_again=True)
    version = services.publish(actor=admin, draft=draft)
    new: list[int] = []

    def click() -> None:
        new.append(services.agree(actor=person, versions=[version]))
        connection.close()

    threads = [threading.Thread(target=click) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(new) == 6
    assert Agreement.objects.count() == 1
