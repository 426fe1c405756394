"""Whom the right column suggests, and the reason it gives."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts import services as accounts
from apps.accounts.models import Reach, University, User
from apps.graph import services as graph
from tests.cast import make_person
from tests.conftest import client_of
from tests.graph.test_directory import OPEN

TERM = {"year": 2026, "season": 3}


def suggested(client: Client) -> dict[str, str]:
    """Name: reason, as the page shows them."""
    page = client.get("/explore/").content.decode()
    found = re.findall(
        r'<a class="name" href="/@\w+/" dir="auto">([^<]+)</a>\s*<p class="reason">(.*?)</p>', page, re.S
    )
    return {name: " ".join(re.sub(r"<[^>]+>", "", reason).split()) for name, reason in found}


def asks(person: User, **settings: Any) -> None:
    accounts.update_privacy(actor=person, **{**OPEN, **settings})


def test_people_known_in_common_come_with_a_name(charlie_client: Client, charlie: User, alice: User, bob: User) -> None:
    graph.follow(actor=charlie, target=bob)  # bob follows alice
    assert suggested(charlie_client) == {"Alice Ashdown": "because you follow Bob Birch, who follows them"}
    cache.clear()
    ada = make_person("ada", name="Ada")
    graph.follow(actor=ada, target=alice)
    graph.follow(actor=charlie, target=ada)
    assert suggested(charlie_client) == {"Alice Ashdown": "because you follow Ada and 1 other who follow them"}


@pytest.mark.parametrize("hides", ["bob", "alice"])
def test_a_hidden_list_gives_no_reason(
    charlie_client: Client, charlie: User, alice: User, bob: User, hides: str
) -> None:
    graph.follow(actor=charlie, target=bob)
    asks({"bob": bob, "alice": alice}[hides], followers=Reach.NOBODY)
    assert suggested(charlie_client)["Alice Ashdown"] == "because you are both at Northmere University"


def test_whoever_hides_their_list_is_named_no_more_at_once(
    charlie_client: Client,
    charlie: User,
    alice: User,
    bob: User,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    """Kept suggestions hang on those whom a reason names, too."""
    graph.follow(actor=charlie, target=bob)
    assert suggested(charlie_client)["Alice Ashdown"] == "because you follow Bob Birch, who follows them"
    with django_capture_on_commit_callbacks(execute=True):
        asks(bob, followers=Reach.NOBODY)
    assert suggested(charlie_client)["Alice Ashdown"] == "because you are both at Northmere University"


def test_the_same_course_this_term(charlie_client: Client, charlie: User, alice: User) -> None:
    accounts.set_courses(actor=charlie, codes=["LING 104", "MATH 210", "PHYS 1"], **TERM)
    accounts.set_courses(actor=alice, codes=["MATH 210", "LING 104"], **TERM)
    assert suggested(charlie_client)["Alice Ashdown"] == "because you both take LING 104 and MATH 210"


def test_a_course_of_another_term_is_no_reason(charlie_client: Client, charlie: User, alice: User) -> None:
    accounts.set_courses(actor=charlie, codes=["MATH 210"], **TERM)
    accounts.set_courses(actor=alice, codes=["MATH 210"], year=2025, season=3)
    assert suggested(charlie_client)["Alice Ashdown"] == "because you are both at Northmere University"


def test_the_same_programme_in_the_same_year(charlie_client: Client, charlie: User, alice: User, bob: User) -> None:
    for person, year in ((charlie, 2), (alice, 2), (bob, 1)):
        accounts.update_studies(actor=person, programme="Physics", year=year, graduates_on=None, level="")
    shown = suggested(charlie_client)
    assert shown["Alice Ashdown"] == "because you both study Physics, in the same year"
    assert shown["Bob Birch"] == "because you are both at Northmere University"


def test_the_same_interests(charlie_client: Client, charlie: User, alice: User) -> None:
    accounts.set_interests(actor=charlie, names=["Chess", "Jazz"])
    accounts.set_interests(actor=alice, names=["jazz", "Chess", "Rowing"])
    assert suggested(charlie_client)["Alice Ashdown"] == "because you both like Chess and Jazz"


@pytest.mark.parametrize("part", ["courses", "programme", "year", "interests"])
def test_what_is_hidden_is_no_reason(charlie_client: Client, charlie: User, alice: User, part: str) -> None:
    for person in (charlie, alice):
        if part == "courses":
            accounts.set_courses(actor=person, codes=["MATH 210"], **TERM)
        elif part == "interests":
            accounts.set_interests(actor=person, names=["Chess"])
        else:
            accounts.update_studies(actor=person, programme="Physics", year=2, graduates_on=None, level="")
    assert "both at" not in suggested(charlie_client)["Alice Ashdown"]
    cache.clear()
    accounts.set_field_reach(actor=alice, reach={part: Reach.FOLLOWERS})
    assert suggested(charlie_client)["Alice Ashdown"] == "because you are both at Northmere University"


def test_what_is_hidden_now_is_told_no_longer(
    charlie_client: Client, charlie: User, alice: User, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    for person in (charlie, alice):
        accounts.set_interests(actor=person, names=["Chess"])
    assert suggested(charlie_client)["Alice Ashdown"] == "because you both like Chess"
    with django_capture_on_commit_callbacks(execute=True):
        accounts.set_field_reach(actor=alice, reach={"interests": Reach.NOBODY})
    assert suggested(charlie_client)["Alice Ashdown"] == "because you are both at Northmere University"


@pytest.mark.parametrize("act", ["not suggested", "narrowed", "blocks", "blocked", "muted", "asked", "suspended"])
def test_who_is_suggested_no_longer(
    charlie_client: Client,
    charlie: User,
    alice: User,
    southdale: University,
    act: str,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    accounts.set_field_reach(actor=alice, reach={"interests": Reach.EVERYONE})
    for person in (charlie, alice):
        accounts.set_interests(actor=person, names=["Chess"])
    if act == "narrowed":
        User.objects.filter(pk=alice.pk).update(university=southdale)
    if act == "asked":
        asks(alice, profile_for=Reach.FOLLOWERS)
    assert "Alice Ashdown" in suggested(charlie_client)
    with django_capture_on_commit_callbacks(execute=True):
        if act == "not suggested":
            asks(alice, is_suggested=False)
        elif act == "narrowed":
            asks(alice, profile_for=Reach.CAMPUS)
        elif act == "blocks":
            graph.block(actor=alice, target=charlie)
        elif act == "blocked":
            graph.block(actor=charlie, target=alice)
        elif act == "muted":
            graph.mute(actor=charlie, target=alice)
        elif act == "asked":
            graph.follow(actor=charlie, target=alice)
        else:
            accounts.set_active(actor=None, person=alice, active=False)
    assert "Alice Ashdown" not in suggested(charlie_client)


def test_those_with_more_in_common_come_first(charlie_client: Client, charlie: User, northmere: University) -> None:
    accounts.set_courses(actor=charlie, codes=["MATH 210", "LING 104"], **TERM)
    accounts.set_interests(actor=charlie, names=["Chess"])
    best, next_best = make_person("best", name="Best"), make_person("second", name="Second")
    for number in range(4):
        make_person(f"other{number}")
    accounts.set_courses(actor=best, codes=["MATH 210", "LING 104"], **TERM)
    accounts.set_interests(actor=next_best, names=["Chess"])
    shown = list(suggested(charlie_client))
    assert shown[:2] == ["Best", "Second"]
    assert len(shown) == 3


def test_another_campus_needs_a_reason(charlie_client: Client, charlie: User, southdale: University) -> None:
    far = make_person("sue", name="Sue", university=southdale)
    assert suggested(charlie_client) == {}
    accounts.set_interests(actor=charlie, names=["Chess"])
    accounts.set_interests(actor=far, names=["Chess"])
    cache.clear()
    assert suggested(charlie_client) == {}  # interests are for the campus
    accounts.set_field_reach(actor=far, reach={"interests": Reach.EVERYONE})
    cache.clear()
    assert suggested(charlie_client) == {"Sue": "because you both like Chess"}


def test_kept_suggestions_cost_no_query(alice: User, bob: User, charlie: User) -> None:
    from apps.web import selectors

    assert len(selectors.suggestions(alice)) == 2
    with CaptureQueriesContext(connection) as queries:
        assert len(selectors.suggestions(alice)) == 2
    assert len(queries) == 0


def test_making_them_costs_the_same_for_twenty(alice: User, northmere: University) -> None:
    from apps.web import selectors

    def statements() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            assert selectors.suggestions(alice, limit=8)
        return len(queries)

    def add(rows: range) -> None:
        for number in rows:
            person = make_person(f"row{number}", password=None)
            accounts.set_interests(actor=person, names=["Chess"])
            accounts.set_courses(actor=person, codes=["MATH 210"], **TERM)

    accounts.set_interests(actor=alice, names=["Chess"])
    accounts.set_courses(actor=alice, codes=["MATH 210"], **TERM)
    add(range(1))
    one = statements()
    add(range(1, 20))
    assert one == statements() <= 20


def test_without_redis_they_are_made_each_time(
    alice_client: Client, bob: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.kernel.redis._closed_until", 0.0)  # also puts back the pause this test leaves behind
    settings.CACHES = {
        **settings.CACHES,
        "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"},
    }
    assert "Bob Birch" in suggested(alice_client)
    assert client_of(bob).get("/people/").status_code == 200
