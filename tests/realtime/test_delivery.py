"""What is pushed arrives with those it names, with nobody else, and no slow reader keeps it from them."""

import json
import time
from typing import Any

import pytest
from django.db import transaction

from apps.accounts.models import User
from apps.kernel.realtime import groups
from apps.kernel.realtime.push import push, push_group, push_now
from tests.realtime.server import Server


def test_a_push_reaches_every_tab_of_those_it_names_in_every_process(
    server: Server, second_server: Server, alice: User, bob: User, alices_session: str, bobs_session: str
) -> None:
    hers = [one.client(alices_session).settle() for one in (server, second_server)]
    his = server.client(bobs_session).settle()

    push(user_ids=[alice.pk], payload={"type": "news", "text": "Grüße 🎓"})
    push(user_ids=[bob.pk, alice.pk, 999_999], payload={"type": "more"})
    push(user_ids=[], payload={"type": "nothing"})

    for tab in hers:
        assert [tab.hear(), tab.hear()] == [{"type": "news", "text": "Grüße 🎓"}, {"type": "more"}]
    assert his.hear() == {"type": "more"}
    with pytest.raises(TimeoutError):
        his.hear(0.3)


def test_a_socket_in_two_of_the_groups_hears_it_once(server: Server, alice: User, alices_session: str) -> None:
    with server.client(alices_session) as tab:
        tab.settle()
        push(user_ids=[alice.pk, alice.pk], payload={"type": "once"})
        push_group(groups.topic("everybody"), {"type": "topic"})
        assert [tab.hear()["type"], tab.hear()["type"]] == ["once", "topic"]


def test_frames_of_every_size_arrive_whole(server: Server, alice: User, alices_session: str) -> None:
    with server.client(alices_session, max_size=None) as tab:
        tab.settle()
        for size in (100, 125, 126, 60_000, 65_535, 65_536, 300_000):
            payload = {"type": "size", "text": ""}
            payload["text"] = "x" * (size - len(json.dumps(payload, separators=(",", ":"))))
            push(user_ids=[alice.pk], payload=payload)
            assert tab.hear() == payload, size


def test_a_push_waits_for_the_commit_and_dies_with_a_rollback(server: Server, alice: User, alices_session: str) -> None:
    with server.client(alices_session) as tab:
        tab.settle()
        with transaction.atomic():
            push(user_ids=[alice.pk], payload={"type": "committed"})
            push_now(user_ids=[alice.pk], payload={"type": "now"})
            assert tab.hear()["type"] == "now"
            with pytest.raises(TimeoutError):
                tab.hear(0.3)
        assert tab.hear()["type"] == "committed"
        with transaction.atomic():
            push(user_ids=[alice.pk], payload={"type": "never"})
            transaction.set_rollback(True)
        with pytest.raises(TimeoutError):
            tab.hear(0.3)


def test_order_is_kept(server: Server, alice: User, alices_session: str) -> None:
    with server.client(alices_session) as tab:
        tab.settle()
        for number in range(500):
            push(user_ids=[alice.pk], payload={"type": "n", "n": number})
        assert [tab.hear()["n"] for _ in range(500)] == list(range(500))


def test_a_reader_who_stops_harms_nobody_and_is_told_to_resync_when_back(
    server: Server, alice: User, bob: User, alices_session: str, bobs_session: str
) -> None:
    slow = server.slow_client(alices_session).settle()  # reads no further than its queue
    with server.client(bobs_session, max_size=None) as quick:
        quick.settle()
        for number in range(100):
            push(user_ids=[alice.pk, bob.pk], payload={"type": "n", "n": number, "text": "x" * 20_000})
            assert quick.hear()["n"] == number

        heard: list[dict[str, Any]] = []
        while not heard or heard[-1]["type"] != "resync":
            heard.append(slow.hear(10))
        numbers = [frame["n"] for frame in heard[:-1]]
        assert numbers == list(range(len(numbers)))  # what it got is whole and in order
        assert len(numbers) < 100
        slow.settle()  # and it goes on


@pytest.mark.slow
def test_a_reader_who_never_comes_back_is_cut_off(
    server: Server, alice: User, bob: User, alices_session: str, bobs_session: str
) -> None:
    slow = server.slow_client(alices_session).settle()
    with server.client(bobs_session, max_size=None) as quick:
        quick.settle()
        for _ in range(100):
            push(user_ids=[alice.pk], payload={"type": "n", "text": "x" * 20_000})
        time.sleep(12)
        push(user_ids=[bob.pk], payload={"type": "still here"})
        assert quick.hear_type("still here")
    assert slow.until_closed()[0] == 1006


def test_frames_go_the_short_way_on_the_server_we_run(server: Server, alice: User, alices_session: str) -> None:
    """An upgrade of uvicorn that takes its transport out of reach must not halve the speed in silence."""
    with server.client(alices_session) as tab:
        tab.settle()
        assert not server.has_logged("realtime.long_way")


def test_the_long_way_delivers_too_and_says_so(transactional_db: None, alice: User, alices_session: str) -> None:
    """With compression negotiated, ready-made frames would be wrong: they go through the server."""
    with (
        Server(compression=True) as server,
        server.client(alices_session, compression="deflate", max_size=None) as tab,
    ):
        tab.settle()
        for number in range(50):
            push(user_ids=[alice.pk], payload={"type": "n", "n": number, "text": "é" * 500})
        assert [tab.hear()["n"] for _ in range(50)] == list(range(50))
        tab.say(type="unknown")
        assert tab.until_closed()[0] == 1008
        assert server.has_logged("realtime.long_way")
