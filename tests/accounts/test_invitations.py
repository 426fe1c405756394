"""Invitations: who may make which, what a link opens and for whom, and that one use is one account."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.accounts import selectors, services
from apps.accounts.models import BlockedDomain, Entry, Invitation, InvitationUse, JoinRequest, University, User
from apps.kernel.errors import Conflict, Forbidden
from tests.accounts.joining import (
    CODE,
    SIGN_UP,
    WAITING,
    confirm,
    form,
    is_logged_in,
    link,
    make_invitation,
    make_staff,
    sign_up,
)
from tests.cast import make_person, make_university
from tests.conftest import client_of

PAGE = "/settings/invitations/"


@pytest.fixture
def inviting(northmere: University) -> University:
    """Northmere, whose members may invite."""
    northmere.members_invite = True
    northmere.save(update_fields=["members_invite"])
    return northmere


@pytest.fixture
def host(inviting: University) -> User:
    return make_person("host", name="Hoda Host")


@pytest.fixture
def registrar(northmere: University) -> User:
    return make_staff("registrar", "add_invitation")


def wide(university: University, **changes: str) -> dict[str, str]:
    return {
        "emails": "",
        "university": str(university.pk),
        "role": "faculty",
        "max_uses": "3",
        "days": "90",
        "note": "",
    } | changes


class TestMembers:
    def test_a_link(self, host: User, inviting: University) -> None:
        client = client_of(host)
        assert client.post(PAGE, {"emails": "", "note": ""})["Location"] == PAGE
        made = Invitation.objects.get()
        assert (made.university, made.role, made.max_uses, made.email) == (inviting, "student", 1, "")
        assert link(made) in client.get(PAGE).text

    def test_a_mail(self, host: User, drain: Any) -> None:
        client_of(host).post(PAGE, {"emails": "Zoe@Gmail.com", "note": "Bring cake."})
        assert mail.outbox == []  # not in the request
        drain()
        (message,) = mail.outbox
        assert message.to == ["zoe@gmail.com"]
        assert "Hoda Host invites you" in message.body
        assert "Bring cake." in message.body
        assert link(Invitation.objects.get()) in message.body

    def test_five_open_at_a_time(self, host: User) -> None:
        client = client_of(host)
        for _ in range(5):
            client.post(PAGE, {"emails": "", "note": ""})
        assert "as many as you may have" in client.get(PAGE).text
        assert client.post(PAGE, {"emails": "", "note": ""}).status_code == 409
        first = Invitation.objects.earliest("pk")
        client.post(PAGE, {"revoke": first.pk})
        assert client.post(PAGE, {"emails": "", "note": ""})["Location"] == PAGE

    def test_they_choose_nothing_else(self, host: User, inviting: University, southdale: University) -> None:
        """Role, university, number and time are staff's to choose, whatever a form sends."""
        client_of(host).post(PAGE, wide(southdale) | {"is_staff": "on", "created_by": "1", "uses": "-5"})
        made = Invitation.objects.get()
        assert (made.university, made.role, made.max_uses, made.uses, made.created_by) == (
            inviting, "student", 1, 0, host,
        )  # fmt: skip
        assert made.expires_at < timezone.now() + timedelta(days=15)
        for choice in ({"role": "staff"}, {"max_uses": 2}, {"days": 90}, {"university": southdale}):
            with pytest.raises(Forbidden):
                services.invite(actor=host, **choice)
        two = client_of(host).post(PAGE, {"emails": "a@gmail.com b@gmail.com", "note": ""})
        assert two.status_code == 400

    def test_where_the_university_does_not_ask_them_to(self, alice_client: Client) -> None:
        assert alice_client.get(PAGE).status_code == 200
        assert 'name="emails"' not in alice_client.get(PAGE).text
        assert alice_client.post(PAGE, {"emails": "", "note": ""}).status_code == 403
        assert not Invitation.objects.exists()

    def test_a_blocked_domain_is_refused(self, host: User) -> None:
        BlockedDomain.objects.create(domain="spam.example")
        assert client_of(host).post(PAGE, {"emails": "x@mail.spam.example", "note": ""}).status_code == 400
        assert not Invitation.objects.exists()

    def test_known_and_unknown_addresses_get_the_same_answers(self, host: User, alice: User, drain: Any) -> None:
        client = client_of(host)
        answers = [
            client.post(PAGE, {"emails": address, "note": ""})
            for address in ("alice@northmere.example", "ellen@northmere.example")
        ]
        drain()
        assert len({(answer.status_code, answer["Location"]) for answer in answers}) == 1
        assert [message.to for message in mail.outbox] == [["alice@northmere.example"], ["ellen@northmere.example"]]


