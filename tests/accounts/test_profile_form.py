"""`/settings/profile/` and `/settings/status/`."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts import selectors
from apps.accounts.models import Privacy, Profile, ProfileAnswer, ProfileField, University, User
from apps.accounts.selectors import Reach
from tests.conftest import client_of

PROFILE, STATUS = "/settings/profile/", "/settings/status/"
HTMX = {"HX-Request": "true"}


def form(**changes: Any) -> dict[str, Any]:
    return {"name": "Alice A.", "username": "alice", "bio": "", "pronouns": ""} | changes


class TestProfile:
    def test_it_works(self, alice_client: Client, alice: User, events: Any) -> None:
        answer = alice_client.post(
            PROFILE, form(name="  Alice\u202e B. ", bio="Physics,\nand tea.", pronouns="she/her")
        )
        assert (answer.status_code, answer["Location"]) == (302, PROFILE)
        alice.refresh_from_db()
        assert alice.name == "Alice B."
        assert Profile.objects.filter(user=alice, bio="Physics,\nand tea.", pronouns="she/her").exists()
        assert events()[-1] == "user.updated"

    def test_it_shows_what_is_stored(self, alice_client: Client, alice: User) -> None:
        Profile.objects.filter(user=alice).update(bio="<script>alert(1)</script>")
        page = alice_client.get(PROFILE).text
        assert "Alice Ashdown" in page
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;" in page

    def test_a_guest_logs_in_first(self, anonymous_client: Client) -> None:
        assert anonymous_client.get(PROFILE)["Location"] == "/accounts/login/?next=%2Fsettings%2Fprofile%2F"
        assert anonymous_client.post(PROFILE, form()).status_code == 302

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", ""),
            ("name", "\u200b"),
            ("name", "x" * 81),
            ("name", "\u0958" * 80),  # fits as typed, and not as it is kept
            ("bio", "x" * 1_001),
            ("username", "no way"),
            ("username", "admin"),
            ("username", "BOB"),
            ("username", "x" * 1_000_000),
            ("reach_bio", "7"),
        ],
    )
    def test_bad_input_loses_nothing(
        self, alice_client: Client, alice: User, bob: User, field: str, value: str
    ) -> None:
        answer = alice_client.post(PROFILE, form(pronouns="she and her", **{field: value}))
        assert answer.status_code == 400
        assert "she and her" in answer.text
        alice.refresh_from_db()
        assert (alice.name, alice.username, alice.profile.pronouns) == ("Alice Ashdown", "alice", "")

    def test_a_fragment_holds_the_form_alone(self, alice_client: Client) -> None:
        answer = alice_client.get(PROFILE, headers=HTMX)
        assert "<form" in answer.text
        assert "<html" not in answer.text
        assert "HX-Request" in answer["Vary"]

    def test_other_methods(self, alice_client: Client) -> None:
        assert alice_client.delete(PROFILE).status_code == 405

    def test_it_needs_a_token(self, alice: User) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(alice)
        assert client.post(PROFILE, form()).status_code == 403

    def test_it_may_run_twice(self, alice_client: Client, alice: User) -> None:
        for _ in range(2):
            assert alice_client.post(PROFILE, form(username="Alice.A")).status_code == 302
        alice.refresh_from_db()
        assert alice.username == "alice.a"

    def test_a_missing_profile_row_is_made(self, alice_client: Client, alice: User) -> None:
        Profile.objects.all().delete()
        assert alice_client.get(PROFILE).status_code == 200
        alice_client.post(PROFILE, form(bio="back"))
        assert Profile.objects.get().bio == "back"

    def test_a_missing_privacy_row_is_made(self, alice_client: Client, alice: User) -> None:
        Privacy.objects.all().delete()
        assert alice_client.get(PROFILE).status_code == 200
        alice_client.post(PROFILE, form(reach_bio=Reach.NOBODY.value))
        assert Privacy.objects.get(user=alice).fields == {"bio": Reach.NOBODY}

    def test_a_preview_shows_the_markdown_and_keeps_nothing(self, alice_client: Client, alice: User) -> None:
        answer = alice_client.post(PROFILE, form(bio="**bold** <b>", name="", preview="1"))
        assert answer.status_code == 200
        assert "<strong>bold</strong> &lt;b&gt;" in answer.text
        assert Profile.objects.get(user=alice).bio == ""

    def test_who_sees_each_part_is_kept_and_shown(self, alice_client: Client, alice: User) -> None:
        alice_client.post(PROFILE, form(reach_bio=Reach.FOLLOWERS.value, reach_pronouns=Reach.NOBODY.value))
        assert Privacy.objects.get(user=alice).fields == {"bio": Reach.FOLLOWERS, "pronouns": Reach.NOBODY}
        assert alice_client.get(PROFILE).context["form"]["reach_bio"].value() == Reach.FOLLOWERS

    def test_a_form_that_does_not_ask_leaves_it(self, alice_client: Client, alice: User) -> None:
        alice_client.post(PROFILE, form(reach_bio=Reach.NOBODY.value))
        alice_client.post(PROFILE, form())
        assert Privacy.objects.get(user=alice).fields["bio"] == Reach.NOBODY


class TestQuestionsOfStaff:
    @pytest.fixture
    def house(self, northmere: University) -> ProfileField:
        return ProfileField.objects.create(
            university=northmere, label="House", kind="choice", choices="Oak\nElm\n\nOak", is_required=True
        )

    def test_an_answer_is_kept(self, alice_client: Client, alice: User, house: ProfileField) -> None:
        page = alice_client.get(PROFILE).text
        assert "House" in page
        assert page.count(">Elm<") == 1
        answer = alice_client.post(PROFILE, form(**{f"field_{house.pk}": "Elm", f"reach_field_{house.pk}": "0"}))
        assert answer.status_code == 302
        assert ProfileAnswer.objects.get(person=alice).value == "Elm"
        assert Privacy.objects.get(user=alice).fields[f"field:{house.pk}"] == Reach.EVERYONE

    @pytest.mark.parametrize("value", ["", "Ash"])
    def test_a_required_one_wants_an_answer_of_the_list(
        self, value: str, alice_client: Client, alice: User, house: ProfileField
    ) -> None:
        answer = alice_client.post(PROFILE, form(pronouns="they and them", **{f"field_{house.pk}": value}))
        assert answer.status_code == 400
        assert "they and them" in answer.text
        assert not ProfileAnswer.objects.exists()
        assert Profile.objects.get(user=alice).pronouns == ""

    @pytest.mark.parametrize(
        ("kind", "good", "bad"),
        [
            ("text", "second floor", "x" * 501),
            ("long", "one\ntwo", "x" * 501),
            ("number", "-12.5", "twelve"),
            ("date", "2026-12-24", "24.12.2026"),
            ("date", "2024-02-29", "2026-02-30"),
            ("link", "https://choir.example/", "javascript:alert(1)"),
        ],
    )
    def test_each_kind(self, kind: str, good: str, bad: str, alice_client: Client, alice: User) -> None:
        field = ProfileField.objects.create(label="More", kind=kind)
        assert alice_client.post(PROFILE, form(**{f"field_{field.pk}": bad})).status_code == 400
        assert alice_client.post(PROFILE, form(**{f"field_{field.pk}": good})).status_code == 302
        assert ProfileAnswer.objects.get(person=alice).value == good
        alice_client.post(PROFILE, form(**{f"field_{field.pk}": ""}))
        assert not ProfileAnswer.objects.exists()

    def test_those_of_another_university_and_those_out_of_use_are_not_asked(
        self, alice_client: Client, alice: User, southdale: University
    ) -> None:
        ProfileField.objects.create(university=southdale, label="Foreign")
        ProfileField.objects.create(label="Former", is_shown=False)
        page = alice_client.get(PROFILE).text
        assert "Foreign" not in page
        assert "Former" not in page


class TestStatus:
    def test_it_is_set_until_the_day_ends(self, alice_client: Client, alice: User) -> None:
        answer = alice_client.post(STATUS, {"emoji": "☕", "text": "In the café", "lasts": "day"})
        assert answer.status_code == 302
        profile = Profile.objects.get(user=alice)
        assert (profile.status_emoji, profile.status_text) == ("☕", "In the café")
        assert profile.status_until is not None
        ends = timezone.localtime(profile.status_until)
        assert (ends.date(), ends.hour) == (timezone.localdate() + timedelta(days=1), 0)
        assert "In the café" in alice_client.get("/@alice/").text

    @pytest.mark.parametrize("usual", ["exams", "partner", "away"])
    def test_a_usual_one_is_a_press_away_and_so_is_none(self, usual: str, alice_client: Client, alice: User) -> None:
        alice_client.post(STATUS, {"usual": usual, "text": "not this", "lasts": "hour"})
        profile = Profile.objects.get(user=alice)
        assert profile.status_text in ("In exams", "Looking for a study partner", "Away")
        assert profile.status_until is not None
        assert profile.status_until > timezone.now() + timedelta(days=6)
        alice_client.post(STATUS, {"clear": "1", "text": "still there"})
        cleared = Profile.objects.get(user=alice)
        assert (cleared.status_emoji, cleared.status_text, cleared.status_until) == ("", "", None)

    @pytest.mark.parametrize(
        "wrong", [{"emoji": "hello"}, {"emoji": "☕" * 17}, {"text": "x" * 81}, {"lasts": "ever"}, {"reach_text": "x"}]
    )
    def test_bad_input_loses_nothing(self, wrong: dict[str, str], alice_client: Client, alice: User) -> None:
        answer = alice_client.post(STATUS, {"emoji": "☕", "text": "In the old café", "lasts": "day"} | wrong)
        assert answer.status_code == 400
        assert "In the old café" in answer.text or "text" in wrong
        assert Profile.objects.get(user=alice).status_text == ""

    def test_one_that_has_run_out_is_nobody_s(self, alice_client: Client, alice: User) -> None:
        Profile.objects.filter(user=alice).update(
            status_text="Long ago", status_until=timezone.now() - timedelta(minutes=1)
        )
        assert "Long ago" not in alice_client.get("/@alice/").text
        assert "Long ago" not in alice_client.get(PROFILE).text

    def test_one_that_runs_out_while_it_is_kept_goes_too(self, alice: User, time_machine: Any) -> None:
        start = timezone.now()
        Profile.objects.filter(user=alice).update(status_text="Soup", status_until=start + timedelta(seconds=60))
        assert selectors.shown_to(selectors.facts_of(alice), Reach.CAMPUS).status is not None
        time_machine.move_to(start + timedelta(seconds=61))
        assert selectors.shown_to(selectors.facts_of(alice), Reach.CAMPUS).status is None

    def test_a_guest_and_other_methods(self, anonymous_client: Client, alice_client: Client) -> None:
        assert anonymous_client.post(STATUS, {"text": "x"}).status_code == 302
        assert alice_client.get(STATUS).status_code == 405


def test_the_hint_names_three_things_at_most_and_closes_for_good(alice: User, alice_client: Client) -> None:
    page = alice_client.get("/@alice/").text
    assert "Say what you study" in page
    assert len(selectors.missing(alice)) == 3
    assert "So that people find you" not in client_of(alice).get("/@alice/?as=campus").text
    assert alice_client.post("/hint/close/").status_code == 302
    assert "Say what you study" not in alice_client.get("/@alice/").text
    assert alice_client.get("/welcome/").status_code in (302, 404)  # closing a hint begins no welcome


def test_nobody_else_sees_the_hint(alice: User, bob_client: Client) -> None:
    assert "So that people find you" not in bob_client.get("/@alice/").text


def test_a_full_profile_lacks_nothing(alice: User) -> None:
    from apps.accounts import services

    services.update_profile(actor=alice, name="Alice", username="alice", pronouns="", bio="Tea.")
    services.update_studies(actor=alice, programme="Physics", year=2, graduates_on=date(2028, 7, 1), level="beginner")
    services.set_skills(actor=alice, names=["LaTeX"])
    services.set_interests(actor=alice, names=["Chess"])
    services.set_languages(actor=alice, languages=[("en", False)])
    services.set_courses(actor=alice, year=2026, season=3, codes=["MATH 210"])
    assert selectors.missing(alice) == []
