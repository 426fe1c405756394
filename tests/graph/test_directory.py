"""/people/: who wishes to be found, by name and by what they let one see (FEATURES B6)."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts import services as accounts
from apps.accounts.models import (
    LastSeen,
    Privacy,
    Profile,
    ProfileAnswer,
    ProfileField,
    Reach,
    University,
    User,
)
from apps.graph import services as graph
from tests.cast import make_person, make_university
from tests.conftest import client_of

FRAGMENT = {"HX-Request": "true"}
OPEN: dict[str, Any] = {
    "profile_for": Reach.EVERYONE,
    "posts_for": Reach.EVERYONE,
    "followers": Reach.EVERYONE,
    "online": Reach.CAMPUS,
    "message": Reach.CAMPUS,
    "mention": Reach.EVERYONE,
    "in_directory": True,
    "is_suggested": True,
    "search_engines": False,
}


def list_person(person: User, programme: str = "", year: int | None = None, level: str = "", **privacy: Any) -> User:
    """In the directory, with these studies."""
    accounts.update_privacy(actor=person, **{**OPEN, **privacy})
    Profile.objects.filter(user=person).update(programme=programme, year=year, level=level)
    return person


@pytest.fixture
def ada(northmere: University) -> User:
    ada = list_person(make_person("ada", name="Ada Lovelace"), "Physics", 2, "expert")
    accounts.set_skills(actor=ada, names=["Juggling", "Chess"])
    accounts.set_courses(actor=ada, year=2026, season=3, codes=["MATH 210"])
    accounts.set_languages(actor=ada, languages=[("de", False)])
    return ada


@pytest.fixture
def ben(northmere: University) -> User:
    ben = list_person(make_person("ben", name="Ben Bitdiddle"), "physics", 1)
    accounts.set_skills(actor=ben, names=["Chess"])
    return ben


def names(response: Any) -> list[str]:
    return re.findall(
        r'<a class="name" href="/@([^/"]+)/"', response.content.decode().split('aria-labelledby="found"')[1]
    )


def counts(response: Any, facet: str) -> dict[str, int]:
    """Value: number, as the page offers them."""
    body = response.content.decode()
    found = re.findall(rf'name="{facet}" value="([^"]+)".*?class="num meta">(\d+)<', body)
    return {value: int(number) for value, number in found}


def test_a_guest_is_sent_to_log_in(anonymous_client: Client) -> None:
    assert anonymous_client.get("/people/?q=ada").headers["Location"].startswith("/accounts/login/?next=%2Fpeople%2F")


def test_only_who_asked_to_be_found_is_listed(alice_client: Client, ada: User, charlie: User) -> None:
    assert names(alice_client.get("/people/")) == ["ada"]
    list_person(charlie)
    assert names(alice_client.get("/people/")) == ["ada", "charlie"]
    list_person(charlie, in_directory=False)
    assert names(alice_client.get("/people/")) == ["ada"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ad", ["ada"]),
        ("love ada", ["ada"]),
        ("@be", ["ben"]),
        ("phys", ["ada", "ben"]),
        ("phys bit", ["ben"]),
        ("a", ["ada", "ben"]),
        ("nobody", []),
        ("lov:* | b", ["ada"]),
        ("'!&|()", ["ada", "ben"]),
    ],
)
def test_what_is_typed_begins_a_word(alice_client: Client, ada: User, ben: User, typed: str, found: list[str]) -> None:
    assert names(alice_client.get("/people/", {"q": typed})) == found


def test_one_han_character_is_enough(alice_client: Client, northmere: University, ada: User) -> None:
    list_person(make_person("yijun", name="陳怡君"))
    assert names(alice_client.get("/people/", {"q": "陳"})) == ["yijun"]


def test_values_of_a_facet_widen_and_facets_narrow(alice_client: Client, ada: User, ben: User, charlie: User) -> None:
    list_person(charlie, "History", 2)
    assert names(alice_client.get("/people/?year=2")) == ["ada", "charlie"]
    assert names(alice_client.get("/people/?year=2&year=1")) == ["ada", "ben", "charlie"]
    assert names(alice_client.get("/people/?year=2&programme=physics")) == ["ada"]
    assert names(alice_client.get("/people/?skill=chess&year=1")) == ["ben"]
    assert names(alice_client.get("/people/?course=MATH+210")) == ["ada"]
    assert names(alice_client.get("/people/?level=expert")) == ["ada"]
    assert names(alice_client.get("/people/?language=de")) == ["ada"]
    assert names(alice_client.get("/people/?role=faculty")) == []
    assert names(alice_client.get("/people/?university=northmere&q=cha")) == ["charlie"]


def test_a_count_is_what_one_would_get(alice_client: Client, ada: User, ben: User, charlie: User) -> None:
    list_person(charlie, "History", 2)
    for query in ("", "?year=2", "?programme=physics&year=2", "?q=phys", "?skill=chess"):
        shown = alice_client.get(f"/people/{query}")
        for facet in ("university", "role", "programme", "year", "course", "skill", "level", "language"):
            for value, count in counts(shown, facet).items():
                other = re.sub(rf"&?{facet}=[^&]*", "", query.lstrip("?"))
                got = alice_client.get(f"/people/?{other}&{urlencode({facet: value})}")
                assert len(names(got)) == count, (query, facet, value)
    assert counts(alice_client.get("/people/?year=2"), "year") == {"1": 1, "2": 2}
    assert counts(alice_client.get("/people/?year=2"), "skill") == {"chess": 1, "juggling": 1}


HIDDEN = {
    "programme": ("programme", "physics"),
    "year": ("year", "2"),
    "courses": ("course", "MATH 210"),
    "skills": ("skill", "juggling"),
    "level": ("level", "expert"),
    "languages": ("language", "de"),
}


@pytest.mark.parametrize("part", HIDDEN)
@pytest.mark.parametrize("reach", [Reach.FOLLOWERS, Reach.NOBODY])
def test_nobody_is_found_or_counted_by_what_they_hide(
    alice_client: Client, alice: User, ada: User, part: str, reach: int
) -> None:
    facet, value = HIDDEN[part]
    assert names(alice_client.get("/people/", {facet: value})) == ["ada"]
    accounts.set_field_reach(actor=ada, reach={part: reach})
    assert names(alice_client.get("/people/", {facet: value})) == []
    assert counts(alice_client.get("/people/"), facet) == {}
    graph.follow(actor=alice, target=ada)
    assert bool(names(alice_client.get("/people/", {facet: value}))) == (reach == Reach.FOLLOWERS)
    assert bool(counts(alice_client.get("/people/"), facet)) == (reach == Reach.FOLLOWERS)
    assert names(client_of(ada).get("/people/", {facet: value})) == ["ada"]  # oneself


def test_a_hidden_programme_is_not_found_by_words_nor_shown(alice_client: Client, ada: User) -> None:
    assert "Physics, 2nd year" in alice_client.get("/people/").content.decode()
    accounts.set_field_reach(actor=ada, reach={"programme": Reach.FOLLOWERS, "year": Reach.FOLLOWERS})
    assert names(alice_client.get("/people/?q=phys")) == []
    shown = alice_client.get("/people/").content.decode()
    assert "Physics" not in shown
    assert "2nd year" not in shown


def test_another_campus_sees_what_is_for_everyone_alone(ada: User, southdale: University) -> None:
    client = client_of(make_person("sue", university=southdale))
    assert names(client.get("/people/")) == ["ada"]
    assert names(client.get("/people/?skill=juggling")) == []
    assert counts(client.get("/people/"), "skill") == {}
    accounts.set_field_reach(actor=ada, reach={"skills": Reach.EVERYONE})
    assert names(client.get("/people/?skill=juggling")) == ["ada"]
    list_person(ada, profile_for=Reach.CAMPUS)
    assert names(client.get("/people/")) == []


def test_a_private_profile_is_a_name_that_no_facet_finds(alice_client: Client, alice: User, ada: User) -> None:
    list_person(ada, "Physics", 2, "expert", profile_for=Reach.FOLLOWERS)
    shown = alice_client.get("/people/")
    assert names(shown) == ["ada"]
    assert "Physics" not in shown.content.decode()
    for facet, value in (*HIDDEN.values(), ("role", "student")):
        assert counts(shown, facet) == {}
        assert names(alice_client.get("/people/", {facet: value})) == []
    assert names(alice_client.get("/people/?university=northmere")) == ["ada"]


def test_when_somebody_was_here_is_for_whom_they_let_know(
    alice_client: Client, ada: User, southdale: University
) -> None:
    assert names(alice_client.get("/people/?seen=recently")) == ["ada"]
    assert counts(alice_client.get("/people/"), "seen") == {"recently": 1, "today": 1}
    list_person(ada, online=Reach.NOBODY)
    assert names(alice_client.get("/people/?seen=recently&seen=today")) == []
    assert counts(alice_client.get("/people/"), "seen") == {}
    list_person(ada)
    LastSeen.objects.filter(user=ada).update(at="2020-01-01T00:00:00Z")
    assert names(alice_client.get("/people/?seen=today")) == []


def test_a_field_of_staff_is_a_facet_once_it_is_searchable(alice_client: Client, ada: User) -> None:
    field = ProfileField.objects.create(label="Hall of residence", is_searchable=True)
    ProfileAnswer.objects.create(person=ada, field=field, value="North Hall")
    shown = alice_client.get("/people/")
    assert "Hall of residence" in shown.content.decode()
    assert counts(shown, f"field{field.pk}") == {"North Hall": 1}
    assert names(alice_client.get("/people/", {f"field{field.pk}": "North Hall"})) == ["ada"]
    accounts.set_field_reach(actor=ada, reach={f"field:{field.pk}": Reach.NOBODY})
    assert names(alice_client.get("/people/", {f"field{field.pk}": "North Hall"})) == []
    ProfileField.objects.update(is_searchable=False)
    assert "Hall of residence" not in alice_client.get("/people/").content.decode()


def test_what_the_university_before_asked_is_told_no_more(
    alice: User, ada: User, northmere: University, southdale: University
) -> None:
    """ada has moved: she can neither change nor hide that answer any more."""
    field = ProfileField.objects.create(university=northmere, label="Hall of residence", is_searchable=True)
    accounts.set_answers(actor=ada, answers={field.pk: "North Hall"})
    accounts.set_field_reach(actor=ada, reach={f"field:{field.pk}": Reach.EVERYONE})
    where = {f"field{field.pk}": "North Hall"}
    assert names(client_of(alice).get("/people/", where)) == ["ada"]
    assert "North Hall" in client_of(alice).get("/@ada/").text
    User.objects.filter(pk=ada.pk).update(university=southdale)
    cache.clear()
    assert names(client_of(alice).get("/people/", where)) == []
    assert counts(client_of(alice).get("/people/"), f"field{field.pk}") == {}
    assert "North Hall" not in client_of(alice).get("/@ada/").text


def test_the_address_holds_the_whole_state(alice_client: Client, ada: User, ben: User) -> None:
    shown = alice_client.get("/people/?q=phys&skill=chess&skill=juggling&sort=newest").content.decode()
    assert 'value="phys"' in shown
    assert '<option value="newest" selected>' in shown
    assert len(re.findall(r'name="skill" value="\w+" form="finder" checked', shown)) == 2
    assert "/people/?q=phys&amp;sort=newest&amp;skill=chess" in shown  # the chip that takes juggling away
    assert names(alice_client.get("/people/?sort=newest")) == ["ben", "ada"]
    assert names(alice_client.get("/people/?sort=nonsense")) == ["ada", "ben"]


def test_a_choice_is_a_step_back_and_a_letter_is_not(alice_client: Client, ada: User) -> None:
    def headers(before: str, after: str) -> Any:
        address = f"http://testserver/people/{before}"
        return alice_client.get(f"/people/{after}", headers={**FRAGMENT, "HX-Current-URL": address}).headers

    assert headers("?q=ph", "?q=phy&sort=")["HX-Replace-Url"] == "/people/?q=phy"
    assert headers("?q=ph", "?q=ph&year=2")["HX-Push-Url"] == "/people/?q=ph&year=2"


def test_a_fragment_is_no_page(alice_client: Client, ada: User) -> None:
    body = alice_client.get("/people/?q=ad", headers=FRAGMENT).content.decode()
    assert names(alice_client.get("/people/?q=ad", headers=FRAGMENT)) == ["ada"]
    assert "<html" not in body
    assert 'id="finder-q"' not in body


@pytest.mark.parametrize("sort", ["name", "newest"])
def test_pages_hold_each_person_once(alice_client: Client, northmere: University, sort: str) -> None:
    for number in range(30):
        list_person(make_person(f"p{number:02}", name=f"Pat {number % 3}", password=None))
    first = alice_client.get(f"/people/?sort={sort}&role=student")
    after = re.search(r'hx-get="\?([^"]*cursor=[^"]+)"', first.content.decode())
    assert after
    second = alice_client.get(f"/people/?{after[1].replace('&amp;', '&')}", headers=FRAGMENT)
    rows = re.findall(r'<a class="name" href="/@([^/"]+)/"', second.content.decode())
    assert "facet" not in second.content.decode()
    assert len(names(first)) == 24
    assert sorted([*names(first), *rows]) == [f"p{number:02}" for number in range(30)]


def test_a_row_says_who_is_known_in_common(
    alice_client: Client, alice: User, bob: User, charlie: User, ada: User
) -> None:
    graph.follow(actor=alice, target=bob)
    graph.follow(actor=bob, target=ada)
    assert "You follow <bdi>Bob Birch</bdi>, who follows them" in alice_client.get("/people/").content.decode()
    graph.follow(actor=alice, target=charlie)
    graph.follow(actor=charlie, target=ada)
    assert "You follow <bdi>Bob Birch</bdi> and 1 other who" in alice_client.get("/people/").content.decode()
    Privacy.objects.filter(user=bob).update(followers=Reach.NOBODY)
    assert "You follow <bdi>Charlie Chen</bdi>, who follows them" in alice_client.get("/people/").content.decode()
    Privacy.objects.filter(user=ada).update(followers=Reach.FOLLOWERS)
    assert "You follow" not in alice_client.get("/people/").content.decode()


def test_what_cannot_be_a_value_harms_nothing(alice_client: Client, ada: User) -> None:
    for query in ("year=nine", "level=", "skill=" + "x" * 900, "f%27oo=1", "year=99999999999999999999", "seen=never"):
        assert alice_client.get(f"/people/?{query}").status_code == 200, query
    assert alice_client.get("/people/?cursor=forged").status_code == 400
    assert names(alice_client.get("/people/?year=nine")) == []


def test_the_empty_directory_says_how_to_begin(alice_client: Client) -> None:
    body = alice_client.get("/people/").content.decode()
    assert "Nobody is listed yet" in body
    assert 'href="/settings/privacy/"' in body
    assert "Nobody found" in alice_client.get("/people/?q=zz").content.decode()


@pytest.mark.parametrize("query", ["", "?q=pa", "?skill=chess&role=student", "?sort=newest"])
def test_twenty_cost_what_one_does(alice_client: Client, northmere: University, query: str) -> None:
    def add(start: int, count: int) -> None:
        for number in range(start, start + count):
            person = list_person(make_person(f"pat{number}", name=f"Pat {number}", password=None), "Physics", 1)
            accounts.set_skills(actor=person, names=["Chess"])

    def statements() -> int:
        alice_client.get(f"/people/{query}")
        with CaptureQueriesContext(connection) as queries:
            response = alice_client.get(f"/people/{query}")
        assert names(response)
        return len(queries)

    add(0, 1)
    one = statements()
    add(1, 19)
    assert one == statements() <= 18


def test_a_follow_is_a_request_where_it_must_be(alice_client: Client, ada: User) -> None:
    list_person(ada, profile_for=Reach.FOLLOWERS)
    alice_client.post("/@ada/follow/")
    assert "Requested" in alice_client.get("/people/").content.decode()


def test_two_campuses_are_counted_apart(alice_client: Client, ada: User, make_person: Callable[..., User]) -> None:
    far = make_university("southdale", "Southdale College", 215)
    list_person(make_person("sue", university=far))
    assert counts(alice_client.get("/people/"), "university") == {"northmere": 1, "southdale": 1}
    assert names(alice_client.get("/people/?university=southdale")) == ["sue"]