class TestStaff:
    def test_any_role_and_university_for_many(
        self, registrar: User, southdale: University, events: Any, drain: Any
    ) -> None:
        addresses = "ana@gmail.com\nben@gmail.com, ANA@gmail.com"
        client_of(registrar).post(PAGE, wide(southdale, emails=addresses))
        made = Invitation.objects.order_by("pk")
        assert [(one.email, one.role, one.max_uses, one.university) for one in made] == [
            ("ana@gmail.com", "faculty", 1, southdale),
            ("ben@gmail.com", "faculty", 1, southdale),
        ]
        assert events() == ["invitation.issued"] * 2
        drain()
        assert [message.to for message in mail.outbox] == [["ana@gmail.com"], ["ben@gmail.com"]]

    def test_a_link_for_several(self, registrar: User, southdale: University) -> None:
        client_of(registrar).post(PAGE, wide(southdale, max_uses="30"))
        made = Invitation.objects.get()
        assert (made.max_uses, made.uses) == (30, 0)
        assert timedelta(days=89) < made.expires_at - timezone.now() <= timedelta(days=90)

    @pytest.mark.parametrize("change", [{"days": "91"}, {"max_uses": "0"}, {"role": "king"}, {"emails": "x y"}])
    def test_what_cannot_be(self, registrar: User, northmere: University, change: dict[str, str]) -> None:
        assert client_of(registrar).post(PAGE, wide(northmere, **change)).status_code == 400
        assert not Invitation.objects.exists()

    def test_again_by_mail(self, registrar: User, drain: Any) -> None:
        made = make_invitation(registrar, emails=["ana@gmail.com"])
        client = client_of(registrar)
        drain()
        for _ in range(3):
            client.post(PAGE, {"resend": made.pk})
            drain()
        assert len(mail.outbox) == 4
        assert client.post(PAGE, {"resend": made.pk}).status_code == 429
        assert len(mail.outbox) == 4

    def test_a_replayed_event_mails_nothing(self, registrar: User, drain: Any) -> None:
        made = make_invitation(registrar, emails=["ana@gmail.com"])
        drain()
        assert services.mail_invitation(invitation_id=made.pk) is False
        assert len(mail.outbox) == 1

    def test_the_list_of_staff_tells_who_came(self, registrar: User, admin_client: Client) -> None:
        made = make_invitation(registrar)
        client = Client()
        client.post(link(made))
        sign_up(client, email="erin@gmail.com")
        confirm(client)
        assert "Erin Eastwood" in admin_client.get(f"/admin/accounts/invitation/{made.pk}/change/").text
        chosen = {"action": "revoke", "_selected_action": [made.pk]}
        admin_client.post("/admin/accounts/invitation/", chosen)
        made.refresh_from_db()
        assert made.revoked_at is not None


