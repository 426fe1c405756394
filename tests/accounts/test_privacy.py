"""/settings/privacy/: who may see and do what, and that it holds at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts import selectors, services
from apps.accounts.models import LastSeen, Privacy, Reach, User
from apps.posts.models import Post
from tests.conftest import client_of

FORM = {
    "profile_for": "0",
    "posts_for": "0",
    "followers": "0",
    "online": "1",
    "message": "1",
    "mention": "0",
    "is_suggested": "on",
}


def save(client: Client, **changes: str) -> Any:
    return client.post("/settings/privacy/", {**FORM, **changes}, follow=True)


def test_the_page_shows_what_holds(alice_client: Client, alice: User) -> None:
    services.update_privacy(actor=alice, **{**selectors.settings_of(alice), "message": Reach.NOBODY, "online": 3})
    body = alice_client.get("/settings/privacy/").content.decode()
    assert body.count("selected>") == 6
    assert '<option value="4" selected>Nobody</option>' in body
    assert '<option value="3" selected>Friends</option>' in body
    assert 'href="/@alice/?as=campus"' in body


def test_each_setting_is_kept(alice_client: Client, alice: User, events: Callable[[], list[str]]) -> None:
    chosen = {"profile_for": "1", "posts_for": "2", "followers": "4", "online": "3", "message": "2", "mention": "4"}
    response = save(alice_client, **chosen, in_directory="on", search_engines="on", is_suggested="")
    assert "Saved." in response.content.decode()
    alice.refresh_from_db()
    kept = selectors.settings_of(alice)
    assert {name: str(kept[name]) for name in chosen} == chosen
    assert (kept["in_directory"], kept["is_suggested"], kept["search_engines"]) == (True, False, True)
    assert events()[-1] == "user.privacy_changed"


def test_posts_never_reach_further_than_the_profile(alice_client: Client, alice: User) -> None:
    response = save(alice_client, profile_for="2", posts_for="0")
    assert "Your posts now reach no further than your profile." in response.content.decode()
    alice.refresh_from_db()
    assert (alice.profile_for, alice.posts_for) == (Reach.FOLLOWERS, Reach.FOLLOWERS)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=alice.pk).update(posts_for=Reach.EVERYONE)


@pytest.mark.parametrize("change", [{"profile_for": "3"}, {"message": "9"}, {"online": ""}, {"followers": "3"}])
def test_what_is_no_level_is_refused(alice_client: Client, alice: User, change: dict[str, str]) -> None:
    assert save(alice_client, **change).status_code == 400
    assert selectors.privacy_of(alice).message == Reach.CAMPUS


def test_a_person_without_a_row_has_the_usual_settings(alice_client: Client, alice: User) -> None:
    Privacy.objects.filter(user=alice).delete()
    assert alice_client.get("/settings/privacy/").status_code == 200
    assert save(alice_client, in_directory="on").status_code == 200
    assert selectors.privacy_of(User.objects.get(pk=alice.pk)).in_directory


def test_it_is_for_oneself(anonymous_client: Client) -> None:
    assert anonymous_client.get("/settings/privacy/").headers["Location"].startswith("/accounts/login/")


def test_older_posts_obey_at_once(
    alice_client: Client, anonymous_client: Client, charlie_client: Client, bob_client: Client, alices_post: Post
) -> None:
    path = f"/posts/{alices_post.pk}/"
    for client in (anonymous_client, charlie_client, bob_client):
        assert client.get(path).status_code == 200
    save(alice_client, posts_for="2")
    assert [c.get(path).status_code for c in (anonymous_client, charlie_client, bob_client)] == [404, 404, 200]
    save(alice_client, posts_for="1")
    assert [c.get(path).status_code for c in (anonymous_client, charlie_client, bob_client)] == [404, 200, 200]


@pytest.mark.parametrize(
    ("minutes", "seen"), [(0, "recently"), (14, "recently"), (20, "today"), (23 * 60, "today"), (25 * 60, "")]
)
def test_when_somebody_was_here_is_told_coarsely(alice: User, minutes: int, seen: str) -> None:
    LastSeen.objects.filter(user=alice).update(at=timezone.now() - timedelta(minutes=minutes))
    assert selectors.seen_state(Reach.CAMPUS, User.objects.get(pk=alice.pk)) == seen


@pytest.mark.parametrize("level", Reach)
def test_when_somebody_was_here_is_for_whom_they_chose(alice: User, level: Reach) -> None:
    services.update_privacy(actor=alice, **{**selectors.settings_of(alice), "online": level})
    alice.refresh_from_db()
    for relation in Reach:
        assert bool(selectors.seen_state(relation, alice)) == (relation >= level)


def test_a_private_profile_does_not_say_when_somebody_was_here(alice: User) -> None:
    settings = {**selectors.settings_of(alice), "profile_for": Reach.FOLLOWERS, "online": Reach.EVERYONE}
    services.update_privacy(actor=alice, **settings)
    assert selectors.seen_state(Reach.CAMPUS, alice) == ""
    assert selectors.seen_state(Reach.FOLLOWERS, alice) == "recently"


def test_hiding_it_holds_at_once(alice: User) -> None:
    assert selectors.seen_state(Reach.CAMPUS, alice) == "recently"
    with CaptureQueriesContext(connection) as queries:
        assert selectors.seen_state(Reach.CAMPUS, alice) == "recently"
    assert len(queries) == 0
    services.update_privacy(actor=alice, **{**selectors.settings_of(alice), "online": Reach.NOBODY})
    assert selectors.seen_state(Reach.CAMPUS, User.objects.get(pk=alice.pk)) == ""


NOINDEX = '<meta name="robots" content="noindex">'


@pytest.mark.parametrize(
    ("profile_for", "search_engines", "is_indexed"), [(0, True, True), (0, False, False), (1, True, False)]
)
def test_search_engines_keep_only_who_wants_it(
    anonymous_client: Client,
    alice: User,
    alices_post: Post,
    profile_for: int,
    search_engines: bool,
    is_indexed: bool,
) -> None:
    settings = {**selectors.settings_of(alice), "search_engines": search_engines}
    services.update_privacy(actor=alice, **settings)
    client = client_of(alice) if profile_for else anonymous_client  # nobody else sees it at all
    User.objects.filter(pk=alice.pk).update(profile_for=profile_for, posts_for=profile_for)
    for path in ("/@alice/", *([] if profile_for else [f"/posts/{alices_post.pk}/"])):
        response = client.get(path)
        assert response.status_code == 200
        assert (NOINDEX not in response.content.decode()) == is_indexed, path
        assert ("X-Robots-Tag" not in response.headers) == is_indexed, path


def test_lists_that_quote_people_are_never_indexed(anonymous_client: Client, alice: User) -> None:
    services.update_privacy(actor=alice, **{**selectors.settings_of(alice), "search_engines": True})
    for path in ("/explore/", "/tags/quad/", "/@alice/followers/"):
        response = anonymous_client.get(path)
        assert response.headers["X-Robots-Tag"] == "noindex", path
        assert NOINDEX in response.content.decode(), path
    assert "X-Robots-Tag" not in anonymous_client.get("/").headers
