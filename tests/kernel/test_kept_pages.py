"""Parts of a page that are kept: what they hang on, and for how long. The home page: feed/test_kept_page.py."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import transaction
from django.http import HttpRequest
from django.test import RequestFactory

from apps.accounts.models import User
from apps.kernel import ahead
from apps.kernel.cache import cached, hang_on, invalidate
from apps.kernel.edition import edition, edition_of
from apps.kernel.kept_pages import KeptParts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ask(alice: User) -> Callable[..., KeptParts]:
    def make(path: str = "/", person: User = alice, **cookies: str) -> KeptParts:
        request: HttpRequest = RequestFactory().get(path)
        request.user, request.COOKIES = person, dict(cookies)
        request._messages = CookieStorage(request)  # type: ignore[attr-defined]
        return KeptParts(request, "one", "two")

    return make


@contextmanager
def page() -> Iterator[None]:
    with ahead.reading(lambda: "", lambda: ()):
        yield


def keep(parts: KeptParts, name: str, html: str, **how: float) -> None:
    with page():
        with parts.making(name):
            hang_on(f"tag of {name}")
            cached("landing", name, make=lambda: html, tags=["of all"])
        parts.keep(name, html, stamp=html, **how)


def test_each_part_hangs_on_what_it_was_made_of(ask: Callable[..., KeptParts]) -> None:
    keep(ask(), "one", "first")
    keep(ask(), "two", "second")
    again = ask()
    assert (again.html("one"), again.html("two")) == ("first", "second")
    with transaction.atomic():
        invalidate("tag of one")
    again = ask()
    assert (again.html("one"), again.html("two")) == (None, "second")
    with transaction.atomic():
        invalidate("of all")
    assert ask().html("two") is None


def test_the_stamp_is_asked_each_time(ask: Callable[..., KeptParts]) -> None:
    keep(ask(), "one", "first")
    assert ask().html("one", lambda stamp: bool(stamp == "first")) == "first"
    assert ask().html("one", lambda stamp: bool(stamp != "first")) is None


def test_it_is_for_one_person_one_page_and_one_look(ask: Callable[..., KeptParts], alice: User, bob: User) -> None:
    """What somebody adds to the address makes no further copy."""
    keep(ask(), "one", "first")
    for other in (ask("/explore/"), ask(theme="dark"), ask(person=bob)):
        assert other.html("one") is None
    assert ask("/?whatever=1").html("one") == "first"
    User.objects.filter(pk=alice.pk).update(name="Alice Anders")
    assert ask(person=User.objects.get(pk=alice.pk)).html("one") is None


def test_it_ends_with_what_ends_first(ask: Callable[..., KeptParts]) -> None:
    keep(ask(), "one", "first", until=time.time() + 2)
    keep(ask(), "two", "second", until=time.time() + 20)
    again = ask()
    assert (again.html("one"), again.html("two")) == (None, "second")


def test_outside_of_a_page_nothing_is_kept(ask: Callable[..., KeptParts]) -> None:
    parts = ask()
    with parts.making("one"):
        pass
    parts.keep("one", "first")
    assert ask().html("one") is None


def test_another_edition_has_another_name(tmp_path: Path) -> None:
    (tmp_path / "apps" / "web").mkdir(parents=True)
    (tmp_path / "templates").mkdir()
    seen = [edition_of(tmp_path, "")]
    for name in ("apps/web/views.py", "templates/home.html"):
        (tmp_path / name).write_text("a")
        seen.append(edition_of(tmp_path, ""))
        (tmp_path / name).write_text("b")
        seen.append(edition_of(tmp_path, ""))
    seen.append(edition_of(tmp_path, "other static files"))
    (tmp_path / "apps" / "notes.txt").write_text("not read")
    assert len(set(seen)) == len(seen)
    assert edition_of(tmp_path, "other static files") == seen[-1]
    assert edition().startswith("e")