class TestTheLink:
    def test_it_says_who_invites_to_what(self, host: User, anonymous_client: Client) -> None:
        page = anonymous_client.get(link(make_invitation(host, note="See you")))
        assert page.status_code == 200
        for word in ("Hoda Host", "Northmere University", "student", "See you"):
            assert word in page.text

    @pytest.mark.parametrize("token", ["1", "x", "1:abc", "MQ:1wX:forged", "é", "x" * 3000])
    def test_a_forged_link_is_404(self, anonymous_client: Client, host: User, token: str) -> None:
        made = make_invitation(host)
        assert anonymous_client.get(f"/invite/{token}/").status_code == 404
        assert anonymous_client.post(f"/invite/{token}/").status_code == 404
        own = selectors.token_of(made)
        assert anonymous_client.get(f"/invite/{own[:-1]}{'A' if own[-1] != 'A' else 'B'}/").status_code == 404

    def test_another_signed_string_of_ours_is_no_invitation(self, anonymous_client: Client, host: User) -> None:
        from django.core import signing

        made = make_invitation(host)
        assert anonymous_client.get(f"/invite/{signing.dumps(made.pk)}/").status_code == 404

    @pytest.mark.parametrize("over", ["used", "revoked", "expired"])
    def test_one_that_is_over_says_so(self, registrar: User, anonymous_client: Client, over: str) -> None:
        made = make_invitation(registrar)
        changes: dict[str, dict[str, Any]] = {
            "used": {"uses": 1},
            "revoked": {"revoked_at": timezone.now()},
            "expired": {"expires_at": timezone.now() - timedelta(seconds=1)},
        }
        Invitation.objects.filter(pk=made.pk).update(**changes[over])
        answer = anonymous_client.get(link(made))
        assert answer.status_code == 410
        assert "This invitation is over" in answer.text
        assert anonymous_client.post(link(made)).status_code == 410
        assert registrar.name not in answer.text

    def test_a_member_is_in_already(self, host: User, alice_client: Client) -> None:
        made = make_invitation(host)
        answer = alice_client.get(link(made))
        assert answer["Location"] == "/"
        assert alice_client.post(link(made))["Location"] == "/"
        made.refresh_from_db()
        assert made.uses == 0


class TestComingIn:
    def test_with_any_address_and_the_role_it_says(
        self, registrar: User, southdale: University, anonymous_client: Client
    ) -> None:
        made = make_invitation(registrar, university=southdale, role="faculty")
        assert anonymous_client.post(link(made))["Location"] == SIGN_UP
        assert "Southdale College" in anonymous_client.get(SIGN_UP).text
        sign_up(anonymous_client, email="erin@gmail.com")
        confirm(anonymous_client)
        assert is_logged_in(anonymous_client)
        person = User.objects.get(username="erin")
        assert (person.university, person.role, person.is_staff, person.is_verified) == (
            southdale, "faculty", False, False,
        )  # fmt: skip
        assert InvitationUse.objects.get().person == person
        made.refresh_from_db()
        assert made.uses == 1

    def test_the_form_says_which_address(self, registrar: User) -> None:
        for emails, said in ((["erin@mail.example"], "was sent to"), ([], "Any address of yours")):
            client = Client()
            client.post(link(make_invitation(registrar, emails=emails)))
            page = client.get(SIGN_UP).text
            assert said in page
            assert "Your university address" not in page

    def test_once(self, registrar: User) -> None:
        made = make_invitation(registrar)
        clients = [Client(), Client()]
        for client in clients:
            client.post(link(made))
        sign_up(clients[0], email="erin@gmail.com")
        answer = sign_up(clients[1], email="ellen@gmail.com", username="ellen")
        assert answer.status_code == 200
        assert "belongs to no university here" in answer.text
        assert User.objects.filter(username__in=["erin", "ellen"]).count() == 1

    def test_not_without_it(self, registrar: User, anonymous_client: Client) -> None:
        make_invitation(registrar)
        sign_up(anonymous_client, email="erin@gmail.com", invitation="1", university="1", role="staff")
        assert not User.objects.filter(username="erin").exists()

    def test_one_for_an_address_is_for_that_inbox(self, registrar: User, anonymous_client: Client) -> None:
        made = make_invitation(registrar, emails=["erin@gmail.com"])
        anonymous_client.post(link(made))
        assert "is for the address it was sent to" in sign_up(anonymous_client, email="eve@gmail.com").text
        assert "erin@gmail.com" not in anonymous_client.get(SIGN_UP).text  # the link does not tell whose it is
        sign_up(anonymous_client, email="Erin+campus@GMail.com")
        assert InvitationUse.objects.get().person.email_key == "erin@gmail.com"

    def test_a_blocked_domain_stays_out(self, registrar: User, anonymous_client: Client) -> None:
        made = make_invitation(registrar)
        BlockedDomain.objects.create(domain="gmail.com")
        anonymous_client.post(link(made))
        sign_up(anonymous_client, email="erin@gmail.com")
        sign_up(anonymous_client, email="erin@mailinator.com")
        assert not InvitationUse.objects.exists()

    def test_it_opens_a_closed_university(self, registrar: User, anonymous_client: Client) -> None:
        University.objects.update(entry=Entry.CLOSED)
        assert "by invitation or campus log-in only" in sign_up(anonymous_client).text
        anonymous_client.post(link(make_invitation(registrar)))
        sign_up(anonymous_client)
        assert User.objects.filter(username="erin").exists()

    def test_a_members_does_not_pass_by_staff(self, host: User, anonymous_client: Client, admin_client: Client) -> None:
        University.objects.update(entry=Entry.APPROVAL)
        anonymous_client.post(link(make_invitation(host)))
        sign_up(anonymous_client, email="erin@gmail.com", reason="Hoda knows me.")
        assert confirm(anonymous_client)["Location"] == WAITING
        assert JoinRequest.objects.get().person.username == "erin"
        assert "Hoda Host" in admin_client.get("/admin/accounts/joinrequest/").text

    def test_a_taken_address_costs_a_use_as_well(self, registrar: User, alice: User) -> None:
        """Else what is left of the invitation would tell who has an account."""
        told = []
        for address, username in (("alice@northmere.example", "erin1"), ("ellen@northmere.example", "erin2")):
            made, client = make_invitation(registrar), Client()
            client.post(link(made))
            answer = client.post(SIGN_UP, form(email=address, username=username))
            wrong = client.post(CODE, {"code": "WRONG-1"})
            again = Client().get(link(made))
            row = selectors.invitations_page(registrar, "").items[0]
            said = (answer.status_code, answer["Location"], wrong.status_code, again.status_code, row.state, row.came)
            told.append(said)
        assert told[0] == told[1]

    def test_others_invitations_are_out_of_reach(self, host: User, charlie_client: Client) -> None:
        made = make_invitation(host, emails=["erin@gmail.com"])
        for act in ("revoke", "resend"):
            for raw in (str(made.pk), "0", "-1", "x", "9" * 4000):
                assert charlie_client.post(PAGE, {act: raw}).status_code == 404
        made.refresh_from_db()
        assert made.revoked_at is None


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_with_one_use_make_one_account() -> None:
    northmere = make_university()
    registrar = make_staff("registrar", "add_invitation", university=northmere)
    made = make_invitation(registrar)
    way = selectors.way_in("x@gmail.com", invitation=made)
    assert way is not None

    def accept(number: int) -> str:
        name = f"erin{number}"
        try:
            services.join(email=f"{name}@gmail.com", username=name, name="Erin", password="x" * 12, way=way)
        except Conflict:
            return "conflict"
        finally:
            connection.close()
        return "in"

    with ThreadPoolExecutor(10) as pool:
        outcomes = sorted(pool.map(accept, range(50)))
    assert outcomes == ["conflict"] * 49 + ["in"]
    assert User.objects.exclude(pk=registrar.pk).count() == 1
    made.refresh_from_db()
    assert made.uses == 1


