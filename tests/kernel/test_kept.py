"""Parts of the frame are rendered once for each key, and never for another person."""

from collections.abc import Callable

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client
from django.utils import translation

from apps.accounts import services as accounts
from apps.accounts.models import User
from tests.conftest import client_of


def render(source: str, **values: object) -> str:
    return Template("{% load kept %}" + source).render(Context(values))


def test_a_part_is_rendered_once_for_each_key() -> None:
    source = "{% kept 'test part' who %}{{ who }} {{ moment }}{% endkept %}"
    assert render(source, who="ann", moment=1) == "ann 1"
    assert render(source, who="ann", moment=2) == "ann 1"
    assert render(source, who="ben", moment=3) == "ben 3"
    with translation.override("de"):
        assert render(source, who="ann", moment=4) == "ann 4"


def test_with_debug_on_nothing_is_kept(settings: object) -> None:
    source = "{% kept 'debugged part' %}{{ moment }}{% endkept %}"
    assert render(source, moment=1) == "1"
    settings.DEBUG = True  # type: ignore[attr-defined]
    assert render(source, moment=2) == "2"


def test_a_part_without_a_name_is_a_mistake() -> None:
    with pytest.raises(TemplateSyntaxError):
        render("{% kept %}{% endkept %}")


def test_what_is_each_persons_own_is_filled_in() -> None:
    source = "{% load fragments %}{% kept 'slotted part' kind with who=who %}{{ moment }} {% slot 'who' %}{% endkept %}"
    assert render(source, kind="a", who="ann", moment=1) == "1 ann"
    assert render(source, kind="a", who="<ben>", moment=2) == "1 &lt;ben&gt;"
    assert render(source, kind="b", who="ann", moment=3) == "3 ann"


def test_a_slot_that_is_not_there_is_not_worked_out() -> None:
    """A page that shared caches keep must not ask for a token, which would come with a cookie."""
    source = (
        "{% load fragments %}{% kept 'maybe slotted' shared with token=token %}"
        "{% if not shared %}{% slot 'token' %}{% endif %}{% endkept %}"
    )
    asked: list[int] = []

    def token() -> str:
        asked.append(1)
        return "secret"

    assert render(source, shared=True, token=token) == ""
    assert not asked
    assert render(source, shared=False, token=token) == "secret"
    assert asked


def test_slots_are_never_kept_by_the_part_around_them() -> None:
    inner = "{% kept 'inner part' with who=who %}{% slot 'who' %}{% endkept %}"
    with pytest.raises(TemplateSyntaxError):
        render("{% load fragments %}{% kept 'outer part' %}" + inner + "{% endkept %}", who="ann")


def test_a_slot_needs_a_value() -> None:
    with pytest.raises(TemplateSyntaxError):
        render("{% kept 'part' with %}{% endkept %}")
    with pytest.raises(KeyError):
        render("{% load fragments %}{% kept 'part without' %}{% slot 'who' %}{% endkept %}", who="ann")


def test_indentation_is_not_sent_but_what_is_set_as_written() -> None:
    source = "{% kept 'indented' %}<p>\n    one\n\n    <b>two</b>\n  </p>\n<pre>a\n    b</pre>\n   <i></i>{% endkept %}"
    assert render(source) == "<p>\none\n<b>two</b>\n</p>\n<pre>a\n    b</pre>\n<i></i>"


@pytest.mark.django_db
def test_everybody_has_their_own_frame(alice: User, bob: User, alice_client: Client, bob_client: Client) -> None:
    for _ in range(2):
        assert 'href="/@alice/"' in alice_client.get("/explore/").content.decode()
        page = bob_client.get("/explore/").content.decode()
        assert 'href="/@bob/"' in page
        assert 'href="/@alice/"' not in page
        assert 'href="/@' not in Client().get("/explore/", headers={"Cookie": "x=1"}).content.decode()


@pytest.mark.django_db
def test_a_new_name_is_in_the_frame_at_once(alice: User, make_person: Callable[..., User]) -> None:
    client = client_of(alice)
    assert 'href="/@alice/"' in client.get("/explore/").content.decode()
    accounts.update_profile(actor=alice, name="Zoe Ashdown", username="zoe", bio="", pronouns="")
    page = client.get("/explore/").content.decode()
    assert 'href="/@zoe/"' in page
    assert 'href="/@alice/"' not in page


@pytest.mark.django_db
def test_the_place_in_the_frame_and_the_chosen_look_are_right(alice_client: Client) -> None:
    for _ in range(2):
        home, explore = alice_client.get("/").content.decode(), alice_client.get("/explore/").content.decode()
        assert home.count('aria-current="page"') == 2
        assert explore.count('aria-current="page"') == 3  # and the tab
        assert home != explore
    alice_client.cookies["theme"] = "dark"
    assert 'name="theme" value="light"' in alice_client.get("/").content.decode()
    alice_client.cookies["theme"] = "light"
    assert 'name="theme" value="dark"' in alice_client.get("/").content.decode()
