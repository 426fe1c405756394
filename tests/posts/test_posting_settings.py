"""`/settings/posting/`: whom a new post is for at first, and whether warnings are unfolded."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.graph import services as graph
from apps.kernel.errors import Invalid
from apps.posts import services
from apps.posts.content import Extras
from apps.posts.models import Audience, Post, PostPreferences
from apps.posts.preferences import preferences_of

URL = "/settings/posting/"


@pytest.mark.django_db(transaction=True)
def test_it_is_kept_and_shown(alice: User, alice_client: Client) -> None:
    page = alice_client.get(URL).text
    assert "The usual: Campus" in page
    answer = alice_client.post(URL, {"audience": "2", "unfolds_warnings": "on"})
    assert answer["Location"] == URL
    kept = PostPreferences.objects.get()
    assert (kept.person, kept.audience, kept.unfolds_warnings) == (alice, Audience.FOLLOWERS, True)
    assert '<option value="2" selected>' in alice_client.get(URL).text
    alice_client.post(URL, {"audience": ""})
    kept = PostPreferences.objects.get()
    assert (kept.audience, kept.unfolds_warnings) == (None, False)


@pytest.mark.django_db(transaction=True)
def test_it_holds_at_once_though_it_is_kept(alice: User) -> None:
    assert not preferences_of(alice).unfolds_warnings
    services.set_preferences(actor=alice, audience=Audience.ONLY_ME, unfolds_warnings=True)
    assert preferences_of(alice).audience == Audience.ONLY_ME
    assert preferences_of(alice).unfolds_warnings


@pytest.mark.django_db(transaction=True)
def test_warnings_open_for_who_wishes_it(
    alice: User, bob: User, alice_client: Client, bob_client: Client, make_post: Callable[..., Post]
) -> None:
    make_post(alice, "the text", extras=Extras(warning="food"))
    assert '<details class="warned">' in bob_client.get("/explore/").text
    bob_client.post(URL, {"audience": "", "unfolds_warnings": "on"})
    assert '<details class="warned" open>' in bob_client.get("/explore/").text
    assert '<details class="warned">' in alice_client.get("/explore/").text


@pytest.mark.parametrize("audience", ["3", "9", "x", "-1", "3:1"])
def test_no_circle_and_nothing_else(audience: str, alice: User, alice_client: Client) -> None:
    graph.create_circle(actor=alice, name="Choir")
    assert alice_client.post(URL, {"audience": audience}).status_code == 400
    assert not PostPreferences.objects.exists()


def test_campus_needs_a_campus(alice: User, alice_client: Client) -> None:
    User.objects.filter(pk=alice.pk).update(university=None)
    alice.refresh_from_db()
    page = alice_client.get(URL).text
    assert "The usual: Everyone" in page
    assert alice_client.post(URL, {"audience": "1"}).status_code == 400
    for wrong in (Audience.CAMPUS, Audience.CIRCLE, 9):
        with pytest.raises(Invalid):
            services.set_preferences(actor=alice, audience=wrong, unfolds_warnings=False)


def test_guests_log_in_first(anonymous_client: Client) -> None:
    assert "/accounts/login/" in anonymous_client.get(URL)["Location"]
