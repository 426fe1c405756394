"""Fixtures every test may use. Real PostgreSQL, real Redis, the fixed cast, and clients logged in as each of them."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, TransactionTestCase
from hypothesis import settings as examples

from apps.accounts.models import University, User
from apps.kernel import cache as kept_answers
from apps.kernel import redis
from apps.posts.models import Audience, Post
from apps.web import selectors as pages
from tests import cast, spread

if TYPE_CHECKING:
    from tests.site import RunningSite


examples.register_profile("campus", deadline=None)  # a busy machine is no mistake in what is tried
examples.load_profile("campus")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Every test in tests/e2e is a browser test."""
    for item in items:
        if "tests/e2e/" in str(item.path):
            item.add_marker(pytest.mark.browser)
    if config.getoption("dist", "no") == "loadfile" or hasattr(config, "workerinput"):
        spread.longest_first(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> spread.Files | None:
    return spread.Files(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Each worker's database is a copy as well: all migrations run once, not once in every worker."""
    from tests.processes import template_database

    connection.settings_dict["TEST"]["TEMPLATE"] = template_database()


@pytest.fixture(autouse=True)
def clean_redis(request: pytest.FixtureRequest) -> Iterator[None]:
    """Counters and cached pages of one test never reach the next, nor does the pause after a Redis that failed it:
    while that lasts nothing is counted, kept or deleted.
    """
    yield
    redis._closed_until = 0.0
    kept_answers._local.clear()
    if "_django_db_helper" in request.fixturenames:
        cache.delete_pattern("*")  # type: ignore[attr-defined]


@pytest.fixture(scope="session", autouse=True)
def quick_flush() -> Iterator[None]:
    """A transactional test empties the tables that have rows, not all there are, and leaves what Django would put back.

    Its own way, TRUNCATE of every table and all permissions made anew, takes longer than most of these tests.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: flush())
        yield


def flush() -> None:
    names = set(connection.introspection.django_table_names(only_existing=True, include_views=False))
    names -= {"django_migrations", "django_content_type", "auth_permission"}
    tables = sorted(names | {"feed_item"})  # the timeline is unmanaged, so that Django would leave it alone
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE")  # after whatever still writes
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables))
        filled = [table for (table,) in cursor.fetchall()]
        cursor.execute("SELECT current_setting('is_superuser') = 'on'")
        if cursor.fetchone()[0]:  # or else triggers and keys would have their say
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table in filled:
                cursor.execute(f"DELETE FROM {table}")
        else:
            cursor.execute(f"TRUNCATE {', '.join(tables)}")


@pytest.fixture(autouse=True)
def moderators(request: pytest.FixtureRequest) -> None:
    """What a migration put there, and a transactional test before this one may have flushed."""
    if request.node.get_closest_marker("django_db") or {"db", "transactional_db"} & set(request.fixturenames):
        request.getfixturevalue("_django_db_helper")
        cast.moderators()


@pytest.fixture(scope="module")
def once(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[[Callable[[], Any]], Any]]:
    """`once(build)` writes what all tests of a file begin with, for a fixture of the file.

    It stands in a transaction around the tests of that file, each of which undoes its own changes in a savepoint, and
    is gone after the last. Not for files with transactional tests.
    """

    def write(build: Callable[[], Any]) -> Any:
        with django_db_blocker.unblock():
            return build()

    with ExitStack() as stack:
        with django_db_blocker.unblock():
            around = transaction.atomic()
            around._from_testcase = True  # type: ignore[attr-defined]  # as Django's own around each test
            stack.enter_context(around)
        yield write
        with django_db_blocker.unblock():
            transaction.set_rollback(True)
            stack.close()


@pytest.fixture
def northmere(db: None) -> University:
    return cast.make_university()


@pytest.fixture
def southdale(db: None) -> University:
    return cast.make_university("southdale", "Southdale College", 215)


@pytest.fixture
def make_person(db: None) -> Callable[..., User]:
    return cast.make_person


@pytest.fixture
def alice(northmere: University) -> User:
    return cast.make_person("alice", name="Alice Ashdown")


@pytest.fixture
def bob(alice: User) -> User:
    person = cast.make_person("bob", name="Bob Birch")
    cast.follow(person, alice)
    return person


@pytest.fixture
def charlie(northmere: University) -> User:
    return cast.make_person("charlie", name="Charlie Chen")


@pytest.fixture
def dora(alice: User) -> User:
    person = cast.make_person("dora", name="Dora Dimitrova")
    cast.block(alice, person)
    return person


@pytest.fixture
def mira(northmere: University) -> User:
    person = cast.make_person("mira", name="Mira Moss", is_staff=True)
    person.groups.add(cast.moderators())
    return person


@pytest.fixture
def admin(northmere: University) -> User:
    return cast.make_person("admin", name="Ada Min", is_staff=True, is_superuser=True)


def client_of(person: User | None) -> Client:
    client = Client()
    if person is not None:
        pages.in_force()  # asked once in ten seconds by a process; tests count what a request costs beside it
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def anonymous_client(db: None) -> Client:
    return Client()


@pytest.fixture
def alice_client(alice: User) -> Client:
    return client_of(alice)


@pytest.fixture
def bob_client(bob: User) -> Client:
    return client_of(bob)


@pytest.fixture
def charlie_client(charlie: User) -> Client:
    return client_of(charlie)


@pytest.fixture
def dora_client(dora: User) -> Client:
    return client_of(dora)


@pytest.fixture
def mira_client(mira: User) -> Client:
    return client_of(mira)


@pytest.fixture
def admin_client(admin: User) -> Client:
    return client_of(admin)


@pytest.fixture
def make_post(db: None) -> Callable[..., Post]:
    """A post through the service, as the composer makes it."""
    import uuid

    from apps.posts import services

    def make(author: User, body: str = "Hello campus", audience: int = Audience.PUBLIC, **fields: Any) -> Post:
        return services.create_post(actor=author, body=body, audience=audience, key=uuid.uuid4(), **fields)

    return make


@pytest.fixture
def alices_post(alice: User, make_post: Callable[..., Post]) -> Post:
    return make_post(alice, "The quiet floor of the library smells of oranges.")


@pytest.fixture
def drain() -> Callable[[], int]:
    """Runs every due delivery of the outbox in this process, until none is due."""
    from apps.kernel import outbox

    return outbox.drain


@pytest.fixture
def events(db: None) -> Callable[[], list[str]]:
    """The types of the domain events published so far, in order."""
    from apps.kernel.outbox.models import Event

    return lambda: list(Event.objects.order_by("id").values_list("type", flat=True))


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium, or a skip with a clear line; CI refuses skips (CC_REQUIRE_BROWSER)."""
    import shutil

    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return path
    if os.environ.get("CC_REQUIRE_BROWSER"):
        pytest.fail("CC_REQUIRE_BROWSER is set, and no Chromium is on the PATH.")
    pytest.skip("No Chromium on the PATH: browser tests need one (Debian: apt-get install chromium).")


@pytest.fixture(scope="session")
def site(chromium: str) -> Iterator["RunningSite"]:
    """A whole running site for browser tests: one for the session. Without a browser nobody waits for it."""
    from tests.site import RunningSite

    with RunningSite() as running:
        yield running
