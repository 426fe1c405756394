"""The first-run wizard: from an empty installation to a campus (XP3)."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.accounts import selectors as accounts
from apps.accounts import services
from apps.accounts.models import University, UniversityDomain, User
from apps.kernel.demo_marks import DemoMark
from apps.kernel.errors import Conflict
from apps.kernel.jobs.models import Job
from apps.web import selectors
from tests import cast

CAMPUS = {"step": "campus", "name": "Lakeside College", "slug": "Lakeside", "city": "Lakeside", "hue": "150"}
DOMAINS = {"step": "domains", "domains": "lakeside.example\n@mail.lakeside.example, lakeside.example"}
PERSON = {
    "step": "administrator",
    "name": "Ida Novak",
    "email": "ida@lakeside.example",
    "username": "ida",
    "password": "four words in a row",
}
NEXT = {"campus": "domains", "domains": "administrator", "administrator": "mail", "mail": "demo", "demo": "done"}


@pytest.fixture
def host(client: Client, db: None) -> Client:
    """Whoever has the key."""
    response = client.get(selectors.setup_link())
    assert (response.status_code, response["Location"]) == (302, "/setup/")
    return client


def post(client: Client, data: dict[str, str]) -> None:
    response = client.post("/setup/", data)
    assert response.status_code == 302, response.content.decode()
    assert response["Location"] == f"/setup/?step={NEXT[data['step']]}"


@pytest.fixture
def founded(host: Client) -> Client:
    for answers in (CAMPUS, DOMAINS, PERSON):
        post(host, answers)
    return host


def page(client: Client, step: str = "") -> str:
    response = client.get(f"/setup/?step={step}" if step else "/setup/")
    assert response.status_code == 200
    return response.content.decode()


# --- who may -------------------------------------------------------------------------------------------------------


def test_without_the_key_it_says_how_to_get_it(client: Client, db: None) -> None:
    assert "manage.py setup_link" in page(client)
    response = client.post("/setup/", CAMPUS)
    assert "manage.py setup_link" in response.content.decode()
    assert "setup" not in client.session


@pytest.mark.parametrize("key", ["x", "open:1:x", ""])
def test_a_wrong_key_opens_nothing(client: Client, db: None, key: str) -> None:
    assert "does not fit" in client.get("/setup/", {"key": key}).content.decode()
    assert "setup" not in client.session


def test_an_old_key_opens_nothing(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    link = selectors.setup_link()
    now = timezone.now().timestamp()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 25 * 3600)
    assert "does not fit" in client.get(link).content.decode()


def test_the_command_prints_the_link(client: Client, db: None, capsys: Any, settings: Any) -> None:
    settings.SITE_URL = "https://campus.example"
    call_command("setup_link")
    link = capsys.readouterr().out.strip()
    assert link.startswith("https://campus.example/setup/?key=")
    assert client.get(link.removeprefix("https://campus.example")).status_code == 302


def test_a_site_with_an_administrator_has_no_wizard(client: Client, admin_client: Client, alice_client: Client) -> None:
    link = selectors.setup_link()
    for asking in (client, admin_client, alice_client):
        assert asking.get("/setup/").status_code == 404
        assert asking.get(link).status_code == 404
        assert asking.post("/setup/", CAMPUS).status_code == 404
    with pytest.raises(CommandError):
        call_command("setup_link")


def test_the_front_page_leads_there_while_there_is_nobody(client: Client, db: None) -> None:
    assert client.get("/")["Location"] == "/setup/"
    cast.make_person("alice")
    assert client.get("/").status_code == 200


# --- step by step --------------------------------------------------------------------------------------------------


def test_nothing_is_made_before_there_is_an_administrator(host: Client) -> None:
    post(host, CAMPUS)
    post(host, DOMAINS)
    assert not University.objects.exists()
    assert "Lakeside College" in page(host, "domains")
    assert "mail.lakeside.example" in page(host, "domains")


def test_it_goes_on_where_it_was_left_and_back_keeps_the_words(host: Client) -> None:
    assert "Your campus" in page(host)
    assert "Your campus" in page(host, "administrator"), "no step is skipped"
    post(host, CAMPUS)
    assert "Who belongs to it" in page(host)
    assert 'value="Lakeside College"' in page(host, "campus")


def test_campus_domains_and_administrator_are_made_at_once(founded: Client) -> None:
    campus = University.objects.get()
    assert (campus.name, campus.slug, campus.city, campus.hue) == ("Lakeside College", "lakeside", "Lakeside", 150)
    assert set(UniversityDomain.objects.values_list("domain", flat=True)) == {
        "lakeside.example",
        "mail.lakeside.example",
    }
    person = User.objects.get()
    assert (person.username, person.is_superuser, person.is_staff, person.university) == ("ida", True, True, campus)
    assert person.is_verified
    assert person.check_password(PERSON["password"])
    assert EmailAddress.objects.get(user=person).verified
    assert founded.get("/settings/").status_code == 200, "logged in"


@pytest.mark.parametrize(
    ("step", "field", "value", "sentence"),
    [
        ("campus", "name", "", "required"),
        ("campus", "hue", "360", "359"),
        ("domains", "domains", "not a domain", "no domain: not"),
        ("domains", "domains", "lakeside", "no domain"),
        ("administrator", "password", "short", "at least 12 characters"),
        ("administrator", "password", "password1234", "tried first"),
        ("administrator", "username", "root", "kept back"),
        ("administrator", "username", "ida novak", "letters a to z"),
        ("administrator", "name", "!!!", "at least one letter"),
        ("administrator", "email", "ida", "valid email"),
        ("administrator", "email", '"ida"@lakeside.example', "plain letters"),
    ],
)
def test_a_wrong_answer_is_told_beside_its_field(
    host: Client, step: str, field: str, value: str, sentence: str
) -> None:
    for answers in (CAMPUS, DOMAINS, PERSON):
        if answers["step"] == step:
            response = host.post("/setup/", answers | {field: value})
            assert response.status_code == 400
            assert sentence in response.content.decode()
            break
        post(host, answers)
    assert not User.objects.exists()


def test_the_wizard_closes_for_everybody_else(founded: Client, client: Client) -> None:
    other = Client()
    assert other.get("/setup/").status_code == 404
    assert other.get(selectors.setup_link()).status_code == 404


def test_made_is_made(founded: Client) -> None:
    """Back to what stands in the database already leads to where the wizard is."""
    assert "Mail" in page(founded, "campus")
    founded.post("/setup/", PERSON | {"username": "second"})
    assert User.objects.count() == 1


# --- mail ----------------------------------------------------------------------------------------------------------


def test_a_mail_is_really_sent(founded: Client) -> None:
    response = founded.post("/setup/", {"step": "mail"})
    assert [message.to for message in mail.outbox] == [["ida@lakeside.example"]]
    assert "It was written" in response.content.decode()


@pytest.mark.parametrize(
    ("port", "sentence"), [("1", "Nothing answers at the host and port in EMAIL_URL"), ("0", "EMAIL_URL")]
)
def test_a_mail_that_fails_says_why(founded: Client, settings: Any, port: str, sentence: str) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(port)
    response = founded.post("/setup/", {"step": "mail"})
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert "Go on without" in response.content.decode()


def test_mail_may_be_left_out(founded: Client) -> None:
    post(founded, {"step": "mail", "skip": "1"})
    assert not mail.outbox


# --- demo and end --------------------------------------------------------------------------------------------------


@pytest.fixture
def at_demo(founded: Client) -> Client:
    post(founded, {"step": "mail", "skip": "1"})
    return founded


def test_the_demo_is_explained_where_it_is_off(at_demo: Client, settings: Any) -> None:
    settings.ALLOW_DEMO = False
    assert "ALLOW_DEMO=True" in page(at_demo, "demo")
    at_demo.post("/setup/", {"step": "demo", "demo": "yes"})
    assert not Job.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_demo_is_built_by_a_worker(at_demo: Client, drain: Callable[[], int]) -> None:
    at_demo.post("/setup/", {"step": "demo", "demo": "yes"})
    assert "Being built: 0 %" in page(at_demo, "demo")
    at_demo.post("/setup/", {"step": "demo", "demo": "yes"})
    assert Job.objects.count() == 1, "a second click starts nothing"
    drain()
    job = Job.objects.get()
    assert (job.state, job.error) == ("done", "")
    assert "It is there: 306 people" in page(at_demo, "demo")
    assert DemoMark.objects.exists()
    assert accounts.person_by_username("ida") is not None


def test_the_end_says_what_is_missing_and_closes_the_wizard(at_demo: Client, settings: Any) -> None:
    settings.SITE_URL = ""
    post(at_demo, {"step": "demo", "demo": "no"})
    last = page(at_demo)
    assert "Lakeside College is open" in last
    assert "SITE_URL" in last
    assert "Backups" in last
    assert at_demo.post("/setup/", {"step": "done"})["Location"] == "/"
    assert at_demo.get("/setup/").status_code == 404


def test_a_site_that_lacks_nothing_is_told_so(settings: Any) -> None:
    settings.SITE_URL, settings.DEFAULT_FROM_EMAIL = "https://campus.example", "campus@lakeside.example"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.SESSION_COOKIE_SECURE = True
    assert selectors.lacks() == []


@pytest.mark.django_db(transaction=True)
def test_of_two_wizards_one_wins() -> None:
    came: list[str] = []

    def found(username: str) -> None:
        try:
            services.found_campus(
                campus={"name": "Lakeside", "slug": "lakeside", "city": "", "hue": 1},
                domains=["lakeside.example"],
                name="Ida",
                username=username,
                email=f"{username}@lakeside.example",
                password=PERSON["password"],
            )
            came.append("made")
        except Conflict:
            came.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=found, args=(f"person{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == ["late", "late", "late", "made"]
    assert User.objects.count() == 1
