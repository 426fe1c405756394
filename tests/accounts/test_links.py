"""Links of a profile, proved by a link back: a real server stands for the page elsewhere."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from apps.accounts import services
from apps.accounts.models import ProfileLink, User
from apps.accounts.services.links import links_back
from tests.foreign import Foreign, html, redirect

ALICE = "http://testserver/@alice/"
BACK = f'<p>Hello, I am <a rel="me" href="{ALICE}">Alice on campus</a>.</p>'


@pytest.fixture
def server(settings: Settings) -> Iterator[Foreign]:
    with Foreign() as running:
        settings.SAFE_FETCH_ALSO = [running.host]
        running.pages["/"] = html(BACK)
        yield running


@pytest.fixture
def link(alice: User, server: Foreign) -> ProfileLink:
    """As if checked never: made beside the service, which would announce it."""
    return ProfileLink.objects.create(person=alice, label="Own page", url=server.url("/"))


def check(link: ProfileLink) -> ProfileLink:
    services.check_link(link_id=link.pk)
    link.refresh_from_db()
    assert link.checked_at is not None
    return link


def age(link: ProfileLink, **by: float) -> None:
    ProfileLink.objects.filter(pk=link.pk).update(
        checked_at=timezone.now() - timedelta(**by), proved_at=link.proved_at and timezone.now() - timedelta(**by)
    )
    link.refresh_from_db()


@pytest.mark.django_db(transaction=True)
def test_an_added_link_is_looked_at(alice: User, server: Foreign, drain: Callable[[], int]) -> None:
    link = services.add_link(actor=alice, label="Own page", url=server.url("/"))
    assert link.proved_at is None
    drain()
    link.refresh_from_db()
    assert link.proved_at is not None
    assert [path for path, _headers in server.asked] == ["/"]


def test_a_page_that_links_back_proves_it(link: ProfileLink) -> None:
    assert check(link).proved_at is not None


def test_a_link_back_to_somebody_else_proves_nothing(link: ProfileLink, server: Foreign) -> None:
    server.pages["/"] = html(BACK.replace("@alice", "@bob"))
    assert check(link).proved_at is None


def test_a_link_back_that_is_gone_loses_the_mark(link: ProfileLink, server: Foreign) -> None:
    check(link)
    server.pages["/"] = html("<p>Nothing of that any more.</p>")
    assert check(link).proved_at is None


def test_a_missing_page_loses_the_mark(link: ProfileLink, server: Foreign) -> None:
    check(link)
    del server.pages["/"]
    assert check(link).proved_at is None


def test_a_page_that_is_away_keeps_the_mark_for_a_month(link: ProfileLink, settings: Settings, server: Foreign) -> None:
    check(link)
    server.shutdown()
    server.server_close()
    assert check(link).proved_at is not None
    age(link, days=31)
    assert check(link).proved_at is None


def test_an_address_inside_is_never_asked(link: ProfileLink, settings: Settings, server: Foreign) -> None:
    settings.SAFE_FETCH_ALSO = []
    assert check(link).proved_at is None
    assert server.asked == []


def test_a_page_that_leads_on_to_another_site_proves_nothing(
    link: ProfileLink, server: Foreign, settings: Settings
) -> None:
    """Else the mark would stand beside the name of any site that redirects to where it is told."""
    with Foreign() as own:
        elsewhere = own.url("/").replace("127.0.0.1", "localhost")
        settings.SAFE_FETCH_ALSO = [server.host, f"localhost:{own.server_port}"]
        own.pages["/"] = html(BACK)
        server.pages["/"] = redirect(elsewhere)
        assert check(link).proved_at is None
        assert len(own.asked) == 1
    server.pages["/"] = redirect("/moved")
    server.pages["/moved"] = html(BACK)
    assert check(link).proved_at is not None


def test_without_an_address_of_the_site_nothing_is_proved() -> None:
    assert not links_back('<a rel="me" href="mailto:alice@example.org">', "https://alice.example/", "/@alice/")


def test_a_link_removed_meanwhile_is_no_failure(link: ProfileLink, server: Foreign) -> None:
    number = link.pk
    link.delete()
    services.check_link(link_id=number)
    assert server.asked == []


def test_a_renamed_person_must_be_linked_anew(link: ProfileLink, alice: User) -> None:
    check(link)
    User.objects.filter(pk=alice.pk).update(username="alice.ashdown")
    assert check(link).proved_at is None


@pytest.mark.django_db(transaction=True)
def test_links_are_looked_at_once_a_week(link: ProfileLink, server: Foreign, drain: Callable[[], int]) -> None:
    assert services.recheck_links() == 1  # a check that never happened is caught up
    assert services.recheck_links() == 0
    drain()
    assert len(server.asked) == 1
    age(link, days=6)
    assert services.recheck_links() == 0
    age(link, days=8)
    assert services.recheck_links() == 1
    drain()
    assert len(server.asked) == 2
    link.refresh_from_db()
    assert link.proved_at is not None


@pytest.mark.django_db(transaction=True)
def test_its_owner_may_ask_for_a_look(
    link: ProfileLink, alice_client: Client, server: Foreign, drain: Callable[[], int]
) -> None:
    assert alice_client.post(reverse("accounts:check_link", args=[link.pk])).status_code == 302
    drain()
    link.refresh_from_db()
    assert link.proved_at is not None


def test_asking_has_a_limit(link: ProfileLink, alice_client: Client) -> None:
    address = reverse("accounts:check_link", args=[link.pk])
    statuses = [alice_client.post(address).status_code for _time in range(11)]
    assert statuses == [302] * 10 + [429]


def test_nobody_else_may_ask(link: ProfileLink, charlie_client: Client, anonymous_client: Client) -> None:
    address = reverse("accounts:check_link", args=[link.pk])
    assert charlie_client.post(address).status_code == 404
    assert anonymous_client.post(address)["Location"].startswith("/accounts/login/")
    assert charlie_client.get(address).status_code == 405


@pytest.mark.parametrize(
    "page",
    [
        f'<a href="{ALICE}" rel=me>me</a>',
        f'<A REL="nofollow ME noopener" HREF="{ALICE}">me</A>',
        f'<html><head><link rel="me" href="{ALICE}"></head>',
        f'<a rel="me" href="{ALICE.rstrip("/")}">',
        '<a rel="me" href="https://TESTSERVER/@Alice/?from=here#top">',
        '<a rel="me" href="//testserver/%40alice">',
        f'<b><i><a rel="me" href="{ALICE}">badly nested</b></i>',
        f'<script>var x = "</a>"; if (a < b) {{}}</script><a rel="me" href="{ALICE}">',
        "<div>" * 100_000 + f'<a rel="me" href="{ALICE}">',
        "x" * 8_190 + f'<a rel="me" href="{ALICE}">',  # cut in two by the size of the pieces
    ],
)
def test_what_counts_as_a_link_back(page: str) -> None:
    assert links_back(page, "https://alice.example/", ALICE)


@pytest.mark.parametrize(
    "page",
    [
        "",
        f'<a href="{ALICE}">no word about who that is</a>',
        f'<a rel="friend" href="{ALICE}">',
        f'<a rel="meek" href="{ALICE}">',
        f'<p rel="me" href="{ALICE}">',
        f'<!-- <a rel="me" href="{ALICE}"> -->',
        f'<script>"<a rel=me href={ALICE}>"</script>',
        f'&lt;a rel="me" href="{ALICE}"&gt;',
        '<a rel="me" href="/@alice/">',  # of their own site
        '<a rel="me" href="https://elsewhere.example/@alice/">',
        '<a rel="me" href="http://testserver.elsewhere.example/@alice/">',
        '<a rel="me" href="http://testserver@elsewhere.example/@alice/">',
        '<a rel="me" href="http://testserver/@alice/followers/">',
        '<a rel="me" href="javascript://testserver/@alice/">',
        '<a rel="me" href="http://[/@alice/">',
        '<a rel="me">',
        "<![<![<![",
    ],
)
def test_what_does_not(page: str) -> None:
    assert not links_back(page, "https://alice.example/", ALICE)


@pytest.mark.parametrize(
    "piece", ["<a ", "<a b='", "<!--", "</", "<", "<div>", "<script></script", "<a\n", "<![CDATA["]
)
def test_a_page_built_to_keep_us_busy_does_not(piece: str) -> None:
    """A megabyte of it; html.parser alone would need time by the square of its length for some."""
    started = timezone.now()
    assert not links_back(piece * (1_000_000 // len(piece)), "https://alice.example/", ALICE)
    assert timezone.now() - started < timedelta(seconds=5)
