"""What a link to a page shows elsewhere (OpenGraph): what a guest may see, and else the site's name alone."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts import services as accounts
from apps.accounts.models import Reach, User
from apps.posts.models import Audience, Post


def card(client: Client, path: str) -> dict[str, str]:
    """property -> content of the page's og: tags."""
    page = client.get(path).content.decode()
    return dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', page))


@pytest.mark.parametrize("path", ["/", "/explore/"])
def test_front_pages_have_one(path: str, anonymous_client: Client, alice: User) -> None:
    found = card(anonymous_client, path)
    assert found["site_name"] == "Campus Connect"
    assert found["title"]
    assert found["description"]
    assert found["url"] == f"http://testserver{path}"


def test_a_public_post_has_one(anonymous_client: Client, alices_post: Post) -> None:
    found = card(anonymous_client, alices_post.get_absolute_url())
    assert found["title"] == "Alice Ashdown"
    assert "smells of oranges" in found["description"]


def test_a_public_profile_has_one(anonymous_client: Client, alice: User) -> None:
    accounts.update_profile(actor=alice, name="Alice", username="alice", pronouns="", bio="I *like* <oranges> & tea.")
    found = card(anonymous_client, "/@alice/")
    assert (found["title"], found["url"]) == ("Alice", "http://testserver/@alice/")
    assert "like" in found["description"]
    assert "<" not in found["description"]


def test_a_part_of_it_that_is_not_for_guests_is_not_told(anonymous_client: Client, alice: User) -> None:
    accounts.update_profile(actor=alice, name="Alice", username="alice", pronouns="", bio="Only for campus.")
    accounts.set_field_reach(actor=alice, reach={"bio": Reach.CAMPUS})
    found = card(anonymous_client, "/@alice/")
    assert found["title"] == "Alice"
    assert "description" not in found


def test_what_a_guest_may_not_see_has_only_the_name_of_the_site(
    anonymous_client: Client, charlie_client: Client, alice: User, make_post: Callable[..., Post]
) -> None:
    """Neither for a guest, who gets no page, nor in the page of a member, which may be saved or printed."""
    post = make_post(alice, "A word to campus", Audience.CAMPUS)
    User.objects.filter(pk=alice.pk).update(profile_for=Reach.CAMPUS, posts_for=Reach.CAMPUS)
    for path in (post.get_absolute_url(), "/@alice/"):
        assert card(anonymous_client, path).keys() <= {"site_name"}
        assert card(charlie_client, path) == {"site_name": "Campus Connect"}


def test_settings_tell_nothing(alice_client: Client) -> None:
    assert card(alice_client, "/settings/profile/") == {"site_name": "Campus Connect"}


def test_hostile_words_stay_words(anonymous_client: Client, alice: User, make_post: Callable[..., Post]) -> None:
    post = make_post(alice, '"><script>alert(1)</script>', Audience.PUBLIC)
    page = anonymous_client.get(post.get_absolute_url()).content.decode()
    assert "<script>alert(1)" not in page
