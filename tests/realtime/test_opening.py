"""Who may open a socket, where, and how many."""

import time

import pytest
from django.contrib.sessions.models import Session
from websockets.exceptions import InvalidStatus

from apps.accounts.models import User
from tests.realtime.server import Server


def refused(server: Server, cookie: str = "", **options: object) -> int:
    with pytest.raises(InvalidStatus) as caught:
        server.client(cookie, **options)  # type: ignore[arg-type]
    return caught.value.response.status_code


def test_a_member_is_admitted_at_both_addresses(server: Server, alices_session: str) -> None:
    for path in ("/ws/", "/api/chat/ws"):
        with server.client(alices_session, path=path) as tab:
            tab.say(type="ping")
            assert tab.hear() == {"type": "pong"}


def test_strangers_to_the_site_are_refused(server: Server, alice: User, alices_session: str) -> None:
    assert refused(server) == 403
    assert refused(server, "0123456789abcdefghijklmnopqrstuv") == 403
    assert refused(server, "'; drop table accounts_user; --") == 403
    assert refused(server, alices_session, path="/ws/other/") == 403


def test_foreign_and_absent_origins_are_refused(server: Server, alices_session: str) -> None:
    own = server.host
    for origin in (None, "null", "http://evil.example", f"http://{own}.evil.example", f"ftp://{own}", own, "//["):
        assert refused(server, alices_session, origin=origin) == 403, origin


def test_a_host_that_is_not_ours_is_refused_although_the_origin_agrees(server: Server, alices_session: str) -> None:
    headers = {"Cookie": f"sessionid={alices_session}", "Host": "evil.example"}
    assert refused(server, origin="http://evil.example", additional_headers=headers) == 403


def test_ended_sessions_and_inactive_people_are_refused(server: Server, alice: User, alices_session: str) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert refused(server, alices_session) == 403
    User.objects.filter(pk=alice.pk).update(is_active=True)
    server.client(alices_session).connection.close()

    alice.set_password("another long password")
    alice.save(update_fields=["password"])
    assert refused(server, alices_session) == 403

    Session.objects.all().delete()
    assert refused(server, alices_session) == 403


def test_a_sixth_socket_closes_the_oldest(server: Server, alices_session: str, bobs_session: str) -> None:
    tabs = [server.client(alices_session).settle() for _ in range(5)]
    bystander = server.client(bobs_session).settle()
    tabs.append(server.client(alices_session).settle())

    assert tabs[0].until_closed() == (4409, [{"type": "closed", "reason": "too_many"}])
    for tab in (*tabs[1:], bystander):
        tab.settle().connection.close()


def test_a_person_has_five_sockets_over_all_processes(
    server: Server, second_server: Server, alices_session: str
) -> None:
    tabs = []
    for turn in range(6):
        tabs.append((server, second_server)[turn % 2].client(alices_session).settle())
        time.sleep(0.05)  # ids are ordered by the millisecond
    assert tabs[0].until_closed()[0] == 4409
    for tab in tabs[1:]:
        tab.settle()
    tabs[1].connection.close()  # its seat is free again
    time.sleep(0.2)
    tabs.append(second_server.client(alices_session).settle())
    time.sleep(0.5)
    for tab in tabs[2:]:
        tab.settle()