@pytest.mark.django_db(transaction=True)
def test_a_member_has_no_sixth_by_asking_ten_times_at_once() -> None:
    northmere = make_university()
    University.objects.update(members_invite=True)
    host = make_person("host", university=northmere)

    def ask(_number: int) -> None:
        try:
            services.invite(actor=User.objects.select_related("university").get(pk=host.pk))
        except Conflict:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(ask, range(10)))
    assert Invitation.objects.count() == 5


def test_old_ones_are_cleaned_away(registrar: User) -> None:
    made = make_invitation(registrar)
    with time_machine.travel(timezone.now() + timedelta(days=14 + 89)):
        services.purge()
        assert Invitation.objects.filter(pk=made.pk).exists()
    with time_machine.travel(timezone.now() + timedelta(days=14 + 91)):
        services.purge()
        assert not Invitation.objects.filter(pk=made.pk).exists()


def test_the_list_is_flat(registrar: User, django_assert_max_num_queries: Any) -> None:
    client = client_of(registrar)
    for number in range(25):
        make_invitation(registrar, emails=[f"p{number}@gmail.com"])
    client.get(PAGE)
    with django_assert_max_num_queries(8):
        page = client.get(PAGE)
    assert page.text.count("@gmail.com</span>") >= 20
    assert "More invitations" in page.text


def test_no_log_holds_a_link(host: User, anonymous_client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    made = make_invitation(host)
    anonymous_client.get(link(made))
    assert "/invite/token/" in caplog.text
    assert selectors.token_of(made) not in caplog.text
