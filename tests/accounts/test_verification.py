"""The badge: where it comes from, how it is renewed, when it goes; and students who become alumni."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from apps.accounts import services
from apps.accounts.models import Profile, Role, University, User, Verification
from apps.accounts.tasks import graduate_due, remind_of_ends
from tests.accounts.joining import code_in, confirm, make_staff, sign_up
from tests.conftest import client_of

PAGE, ADMIN = "/settings/verification/", "/admin/accounts/verification/"
MAIL, MANUAL = Verification.Source.MAIL, Verification.Source.MANUAL


def verified(person: User, *, days: int) -> Verification:
    """With so many days left."""
    return services.verify(person=person, source=MAIL, until=timezone.now() + timedelta(days=days))


def new_code(client: Client, drain: Any) -> str:
    client.post(PAGE, {"send": "1"})
    drain()
    return code_in(mail.outbox[-1])


class TestTheBadge:
    def test_sign_up_by_a_campus_address_verifies(self, anonymous_client: Client, northmere: University) -> None:
        University.objects.update(verified_days=100)
        sign_up(anonymous_client)
        assert not Verification.objects.exists()
        confirm(anonymous_client)
        person = User.objects.get(username="erin")
        assert person.verification.source == MAIL
        assert person.verified_until is not None
        assert person.verified_until == person.verification.expires_at
        assert timedelta(days=99) < person.verified_until - timezone.now() <= timedelta(days=100)

    def test_a_log_in_later_does_not_renew_it(self, anonymous_client: Client, northmere: University) -> None:
        sign_up(anonymous_client)
        confirm(anonymous_client)
        before = User.objects.get(username="erin").verified_until
        services.arrive(person=User.objects.get(username="erin"))
        assert User.objects.get(username="erin").verified_until == before

    def test_it_ends(self, alice: User) -> None:
        verified(alice, days=1)
        assert alice.is_verified
        with time_machine.travel(timezone.now() + timedelta(days=2)):
            assert not User.objects.get(pk=alice.pk).is_verified
            assert "You are not verified at the moment" in client_of(alice).get(PAGE).text

    def test_it_goes_with_the_university(self, alice: User, admin: User, southdale: University) -> None:
        verified(alice, days=100)
        kept: dict[str, Any] = {"role": alice.role, "is_staff": False, "is_superuser": False}
        services.set_standing(actor=admin, person=alice, university=alice.university, **kept)
        assert User.objects.get(pk=alice.pk).is_verified
        services.set_standing(actor=admin, person=alice, university=southdale, **kept)
        assert not User.objects.get(pk=alice.pk).is_verified
        assert not Verification.objects.exists()

    def test_the_page_says_source_and_end(self, alice: User, alice_client: Client) -> None:
        verified(alice, days=200)
        page = alice_client.get(PAGE).text
        assert "Verified by a university address" in page
        assert f"{timezone.now() + timedelta(days=200):%B %Y}" in page
        assert "Send me a code" not in page


class TestRenewal:
    @pytest.mark.parametrize(("days", "may"), [(61, False), (59, True), (1, True)])
    def test_from_sixty_days_before_the_end(self, alice: User, alice_client: Client, days: int, may: bool) -> None:
        verified(alice, days=days)
        assert ("Send me a code" in alice_client.get(PAGE).text) is may
        assert alice_client.post(PAGE, {"send": "1"}).status_code == (302 if may else 409)

    def test_it_works(self, alice: User, alice_client: Client, drain: Any, events: Any) -> None:
        verified(alice, days=5)
        code = new_code(alice_client, drain)
        assert mail.outbox[-1].to == ["alice@northmere.example"]
        assert alice_client.post(PAGE, {"code": code.lower()})["Location"] == PAGE
        alice.refresh_from_db()
        assert alice.verified_until is not None
        assert alice.verified_until > timezone.now() + timedelta(days=300)
        assert code not in str(events())

    def test_it_works_for_who_never_was(self, alice: User, alice_client: Client, drain: Any) -> None:
        alice_client.post(PAGE, {"code": new_code(alice_client, drain)})
        assert User.objects.get(pk=alice.pk).is_verified

    def test_a_code_works_once(self, alice: User, alice_client: Client, drain: Any) -> None:
        code = new_code(alice_client, drain)
        alice_client.post(PAGE, {"code": code})
        Verification.objects.update(expires_at=timezone.now() + timedelta(days=1))
        alice_client.post(PAGE, {"send": "1"})
        assert alice_client.post(PAGE, {"code": code}).status_code == 400

    def test_a_code_is_old_after_a_quarter_of_an_hour(self, alice: User, alice_client: Client, drain: Any) -> None:
        code = new_code(alice_client, drain)
        with time_machine.travel(timezone.now() + timedelta(minutes=16)):
            assert alice_client.post(PAGE, {"code": code}).status_code == 400

    def test_a_code_is_for_one_person_and_one_address(
        self, alice: User, alice_client: Client, charlie: User, charlie_client: Client, drain: Any
    ) -> None:
        code = new_code(alice_client, drain)
        charlie_client.post(PAGE, {"send": "1"})
        assert charlie_client.post(PAGE, {"code": code}).status_code == 400
        User.objects.filter(pk=alice.pk).update(email="alice2@northmere.example")
        assert alice_client.post(PAGE, {"code": code}).status_code == 400
        assert not Verification.objects.exists()

    def test_not_without_asking_first(self, alice_client: Client, alice: User) -> None:
        alice_client.post(PAGE, {"code": "BBBB-BBBB"})
        alice_client.post(PAGE, {"code": "", "stamp": "0"})
        assert not Verification.objects.exists()

    def test_guesses_end(self, alice: User, alice_client: Client, drain: Any) -> None:
        code = new_code(alice_client, drain)
        answers = [alice_client.post(PAGE, {"code": "BBBB-BBBB"}).status_code for _ in range(6)]
        assert answers == [400] * 5 + [429]
        assert alice_client.post(PAGE, {"code": code}).status_code == 429
        assert not Verification.objects.exists()

    def test_mails_end(self, alice_client: Client) -> None:
        answers = [alice_client.post(PAGE, {"send": "1"}).status_code for _ in range(4)]
        assert answers == [302] * 3 + [429]

    def test_a_foreign_address_shows_nothing(self, alice: User, alice_client: Client) -> None:
        User.objects.filter(pk=alice.pk).update(email="alice@gmail.com")
        assert "would show nothing" in alice_client.get(PAGE).text
        assert alice_client.post(PAGE, {"send": "1"}).status_code == 409

    def test_another_universitys_address_shows_nothing(
        self, alice: User, alice_client: Client, southdale: University
    ) -> None:
        User.objects.filter(pk=alice.pk).update(email="alice@southdale.example")
        assert alice_client.post(PAGE, {"send": "1"}).status_code == 409


class TestStaff:
    def test_they_look_at_papers(self, alice: User) -> None:
        clerk = make_staff("clerk", "view_verification", "add_verification", "delete_verification")
        client = client_of(clerk)
        ends = timezone.now() + timedelta(days=50)
        until = {"expires_at_0": f"{ends:%Y-%m-%d}", "expires_at_1": "12:00"}
        sent = {"person": alice.pk, "note": "Student card seen"} | until
        assert client.post(f"{ADMIN}add/", sent).status_code == 302
        made = Verification.objects.get()
        assert (made.source, made.verified_by, made.note) == (MANUAL, clerk, "Student card seen")
        alice.refresh_from_db()
        assert alice.verified_until == made.expires_at
        # A second look takes the place of the first, for as long as the university says.
        client.post(f"{ADMIN}add/", {"person": alice.pk, "note": "", "expires_at_0": "", "expires_at_1": ""})
        alice.refresh_from_db()
        assert alice.verified_until is not None
        assert alice.verified_until > ends + timedelta(days=300)
        client.post(f"{ADMIN}{alice.pk}/delete/", {"post": "yes"})
        alice.refresh_from_db()
        assert alice.verified_until is None
        assert not Verification.objects.exists()

    def test_not_into_the_past(self, alice: User, admin_client: Client) -> None:
        sent = {"person": alice.pk, "note": "", "expires_at_0": "2020-01-01", "expires_at_1": "12:00"}
        assert admin_client.post(f"{ADMIN}add/", sent).status_code == 200
        assert not Verification.objects.exists()

    def test_it_takes_the_permission(self, alice: User) -> None:
        client = client_of(make_staff("reader", "view_verification"))
        assert client.post(f"{ADMIN}add/", {"person": alice.pk}).status_code == 403


class TestReminders:
    def test_thirty_and_seven_days_before_and_once_each(self, alice: User, drain: Any) -> None:
        verified(alice, days=40)
        start = timezone.now()
        sent = []
        for day in range(45):
            with time_machine.travel(start + timedelta(days=day, hours=1)):
                remind_of_ends()
                remind_of_ends()
                drain()
            sent.append(len(mail.outbox))
        assert sent[9] == 0
        assert sent[10] == 1
        assert sent[32] == 1
        assert sent[33] == sent[44] == 2
        assert mail.outbox[0].to == ["alice@northmere.example"]
        assert "Your verification ends on" in mail.outbox[0].subject

    def test_not_who_has_renewed(self, alice: User, drain: Any) -> None:
        verified(alice, days=5)
        verified(alice, days=300)
        remind_of_ends()
        drain()
        assert mail.outbox == []

    def test_not_who_is_kept_out(self, alice: User, admin: User, drain: Any) -> None:
        verified(alice, days=5)
        services.set_active(actor=admin, person=alice, active=False)
        remind_of_ends()
        drain()
        assert mail.outbox == []


class TestGraduation:
    def test_on_the_day_after(self, alice: User, bob: User, drain: Any, events: Any) -> None:
        today = timezone.localdate()
        Profile.objects.filter(user=alice).update(graduates_on=today)
        graduate_due()
        assert User.objects.get(pk=alice.pk).role == Role.STUDENT
        with time_machine.travel(timezone.now() + timedelta(days=1)):
            graduate_due()
            graduate_due()
            assert User.objects.get(pk=alice.pk).role == Role.ALUMNI
            assert User.objects.get(pk=bob.pk).role == Role.STUDENT
            assert events().count("user.graduated") == 1
            drain()
        assert [message.to for message in mail.outbox] == [["alice@northmere.example"]]
        assert "Your account, your posts and everybody you follow stay" in mail.outbox[0].body

    def test_everything_stays(self, alice: User, bob: User, alices_post: Any, alice_client: Client) -> None:
        verified(alice, days=100)
        alice_client.post(PAGE, {"graduate": "1"})
        alice.refresh_from_db()
        assert alice.role == Role.ALUMNI
        assert alice.is_verified
        assert alice.is_active
        assert client_of(bob).get(f"/posts/{alices_post.pk}/").status_code == 200
        assert "alumni" in client_of(bob).get("/@alice/").text

    def test_only_students_graduate(self, mira: User, mira_client: Client) -> None:
        User.objects.filter(pk=mira.pk).update(role=Role.STAFF)
        assert "I have graduated" not in mira_client.get(PAGE).text
        mira_client.post(PAGE, {"graduate": "1"})
        assert User.objects.get(pk=mira.pk).role == Role.STAFF

    def test_nobody_becomes_more_by_it(self, alice: User, alice_client: Client) -> None:
        alice_client.post(PAGE, {"graduate": "1", "role": "staff", "is_staff": "on", "verified_until": "2099-01-01"})
        alice.refresh_from_db()
        assert (alice.role, alice.is_staff, alice.verified_until) == (Role.ALUMNI, False, None)


def test_a_guest_is_asked_to_log_in(anonymous_client: Client) -> None:
    assert anonymous_client.get(PAGE)["Location"].startswith("/accounts/login/")
    assert anonymous_client.post(PAGE, {"send": "1"})["Location"].startswith("/accounts/login/")
