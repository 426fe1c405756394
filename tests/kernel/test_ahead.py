"""What a page reads of kept answers comes in one trip, is nobody else's, and never older than what it did itself."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache as store
from django.test import Client

from apps.accounts.models import User
from apps.graph import services as graph
from apps.kernel import ahead, cache
from tests.conftest import client_of

NAMES = ("profile", "circles", "friends")


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    store.delete_pattern("*")  # type: ignore[attr-defined]
    ahead._asked_last.clear()
    yield
    store.delete_pattern("*")  # type: ignore[attr-defined]
    ahead._asked_last.clear()


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The keys of each trip to Redis, as the page makes them."""
    made: list[list[str]] = []
    asked = ahead.fetch

    def counted(keys: Any) -> dict[str, Any]:
        wanted = list(keys)
        made.append(wanted)
        return asked(wanted)

    monkeypatch.setattr(ahead, "fetch", counted)
    return made


def page(me: int | None, university: int | None = None, name: str = "home", **answers: object) -> dict[str, object]:
    """Asks for three kept answers of `me`, as a page of that name does."""
    with ahead.reading(lambda: name, lambda: (me, university)):
        return {one: cache.cached(one, me, make=_answer(answers, one, me), tags=[f"person:{me}"]) for one in NAMES}


def _answer(answers: dict[str, object], one: str, me: int | None) -> Callable[[], object]:
    return lambda: answers.get(one, f"{one} of {me}")


def test_the_second_page_makes_one_trip(trips: list[list[str]]) -> None:
    assert page(1) == {one: f"{one} of 1" for one in NAMES}
    trips.clear()
    assert page(1) == {one: f"{one} of 1" for one in NAMES}
    assert len(trips) == 1


def test_what_one_person_asked_for_is_guessed_for_the_next(trips: list[list[str]]) -> None:
    page(1)
    page(2)
    trips.clear()
    assert page(2) == {one: f"{one} of 2" for one in NAMES}
    assert len(trips) == 1
    assert not [key for key in trips[0] if key.endswith(":1")]


def test_nobody_gets_anothers_answers() -> None:
    for me in (1, 2, 11, 1, 2, 11):
        assert page(me, university=1) == {one: f"{one} of {me}" for one in NAMES}


def test_another_page_guesses_nothing_of_this_one(trips: list[list[str]]) -> None:
    page(1)
    trips.clear()
    page(1, name="explore")
    assert len(trips) == len(NAMES)


def test_what_is_invalidated_meanwhile_is_read_anew(transactional_db: None) -> None:
    """The page's own change counts at once, and an answer from before it is kept for nobody."""
    page(1)
    with ahead.reading(lambda: "home", lambda: (1, None)):
        assert cache.cached("profile", 1, make=lambda: "new", tags=["person:1"]) == "profile of 1"
        cache.invalidate("person:1")
        assert cache.cached("profile", 1, make=lambda: "new", tags=["person:1"]) == "new"
        assert cache.cached("circles", 1, make=lambda: "new circles", tags=["person:1"]) == "new circles"
    assert cache.cached("profile", 1, make=lambda: "newer", tags=["person:1"]) == "new"


def test_what_somebody_else_invalidated_before_is_not_shown(transactional_db: None) -> None:
    page(1)
    cache.invalidate("person:1")
    assert page(1, profile="new")["profile"] == "new"


def test_keys_about_others_are_not_guessed(trips: list[list[str]]) -> None:
    def ask() -> None:
        with ahead.reading(lambda: "home", lambda: (1, None)):
            cache.cached("profile", 1, make=lambda: 1)
            cache.cached("profile", 77, make=lambda: 77)

    ask()
    trips.clear()
    ask()
    assert set(trips[0]) == {"kept:profile:1"}
    assert trips[1] == ["kept:profile:77"]


@pytest.mark.django_db
def test_a_home_page_of_kept_answers_makes_few_trips(alice_client: Client, trips: list[list[str]]) -> None:
    for _ in range(3):
        trips.clear()
        assert alice_client.get("/").status_code == 200
    assert len(trips) <= 3  # the page itself, what it hangs on, and what is not known of it
    assert sum(map(len, trips)) > 10


@pytest.mark.django_db
def test_after_a_write_the_next_page_shows_it(
    alice: User, bob: User, bob_client: Client, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    """Followers are counted on a page whose answers are read ahead."""
    client = client_of(alice)
    for _ in range(2):
        assert client.get("/@bob/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        graph.follow(actor=alice, target=bob)
    assert "<b>1</b> follower" in client.get("/@bob/").text
