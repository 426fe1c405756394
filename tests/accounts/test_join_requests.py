"""Joining where staff look first: the reason at sign-up, the page of who waits, the desk of staff."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from apps.accounts import services
from apps.accounts.models import Entry, JoinRequest, University, User, Verification
from apps.kernel.errors import Conflict, Forbidden
from tests.accounts.joining import LOGIN, PASSWORD, SIGN_UP, WAITING, confirm, form, is_logged_in, make_staff, sign_up
from tests.conftest import client_of

LIST = "/admin/accounts/joinrequest/"
REASON = "I teach in the evening school and have no address yet."


@pytest.fixture
def careful(northmere: University) -> University:
    """Northmere, where staff look at everybody first."""
    northmere.entry = Entry.APPROVAL
    northmere.save(update_fields=["entry"])
    return northmere


@pytest.fixture
def clerk(northmere: University) -> User:
    return make_staff("clerk", "view_joinrequest", "change_joinrequest")


@pytest.fixture
def waiting(careful: University, anonymous_client: Client) -> JoinRequest:
    """Erin, who has shown that the address is hers."""
    sign_up(anonymous_client, reason=REASON)
    confirm(anonymous_client)
    return JoinRequest.objects.get()


class TestSignUp:
    def test_the_reason_is_asked_where_staff_look_first(self, anonymous_client: Client, careful: University) -> None:
        answer = sign_up(anonymous_client)
        assert answer.status_code == 200
        assert "Northmere University</strong> looks at every request" in answer.text
        assert 'name="reason"' in answer.text
        assert "Say in a sentence why you want to join." in answer.text
        assert "Erin Eastwood" in answer.text  # what was typed stays
        assert not User.objects.exists()

    def test_it_is_not_asked_elsewhere(self, anonymous_client: Client, northmere: University) -> None:
        assert 'name="reason"' not in anonymous_client.get(SIGN_UP).text

    def test_four_fields_and_a_tick(self, anonymous_client: Client, careful: University) -> None:
        page = anonymous_client.get(SIGN_UP).text
        shown = [name for name in ("email", "name", "username", "password1", "agree") if f'name="{name}"' in page]
        assert len(shown) == 5
        assert page.count('class="input"') == 4

    def test_a_foreign_address_asks_a_university(
        self, anonymous_client: Client, northmere: University, southdale: University
    ) -> None:
        University.objects.filter(pk=southdale.pk).update(takes_requests=True)
        answer = sign_up(anonymous_client, email="erin@gmail.com")
        assert 'name="university"' in answer.text
        assert "Southdale College" in answer.text
        assert f'value="{northmere.pk}"' not in answer.text  # takes no requests
        assert "belongs to no university here" in answer.text

        refused = sign_up(anonymous_client, email="erin@gmail.com", university=str(northmere.pk), reason=REASON)
        assert refused.status_code == 200
        assert not User.objects.exists()
        sign_up(anonymous_client, email="erin@gmail.com", university=str(southdale.pk), reason=REASON)
        assert JoinRequest.objects.get().university == southdale
        assert User.objects.get().university == southdale

    @pytest.mark.parametrize("reason", ["", "   ", "\u200b", "!!!"])
    def test_a_reason_says_something(self, anonymous_client: Client, careful: University, reason: str) -> None:
        assert sign_up(anonymous_client, reason=reason).status_code == 200
        assert not User.objects.exists()

    def test_known_and_unknown_addresses_get_the_same_answers(self, careful: University, alice: User) -> None:
        answers = []
        for address, username in (("alice@northmere.example", "erin1"), ("ellen@northmere.example", "erin2")):
            client = Client()
            answer = client.post(SIGN_UP, form(email=address, username=username, reason=REASON))
            answers.append((answer.status_code, answer["Location"], client.get(WAITING)["Location"]))
        assert answers[0] == answers[1]
        assert JoinRequest.objects.count() == 1


class TestWaiting:
    def test_it_begins_when_the_address_is_shown(
        self, careful: University, anonymous_client: Client, events: Any
    ) -> None:
        sign_up(anonymous_client, reason=REASON)
        assert anonymous_client.get(WAITING)["Location"] == LOGIN
        answer = confirm(anonymous_client)
        assert answer["Location"] == WAITING
        page = anonymous_client.get(WAITING)
        assert page.status_code == 200
        assert REASON in page.text
        assert "Waiting since" in page.text
        assert not is_logged_in(anonymous_client)
        assert events() == []

    def test_log_in_leads_there(self, waiting: JoinRequest) -> None:
        client = Client()
        answer = client.post(LOGIN, {"login": "erin", "password": PASSWORD})
        assert answer["Location"] == WAITING
        assert client.get(WAITING).status_code == 200
        assert not is_logged_in(client)

    def test_nobody_sees_who_waits(self, waiting: JoinRequest, alice_client: Client) -> None:
        assert alice_client.get("/@erin/").status_code == 404
        assert alice_client.get("/people/suggest", {"q": "erin"}).json() == {"items": []}

    def test_the_reason_can_be_changed(self, waiting: JoinRequest, anonymous_client: Client) -> None:
        assert anonymous_client.post(WAITING, {"reason": "Better words."})["Location"] == WAITING
        waiting.refresh_from_db()
        assert waiting.reason == "Better words."
        assert anonymous_client.post(WAITING, {"reason": " "}).status_code == 400

    def test_log_out_leaves_it(self, waiting: JoinRequest, anonymous_client: Client) -> None:
        anonymous_client.post("/accounts/logout/", {"next": LOGIN})
        assert anonymous_client.get(WAITING)["Location"] == LOGIN

    def test_who_is_cleaned_away_begins_anew(self, waiting: JoinRequest, anonymous_client: Client) -> None:
        """The page was open for longer than anybody waits."""
        assert anonymous_client.get(WAITING).status_code == 200
        waiting.person.delete()
        assert anonymous_client.get(WAITING)["Location"] == LOGIN
        assert anonymous_client.get(LOGIN).status_code == 200

    def test_it_is_for_who_waits(self, alice_client: Client, anonymous_client: Client) -> None:
        assert alice_client.get(WAITING)["Location"] == "/"
        assert anonymous_client.get(WAITING)["Location"] == LOGIN
        assert anonymous_client.post(WAITING, {"reason": "x"})["Location"] == LOGIN

    def test_confirming_by_another_path_opens_nothing(self, waiting: JoinRequest) -> None:
        assert services.arrive(person=waiting.person) is False
        assert not User.objects.active().filter(pk=waiting.person_id).exists()


class TestTheDesk:
    def test_it_shows_what_staff_need(self, waiting: JoinRequest, clerk: User) -> None:
        page = client_of(clerk).get(LIST)
        assert page.status_code == 200
        for word in ("Erin Eastwood", "erin@northmere.example", "Northmere University", REASON):
            assert word in page.text

    def test_who_has_not_shown_the_address_is_not_there(
        self, careful: University, anonymous_client: Client, clerk: User
    ) -> None:
        sign_up(anonymous_client, reason=REASON)
        request = JoinRequest.objects.get()
        assert "Erin Eastwood" not in client_of(clerk).get(LIST).text
        with pytest.raises(Conflict):
            services.decide_join_request(actor=clerk, request_id=request.pk, accept=True)

    def test_accepting_lets_them_in(
        self, waiting: JoinRequest, clerk: User, anonymous_client: Client, drain: Any, events: Any
    ) -> None:
        mail.outbox.clear()
        answer = client_of(clerk).post(f"{LIST}{waiting.pk}/change/", {"decision": "accept", "answer": "Welcome!"})
        assert answer.status_code == 302
        person = User.objects.get(username="erin")
        assert person.is_confirmed
        assert person.is_verified
        assert person.verification.source == Verification.Source.MANUAL
        assert person.verification.verified_by == clerk
        assert events() == ["user.registered", "user.updated", "join_request.decided"]
        drain()
        (message,) = (one for one in mail.outbox if one.to == ["erin@northmere.example"])
        assert "Welcome!" in message.body
        # The page they wait on goes on by itself, and so does a log-in elsewhere.
        anonymous_client.get(WAITING)
        assert is_logged_in(anonymous_client)
        elsewhere = Client()
        elsewhere.post(LOGIN, {"login": "erin", "password": PASSWORD})
        assert is_logged_in(elsewhere)

    def test_rejecting_tells_them_why(
        self, waiting: JoinRequest, clerk: User, anonymous_client: Client, drain: Any
    ) -> None:
        client_of(clerk).post(f"{LIST}{waiting.pk}/change/", {"decision": "reject", "answer": "We know nobody so."})
        assert "We know nobody so." in anonymous_client.get(WAITING).text
        anonymous_client.post(WAITING, {"reason": "But"})
        waiting.refresh_from_db()
        assert (waiting.state, waiting.reason) == ("rejected", REASON)
        client = Client()
        assert client.post(LOGIN, {"login": "erin", "password": PASSWORD})["Location"] == WAITING
        assert not is_logged_in(client)
        mail.outbox.clear()
        drain()
        assert "We know nobody so." in mail.outbox[0].body

    @pytest.mark.parametrize(("action", "state"), [("accept", "accepted"), ("reject", "rejected")])
    def test_several_at_once(
        self, careful: University, clerk: User, action: str, state: str, waiting: JoinRequest
    ) -> None:
        other = Client()
        sign_up(other, email="ellen@northmere.example", username="ellen", reason=REASON)
        confirm(other)
        ids = list(JoinRequest.objects.values_list("pk", flat=True))
        chosen = {"action": action, "_selected_action": ids, "answer": "So be it."}
        client_of(clerk).post(LIST, chosen)
        assert set(JoinRequest.objects.values_list("state", "answer")) == {(state, "So be it.")}

    def test_it_takes_the_permission(self, waiting: JoinRequest) -> None:
        reader = make_staff("reader", "view_joinrequest")
        answer = client_of(reader).post(f"{LIST}{waiting.pk}/change/", {"decision": "accept"})
        assert answer.status_code == 403
        client_of(reader).post(LIST, {"action": "accept", "_selected_action": [waiting.pk]})
        with pytest.raises(Forbidden):
            services.decide_join_request(actor=reader, request_id=waiting.pk, accept=True)
        waiting.refresh_from_db()
        assert waiting.state == "waiting"

    def test_a_decision_is_not_taken_back(self, waiting: JoinRequest, clerk: User) -> None:
        services.decide_join_request(actor=clerk, request_id=waiting.pk, accept=False)
        with pytest.raises(Conflict):
            services.decide_join_request(actor=clerk, request_id=waiting.pk, accept=True)
        client_of(clerk).post(f"{LIST}{waiting.pk}/change/", {"decision": "accept", "answer": "x"})
        waiting.refresh_from_db()
        assert (waiting.state, waiting.answer) == ("rejected", "")


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_one_counts(waiting: JoinRequest, clerk: User, events: Any) -> None:
    def decide(accept: bool) -> str:
        try:
            services.decide_join_request(actor=clerk, request_id=waiting.pk, accept=accept)
        except Conflict:
            return "conflict"
        finally:
            connection.close()
        return "decided"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(decide, [True, False, True, False]))
    assert outcomes == ["conflict"] * 3 + ["decided"]
    assert events().count("join_request.decided") == 1
