"""The first steps of a newcomer, and their checklist on home."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts import selectors as accounts
from apps.accounts import services as account_services
from apps.accounts.events import UserRegistered
from apps.accounts.models import Profile, University, User
from apps.graph.models import Follow
from apps.kernel import outbox
from apps.posts.models import Post
from apps.web import services
from apps.web.models import Welcome
from tests import cast
from tests.conftest import client_of

YOU = {"name": "Alice A.", "pronouns": "she/her", "bio": "Second year physics."}
REACH = {"profile_for": "1", "in_directory": "on"}


def step(number: int) -> str:
    return reverse("web:welcome", args=[number])


@pytest.fixture
def new(alice: User) -> User:
    """alice, as her sign-up leaves her."""
    services.start_welcome(person_id=alice.pk)
    return alice


def state(person: User) -> Welcome:
    return Welcome.objects.get(person=person)


@pytest.mark.django_db(transaction=True)
def test_a_sign_up_begins_the_welcome(alice: User, drain: Callable[[], int]) -> None:
    for _time in range(2):  # a handler may run twice
        with transaction.atomic():
            outbox.publish(UserRegistered(person_id=alice.pk), actor_id=alice.pk)
    drain()
    assert state(alice).step == 1


def test_home_leads_there_once(new: User, alice_client: Client) -> None:
    assert alice_client.get("/")["Location"] == reverse("web:welcome")
    assert alice_client.get(reverse("web:welcome"))["Location"] == step(1)
    assert alice_client.get("/").status_code == 200


def test_home_leads_nobody_who_skipped(new: User, alice_client: Client) -> None:
    alice_client.post(step(1), {"skip": "1"})
    assert alice_client.get("/").status_code == 200


def test_home_leads_no_old_member(alice: User, alice_client: Client) -> None:
    response = alice_client.get("/")
    assert response.status_code == 200
    assert "First steps" not in response.content.decode()


def test_a_fragment_of_home_is_never_led(new: User, alice_client: Client) -> None:
    assert alice_client.get("/?view=latest", headers={"HX-Request": "true"}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_all_the_steps(new: User, alice_client: Client, mira: User) -> None:
    """Each keeps what was said and leads to the next."""
    assert alice_client.post(step(1), YOU)["Location"] == step(2)
    studies = {"programme": "Physics", "year": "2", "courses": "math 210: Linear algebra\nPHYS 201"}
    assert alice_client.post(step(2), studies)["Location"] == step(3)
    interests = {"chosen": ["Music", "Chess"], "more": "old maps, bouldering,"}
    assert alice_client.post(step(3), interests)["Location"] == step(4)
    assert alice_client.post(step(4), {"follow": ["mira"]})["Location"] == step(5)
    assert alice_client.post(step(5), REACH)["Location"] == "/"
    new.refresh_from_db()
    facts = accounts.facts_of(new)
    assert (new.name, new.username, facts.pronouns, facts.programme, facts.year) == (
        "Alice A.",
        "alice",
        "she/her",
        "Physics",
        2,
    )
    assert {course.code for course in facts.courses} == {"MATH 210", "PHYS 201"}
    assert {course.term for course in facts.courses} == {accounts.current_term(timezone.localdate())}
    assert set(facts.interests) == {"Music", "Chess", "old maps", "bouldering"}
    assert Follow.objects.filter(follower=new, followee=mira).exists()
    kept = accounts.settings_of(new)
    assert (kept["profile_for"], kept["posts_for"], kept["in_directory"]) == (1, 1, True)
    assert kept["online"] == accounts.Reach.NOBODY
    assert state(new).finished_at is not None


def test_any_step_can_be_skipped(new: User, alice_client: Client) -> None:
    profile = Profile.objects.filter(pk=new.pk).values().get()
    places = [alice_client.post(step(number), {"skip": "1", "name": "Changed"})["Location"] for number in range(1, 6)]
    assert places == [step(2), step(3), step(4), step(5), "/"]
    new.refresh_from_db()
    assert new.name == "Alice Ashdown"
    assert Profile.objects.filter(pk=new.pk).values().get() == profile
    assert "0 of 4" in alice_client.get("/").content.decode()


def test_it_goes_on_where_it_stopped(new: User, alice_client: Client) -> None:
    alice_client.post(step(1), YOU)
    alice_client.post(step(2), {"skip": "1"})
    assert alice_client.get(reverse("web:welcome"))["Location"] == step(3)
    alice_client.post(step(1), YOU)  # going back is no way to lose one's place
    assert alice_client.get(reverse("web:welcome"))["Location"] == step(3)


@pytest.mark.django_db(transaction=True)
def test_what_was_said_stands_there_again(new: User, alice_client: Client) -> None:
    alice_client.post(step(1), YOU)
    alice_client.post(step(2), {"programme": "Physics", "year": "2", "courses": "MATH 210: Linear algebra"})
    alice_client.post(step(3), {"chosen": ["Chess"]})
    assert "Second year physics." in alice_client.get(step(1)).content.decode()
    studies = alice_client.get(step(2)).content.decode()
    assert "MATH 210: Linear algebra" in studies
    assert '<option value="2" selected>' in studies
    assert 'value="Chess"' in alice_client.get(step(3)).content.decode()


def test_the_rest_can_be_left_for_later(new: User, alice_client: Client) -> None:
    assert alice_client.post(step(1), {"later": "1"})["Location"] == "/"
    page = alice_client.get("/")
    assert page.status_code == 200
    assert "First steps" in page.content.decode()


def test_what_is_wrong_is_said_beside_its_field(new: User, alice_client: Client) -> None:
    response = alice_client.post(step(1), {"name": ""})
    assert response.status_code == 400
    assert 'aria-invalid="true"' in response.content.decode()
    response = alice_client.post(step(2), {"courses": "this is no code of a course at all"})
    assert response.status_code == 400
    assert state(new).step == 1


def test_nobody_who_cannot_be_seen_is_followed(new: User, alice_client: Client, dora: User, mira: User) -> None:
    """dora is blocked by alice; a name nobody has, and her own, are passed over."""
    alice_client.post(step(4), {"follow": ["dora", "nobody", "alice", "mira"]})
    assert list(Follow.objects.filter(follower=new).values_list("followee__username", flat=True)) == ["mira"]


def test_people_are_offered_with_a_reason(new: User, alice_client: Client, charlie: User, dora: User) -> None:
    page = alice_client.get(step(4)).content.decode()
    assert "Charlie Chen" in page
    assert "you are both at" in page
    assert "Dora" not in page


def test_an_empty_offer_says_why(southdale: University) -> None:
    alone = cast.make_person("alone", university=southdale)
    assert "You are among the first" in client_of(alone).get(step(4)).content.decode()


def test_interests_of_the_campus_are_offered(
    new: User, alice_client: Client, charlie: User, mira: User, bob: User
) -> None:
    """What at least two people let the campus see."""
    account_services.set_interests(actor=charlie, names=["Rowing", "Beekeeping"])
    account_services.set_interests(actor=mira, names=["Rowing", "Secrets"])
    account_services.set_interests(actor=bob, names=["Secrets"])
    account_services.set_field_reach(actor=bob, reach={"interests": accounts.Reach.NOBODY})
    page = alice_client.get(step(3)).content.decode()
    assert 'value="Rowing"' in page
    assert 'value="Music"' in page
    assert "Beekeeping" not in page
    assert "Secrets" not in page


def test_posts_set_apart_stay_apart(new: User, alice_client: Client) -> None:
    kept = accounts.settings_of(new)
    account_services.update_privacy(actor=new, **{**kept, "posts_for": 2})
    alice_client.post(step(5), {"profile_for": "1"})
    new.refresh_from_db()
    assert accounts.settings_of(new)["posts_for"] == 2


@pytest.mark.django_db(transaction=True)
def test_the_checklist_is_live(
    new: User, alice_client: Client, make_post: Callable[..., Post], mira: User, charlie: User, bob: User
) -> None:
    services.leave_welcome(actor=new)

    def done() -> str:
        page = alice_client.get("/").content.decode()
        return next((f"{count} of 4" for count in range(5) if f"{count} of 4" in page), "gone")

    assert done() == "0 of 4"
    alice_client.post(step(2), {"programme": "Physics"})
    assert done() == "1 of 4"
    alice_client.post(step(4), {"follow": ["mira", "charlie", "bob"]})
    assert done() == "2 of 4"
    make_post(new, "Hello")
    assert done() == "3 of 4"
    alice_client.post(step(5), REACH)
    assert done() == "gone"


@pytest.mark.django_db(transaction=True)
def test_who_chose_in_settings_need_not_choose_again(new: User, drain: Callable[[], int]) -> None:
    services.leave_welcome(actor=new)
    account_services.update_privacy(actor=new, **accounts.settings_of(new))
    drain()
    assert state(new).step == 6


@pytest.mark.django_db(transaction=True)
def test_settings_do_not_pass_the_steps_before_them(new: User, drain: Callable[[], int]) -> None:
    account_services.update_privacy(actor=new, **accounts.settings_of(new))
    drain()
    assert state(new).step == 1


def test_it_closes_for_good(new: User, alice_client: Client) -> None:
    for _time in range(2):
        assert alice_client.post(reverse("web:welcome_close")).status_code == 302
    page = alice_client.get("/")
    assert page.status_code == 200
    assert "First steps" not in page.content.decode()
    services.start_welcome(person_id=new.pk)
    assert "First steps" not in alice_client.get("/").content.decode()


def test_closing_it_in_the_page_leaves_nothing(new: User, alice_client: Client) -> None:
    response = alice_client.post(reverse("web:welcome_close"), headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert response.content.decode().strip() == ""


def test_an_old_member_may_look_and_gets_no_checklist(alice: User, alice_client: Client) -> None:
    assert alice_client.get(reverse("web:welcome"))["Location"] == step(1)
    assert alice_client.post(step(1), YOU)["Location"] == step(2)
    assert alice_client.post(step(5), REACH)["Location"] == "/"
    assert not Welcome.objects.filter(person=alice).exists()


def test_the_checklist_costs_an_old_member_no_query(alice: User, alice_client: Client) -> None:
    alice_client.get("/")
    with CaptureQueriesContext(connection) as caught:
        alice_client.get("/")
    assert not [query for query in caught.captured_queries if "web_welcome" in query["sql"]]


@pytest.mark.parametrize("number", [6, 99])
def test_there_are_five_steps(number: int, new: User, alice_client: Client) -> None:
    assert alice_client.get(step(number)).status_code == 404


def test_it_is_for_members(anonymous_client: Client, northmere: Any) -> None:
    for address in (reverse("web:welcome"), step(1)):
        assert anonymous_client.get(address)["Location"].startswith("/accounts/login/")
    assert anonymous_client.post(reverse("web:welcome_close")).status_code == 302


def test_closing_is_a_post(new: User, alice_client: Client) -> None:
    assert alice_client.get(reverse("web:welcome_close")).status_code == 405
    assert alice_client.post(reverse("web:welcome")).status_code == 405


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_a_step_costs_few_queries_however_many_people(
    number: int, new: User, alice_client: Client, make_person: Callable[..., User], django_assert_max_num_queries: Any
) -> None:
    for count in range(12):
        make_person(f"person{count}")
    alice_client.get(step(number))
    with django_assert_max_num_queries(8):
        alice_client.get(step(number))
