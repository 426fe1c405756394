"""Redis may die, hang, or be away from the start: sockets stay and open, sessions still end, nothing is raised."""

import signal
import time

import redis as redis_client
from django.conf import settings
from django.contrib.sessions.models import Session

from apps.accounts.models import User
from apps.kernel.realtime import groups, wire
from tests.processes import Redis, run_manage
from tests.realtime.server import Server, environment
from tests.realtime.test_ending import assert_ended

PUSH = """
from apps.kernel.realtime.push import close_user, push, push_now
for number in range(50):
    push(user_ids=[1], payload={"type": "news"})
    push_now(user_ids=[1], payload={"type": "news"})
    close_user(1, "suspended")
print("all sent")
"""


def test_redis_dies_and_comes_back(transactional_db: None, alice: User, alices_session: str) -> None:
    with Redis() as redis, Server(REDIS_URL=redis.url) as server:
        tab = server.client(alices_session).settle()
        redis.kill9()
        tab.settle()  # the socket stays
        late = server.client(alices_session).settle()  # and others may open
        redis.start()
        assert tab.hear_type("resync", 10)
        assert late.hear_type("resync", 10)
        client = redis_client.Redis.from_url(redis.url)
        client.publish(f"{settings.REDIS_PREFIX}:hub", wire.pack([groups.user(alice.pk)], b'{"type":"again"}'))
        for one in (tab, late):
            assert one.hear_type("again")

        redis.kill9()
        Session.objects.filter(session_key=alices_session).delete()
        assert_ended(tab)
        assert_ended(late)


def test_a_process_that_starts_without_redis_finds_it_later(
    transactional_db: None, alice: User, alices_session: str
) -> None:
    with Redis() as redis:
        redis.kill9()
        with Server(REDIS_URL=redis.url) as server:
            tab = server.client(alices_session).settle()
            redis.start()
            assert tab.hear_type("resync", 10)


def test_sockets_open_while_redis_hangs(transactional_db: None, alice: User, alices_session: str) -> None:
    with Redis() as redis:
        redis.signal(signal.SIGSTOP)
        with Server(REDIS_URL=redis.url) as server:
            started = time.monotonic()
            for _ in range(4):
                server.client(alices_session).settle()
            assert time.monotonic() - started < 4  # only the first waits, for a second


def test_a_push_without_redis_neither_raises_nor_waits_each_time(transactional_db: None) -> None:
    with Redis() as redis:
        redis.signal(signal.SIGSTOP)
        started = time.monotonic()
        said = run_manage("shell", "-v", "0", "-c", PUSH, env={**environment(), "REDIS_URL": redis.url})
        assert time.monotonic() - started < 60  # 150 seconds, if each waited for its own
        assert "all sent" in said
