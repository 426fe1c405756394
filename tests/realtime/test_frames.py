"""What a client may say, how much, and what it hears when it may not."""

import uuid

from tests.realtime.server import Server


def test_a_frame_reaches_its_handler_as_its_schema(server: Server, alices_session: str) -> None:
    with server.client(alices_session) as tab:
        tab.say(type="echo", id=str(uuid.uuid4()), text="ab", count=2, reply_to=None)
        answer = tab.hear()
        assert (answer["type"], answer["text"]) == ("echo", "abab")


def test_fields_that_do_not_fit_are_named_and_the_socket_stays(server: Server, alices_session: str) -> None:
    misfits: list[dict[str, object]] = [
        {"text": 5},
        {"text": None},
        {"text": "a\x00b"},
        {"text": "\ud800"},
        {"count": -1},
        {"count": 2**63},
        {"count": True},
        {"count": 1.5},
        {"count": [1]},
        {"loud": 1},
        {"reply_to": "no uuid"},
        {"stray": 1},
        {"id": None},
    ]
    with server.client(alices_session) as tab:
        for wrong in misfits:
            frame_id = str(uuid.uuid4())
            tab.say(**{"type": "echo", "id": frame_id, "text": "hello", **wrong})
            answer = tab.hear()
            assert (answer["type"], answer["code"]) == ("error", "invalid"), wrong
            assert next(iter(wrong)) in answer["detail"]
            assert answer.get("id") == (None if "id" in wrong else frame_id)
        tab.settle()


def test_a_missing_field_is_named(server: Server, alices_session: str) -> None:
    with server.client(alices_session) as tab:
        tab.say(type="echo", text="hello")
        assert "id" in tab.hear()["detail"]


def test_an_unknown_type_is_answered_and_closes(server: Server, alices_session: str) -> None:
    for frame in ({"type": "nonsense", "id": 7}, {"type": ["ping"]}, {"type": None}, {}):
        with server.client(alices_session) as tab:
            tab.say(**frame)
            code, heard = tab.until_closed()
            assert code == 1008
            assert [one["type"] for one in heard] == ["error", "closed"]
            assert heard[0]["code"] == "unknown_type"
            assert heard[0].get("id") == frame.get("id")


def test_what_is_no_object_is_answered_and_closes(server: Server, alices_session: str) -> None:
    for rubbish in ("", "{", "[]", "1", '"ping"', "null", "[" * 50_000, "NaN", b"\x00\x01"):
        with server.client(alices_session) as tab:
            tab.connection.send(rubbish)
            code, heard = tab.until_closed()
            assert code == 1008, rubbish
            assert heard[0]["code"] == "invalid"


def test_64_kb_pass_and_more_closes(server: Server, alices_session: str) -> None:
    room = 65_536 - len('{"type":"echo","id":"","text":""}') - 36 - 10
    with server.client(alices_session) as tab:
        tab.say(type="echo", id=str(uuid.uuid4()), text="x" * room)
        assert len(tab.hear()["text"]) == room
        tab.connection.send("x" * 65_537)
        assert tab.until_closed()[0] == 1009
    with server.client(alices_session) as tab:
        tab.connection.send("x" * 1_000_000)
        assert tab.until_closed()[0] == 1009


def test_a_burst_of_20_passes_and_a_flood_is_refused_then_closed(
    server: Server, alices_session: str, bobs_session: str
) -> None:
    with server.client(alices_session) as tab, server.client(bobs_session) as bystander:
        for number in range(20):
            tab.say(type="refuse", id=str(number))
        assert {tab.hear()["code"] for _ in range(20)} == {"forbidden"}
        for number in range(100):
            tab.say(type="refuse", id=str(number))
        code, heard = tab.until_closed()
        assert code == 1008
        limited = [frame for frame in heard if frame.get("code") == "rate_limited"]
        assert len(limited) == 21
        assert limited[0]["id"]
        bystander.settle()


def test_the_limit_is_a_persons_not_a_sockets(server: Server, alices_session: str) -> None:
    with server.client(alices_session) as one, server.client(alices_session) as two:
        for tab in (one, two):
            for _ in range(15):
                tab.say(type="refuse")
        codes = [tab.hear()["code"] for tab in (one, two) for _ in range(15)]
        assert codes.count("forbidden") < 30
        assert "rate_limited" in codes


def test_errors_of_the_family_become_frames_and_others_say_nothing_of_themselves(
    server: Server, alices_session: str
) -> None:
    with server.client(alices_session) as tab:
        tab.say(type="refuse", id="a")
        assert tab.hear() == {"type": "error", "code": "forbidden", "detail": "Not for you.", "id": "a"}
        tab.say(type="break", id="b")
        answer = tab.hear()
        assert (answer["code"], answer["id"]) == ("error", "b")
        assert "broken on purpose" not in answer["detail"]
        tab.settle()
    assert server.has_logged("broken on purpose")
