"""Lists of followers, and the suggestions behind an @."""

from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.graph import services

LISTS = ["/@alice/followers/", "/@alice/following/"]


@pytest.fixture
def crowd(alice: User, make_person: Any) -> list[User]:
    people = [make_person(f"person{n:02}", name=f"Person {n}") for n in range(20)]
    for person in people:
        services.follow(actor=person, target=alice)
        services.follow(actor=alice, target=person)
    return people


@pytest.mark.parametrize("url", LISTS)
def test_lists_are_open_and_flat_in_queries(
    url: str, alice: User, bob: User, charlie_client: Client, django_assert_max_num_queries: Any, make_person: Any
) -> None:
    with django_assert_max_num_queries(4):
        assert charlie_client.get(url).status_code == 200
    for n in range(20):
        person = make_person(f"person{n:02}")
        services.follow(actor=person, target=alice)
        services.follow(actor=alice, target=person)
    charlie_client.get(url)  # making twenty people takes its time, and what was kept may have run out
    with django_assert_max_num_queries(4):
        answer = charlie_client.get(url)
    assert len(answer.context["page"].items) >= 20


@pytest.mark.parametrize("url", LISTS)
def test_a_guest_reads_and_finds_no_button(url: str, anonymous_client: Client, crowd: list[User]) -> None:
    page = anonymous_client.get(url).text
    assert "Person 3" in page
    assert "/follow/" not in page


@pytest.mark.parametrize("url", LISTS)
def test_blocked_and_gone_people_are_left_out(
    url: str, crowd: list[User], charlie: User, charlie_client: Client
) -> None:
    services.block(actor=crowd[0], target=charlie)
    services.block(actor=charlie, target=crowd[1])
    User.objects.filter(pk=crowd[2].pk).update(is_active=False)
    shown = {row.person.username for row in charlie_client.get(url).context["page"].items}
    assert shown == {person.username for person in crowd[3:]}


@pytest.mark.parametrize(
    ("of", "said"),
    [
        ("followers", "Nobody follows you yet"),
        ("following", "You follow nobody yet"),
        ("friends", "No friends here yet"),
    ],
)
def test_ones_own_empty_lists_say_what_to_do(of: str, said: str, alice: User, alice_client: Client) -> None:
    page = alice_client.get(f"/@alice/{of}/").text
    assert said in page
    assert "Find people" in page.split("<main")[1]


@pytest.mark.parametrize("url", LISTS)
def test_who_is_blocked_gets_404(url: str, alice: User, dora_client: Client) -> None:
    assert dora_client.get(url).status_code == 404


@pytest.mark.parametrize("url", LISTS)
def test_pages_hold_everybody_once(
    url: str, alice: User, crowd: list[User], anonymous_client: Client, make_person: Any
) -> None:
    for n in range(20, 70):
        person = make_person(f"person{n}")
        services.follow(actor=person, target=alice)
        services.follow(actor=alice, target=person)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = anonymous_client.get(url, {"cursor": cursor}, headers={"HX-Request": "true"})
        assert "<html" not in answer.text
        seen += [row.person.username for row in answer.context["page"].items]
        cursor = answer.context["page"].next
    assert sorted(seen) == sorted({f"person{n:02}" for n in range(70)})


@pytest.mark.parametrize("url", LISTS)
def test_a_broken_cursor_is_400(url: str, alice: User, anonymous_client: Client) -> None:
    assert anonymous_client.get(url, {"cursor": "x"}).status_code == 400
    assert anonymous_client.post(url).status_code == 405


class TestSuggest:
    URL = "/people/suggest"

    def names(self, client: Client, typed: str) -> list[str]:
        answer = client.get(self.URL, {"q": typed})
        assert answer.status_code == 200
        return [item["username"] for item in answer.json()["items"]]

    @pytest.mark.parametrize("typed", ["al", "ALI", "Ash", "alice ash", "ash ali", " ashdown"])
    def test_username_and_words_of_the_name(self, typed: str, alice: User, charlie_client: Client) -> None:
        assert self.names(charlie_client, typed) == ["alice"]

    @pytest.mark.parametrize(
        "typed", ["", " ", "@", "lice", "down", "x", "%", "_", "\\", "'", "a'b", ":*", "& |", "\x00"]
    )
    def test_what_begins_nothing(self, typed: str, alice: User, charlie_client: Client) -> None:
        answer = charlie_client.get(self.URL, {"q": typed})
        assert answer.status_code in (200, 400)
        assert answer.status_code == 400 or answer.json() == {"items": []}

    def test_names_of_other_scripts(self, charlie_client: Client, make_person: Any) -> None:
        make_person("li.ming", name="李明")
        make_person("nour", name="نور الهدى")
        assert self.names(charlie_client, "李") == []  # one sign of a stranger's name is not enough
        assert self.names(charlie_client, "李明") == ["li.ming"]
        assert self.names(charlie_client, "الهدى") == ["nour"]

    def test_who_one_follows_comes_first(self, charlie: User, charlie_client: Client, make_person: Any) -> None:
        for n in range(12):
            make_person(f"person{n:02}", name="Person")
        services.follow(actor=charlie, target=User.objects.get(username="person11"))
        found = self.names(charlie_client, "pers")
        assert found[0] == "person11"
        assert len(found) == len(set(found)) == 8

    def test_one_does_not_find_oneself(self, alice_client: Client) -> None:
        assert self.names(alice_client, "alice") == []

    def test_blocked_and_gone_people_are_not_found(self, alice_client: Client, dora_client: Client, bob: User) -> None:
        User.objects.filter(pk=bob.pk).update(is_active=False)
        assert self.names(alice_client, "dora") == []
        assert self.names(dora_client, "alice") == []
        assert self.names(alice_client, "bob") == []

    def test_it_is_flat_in_queries(
        self, charlie_client: Client, make_person: Any, django_assert_max_num_queries: Any
    ) -> None:
        for n in range(20):
            make_person(f"person{n:02}")
        with django_assert_max_num_queries(4):
            charlie_client.get(self.URL, {"q": "person"})

    def test_the_answer_draws_an_avatar(self, alice: User, charlie_client: Client) -> None:
        item = charlie_client.get(self.URL, {"q": "alice"}).json()["items"][0]
        assert item == {
            "username": "alice", "name": "Alice Ashdown", "initials": "AA", "hue": alice.hue, "land": alice.land,
        }  # fmt: skip

    def test_a_guest_gets_nothing(self, anonymous_client: Client, alice: User) -> None:
        assert anonymous_client.get(self.URL, {"q": "alice"}).status_code in (302, 401)
