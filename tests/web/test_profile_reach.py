"""Who sees which part of a profile: every part, every level, everybody, on the page and in "view as"."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts import services as accounts
from apps.accounts.models import ProfileAnswer, ProfileField, ProfileLink, University, User
from apps.accounts.selectors import Reach
from apps.posts.models import Audience, Post
from tests import cast
from tests.conftest import client_of

MakePost = Callable[..., Post]
LEVELS = [Reach.EVERYONE, Reach.CAMPUS, Reach.FOLLOWERS, Reach.NOBODY]
# part of the profile -> what betrays it on the page
SIGNS = {
    "bio": "canarybio",
    "pronouns": "canary/canarum",
    "programme": "Canarology",
    "year": "7th year",
    "graduates_on": "July 2031",
    "level": "some experience",
    "status": "canarystatus",
    "skills": "canaryskill",
    "interests": "canarylike",
    "languages": "Icelandic",
    "courses": "CANARY 99",
    "links": "canarylink",
    "field": "canaryanswer",
}
Cast = dict[str, tuple[User | None, Reach]]


@pytest.fixture
def person(alice: User) -> User:
    """Somebody who says something in every part."""
    accounts.update_profile(
        actor=alice, name="Alice Ashdown", username="alice", pronouns=SIGNS["pronouns"], bio=SIGNS["bio"]
    )
    accounts.update_studies(
        actor=alice, programme=SIGNS["programme"], year=7, graduates_on=date(2031, 7, 1), level="intermediate"
    )
    accounts.set_status(actor=alice, emoji="🐤", text=SIGNS["status"], until=None)
    accounts.set_skills(actor=alice, names=[SIGNS["skills"]])
    accounts.set_interests(actor=alice, names=[SIGNS["interests"]])
    accounts.set_languages(actor=alice, languages=[("is", False)])
    accounts.set_courses(actor=alice, year=timezone.localdate().year + 1, season=1, codes=[SIGNS["courses"]])
    accounts.add_link(actor=alice, label=SIGNS["links"], url="https://c.example/")
    field = ProfileField.objects.create(label="Bird")
    accounts.set_answers(actor=alice, answers={field.pk: SIGNS["field"]})
    return alice


@pytest.fixture
def cast_of(person: User, bob: User, charlie: User, southdale: University) -> Cast:
    friend, afar = cast.make_person("fay"), cast.make_person("gus", university=southdale)
    for follower, followee in ((friend, person), (person, friend), (afar, person)):
        cast.follow(follower, followee)
    fan_of_person = cast.make_person("ida", university=southdale)
    cast.follow(person, fan_of_person)  # followed by the person, and no follower: a stranger
    return {
        "guest": (None, Reach.EVERYONE),
        "outsider": (cast.make_person("zoe", university=southdale), Reach.EVERYONE),
        "followed from elsewhere": (fan_of_person, Reach.EVERYONE),
        "campus": (charlie, Reach.CAMPUS),
        "follower": (bob, Reach.FOLLOWERS),
        "follower from elsewhere": (afar, Reach.FOLLOWERS),
        "friend": (friend, Reach.FRIENDS),
        "owner": (person, Reach.NOBODY),
    }


def reach_of_all(person: User, usual: Reach, **others: Reach) -> None:
    field = ProfileField.objects.get()
    named = {(f"field:{field.pk}" if name == "field" else name): name for name in SIGNS}
    accounts.set_field_reach(actor=person, reach={name: others.get(part, usual) for name, part in named.items()})


def seen_by(viewer: User | None, path: str = "/@alice/") -> set[str]:
    answer = client_of(viewer).get(path)
    assert answer.status_code == 200
    page = answer.text.split('<main class="', 1)[1].split("</main>")[0]
    return {part for part, sign in SIGNS.items() if sign in page}


@pytest.mark.parametrize("level", LEVELS)
def test_every_part_is_for_its_level_and_those_nearer(level: Reach, person: User, cast_of: Cast) -> None:
    reach_of_all(person, level)
    for name, (viewer, relation) in cast_of.items():
        assert seen_by(viewer) == (set(SIGNS) if relation >= level else set()), name


@pytest.mark.parametrize("part", list(SIGNS))
def test_each_part_is_decided_by_itself(part: str, person: User, cast_of: Cast) -> None:
    reach_of_all(person, Reach.EVERYONE, **{part: Reach.FOLLOWERS})
    for name in ("guest", "campus", "follower"):
        viewer, relation = cast_of[name]
        assert seen_by(viewer) == set(SIGNS) - ({part} if relation < Reach.FOLLOWERS else set()), name


def test_what_is_usual(person: User, cast_of: Cast) -> None:
    for_all = {"bio", "pronouns", "links"}
    assert seen_by(None) == for_all
    for name in ("campus", "follower", "friend"):
        assert seen_by(cast_of[name][0]) == set(SIGNS) - {"graduates_on"}
    assert seen_by(person) == set(SIGNS)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("seen_as", "somebody"), [("everyone", "guest"), ("campus", "campus"), ("followers", "follower")]
)
def test_view_as_shows_what_such_a_person_gets(
    level: Reach, seen_as: str, somebody: str, person: User, cast_of: Cast, make_post: MakePost
) -> None:
    reach_of_all(person, level, bio=Reach.CAMPUS, skills=Reach.FOLLOWERS)
    for audience in (Audience.PUBLIC, Audience.CAMPUS, Audience.FOLLOWERS):
        make_post(person, f"post to {audience.label}", audience)
    viewer = cast_of[somebody][0]
    path = f"/@alice/?as={seen_as}"
    assert seen_by(person, path) == seen_by(viewer)
    as_shown, theirs = client_of(person).get(path).text, client_of(viewer).get("/@alice/").text
    for audience in (Audience.PUBLIC, Audience.CAMPUS, Audience.FOLLOWERS):
        post = f"post to {audience.label}"
        assert (post in as_shown) == (post in theirs), post
    assert "Back to your view" in as_shown


@pytest.mark.parametrize("profile_for", [Reach.CAMPUS, Reach.FOLLOWERS])
@pytest.mark.parametrize(("seen_as", "somebody"), [("campus", "campus"), ("followers", "follower")])
def test_view_as_of_a_narrower_profile(
    profile_for: Reach, seen_as: str, somebody: str, person: User, cast_of: Cast, make_post: MakePost
) -> None:
    make_post(person, "a public post", Audience.PUBLIC)
    User.objects.filter(pk=person.pk).update(profile_for=profile_for, posts_for=profile_for)
    path = f"/@alice/?as={seen_as}"
    viewer = cast_of[somebody][0]
    assert seen_by(person, path) == seen_by(viewer)
    shown = [
        client.get(address).text for client, address in ((client_of(person), path), (client_of(viewer), "/@alice/"))
    ]
    assert ("a public post" in shown[0]) == ("a public post" in shown[1])


def test_nobody_else_may_view_as(person: User, cast_of: Cast) -> None:
    reach_of_all(person, Reach.FOLLOWERS)
    for name in ("guest", "outsider", "campus", "follower"):
        viewer, _relation = cast_of[name]
        answer = client_of(viewer).get("/@alice/?as=followers")
        assert "Back to your view" not in answer.text
        assert seen_by(viewer, "/@alice/?as=followers") == seen_by(viewer)


@pytest.mark.parametrize("seen_as", ["", "me", "friends", "x" * 500])
def test_an_unknown_view_is_one_s_own(seen_as: str, person: User) -> None:
    assert seen_by(person, f"/@alice/?as={seen_as}") == set(SIGNS)


class TestPrivate:
    @pytest.fixture(autouse=True)
    def is_private(self, person: User, cast_of: Cast) -> None:
        User.objects.filter(pk=person.pk).update(profile_for=Reach.FOLLOWERS, posts_for=Reach.FOLLOWERS)

    def test_the_campus_sees_the_head_and_may_ask(self, person: User, cast_of: Cast, make_post: MakePost) -> None:
        make_post(person, "a public post", Audience.PUBLIC)
        reach_of_all(person, Reach.EVERYONE)
        page = client_of(cast_of["campus"][0]).get("/@alice/").text
        assert "Alice Ashdown" in page
        assert "This profile is private" in page
        assert "Ask to follow" in page
        assert "a public post" not in page
        assert "<b>" not in page.split("<main", 1)[1].split("</main>")[0]  # no numbers of followers
        assert seen_by(cast_of["campus"][0]) == set()

    def test_followers_see_what_is_for_them(self, person: User, cast_of: Cast) -> None:
        reach_of_all(person, Reach.EVERYONE)
        assert seen_by(cast_of["follower"][0]) == set(SIGNS)

    def test_everybody_else_sees_nothing(self, person: User, cast_of: Cast) -> None:
        for name in ("guest", "outsider"):
            assert client_of(cast_of[name][0]).get("/@alice/").status_code == 404


class TestKept:
    """What is kept of a profile is never one viewer's, and is forgotten when it changes (ID4)."""

    @pytest.fixture
    def commit(self, django_capture_on_commit_callbacks: Any) -> Callable[..., None]:
        def run(change: Callable[[], object]) -> None:
            with django_capture_on_commit_callbacks(execute=True):
                change()

        return run

    def test_in_whatever_order_they_come_each_gets_their_own(self, person: User, cast_of: Cast) -> None:
        reach_of_all(person, Reach.CAMPUS, bio=Reach.FOLLOWERS, skills=Reach.NOBODY)
        expected = {name: seen_by(viewer) for name, (viewer, _relation) in cast_of.items()}
        assert expected["owner"] == set(SIGNS)
        assert expected["follower"] == set(SIGNS) - {"skills"}
        assert expected["campus"] == set(SIGNS) - {"skills", "bio"}
        assert expected["guest"] == set()
        for order in (
            list(cast_of),
            list(reversed(cast_of)),
            ["owner", "guest", "friend", "outsider", "owner", "campus"],
        ):
            assert [seen_by(cast_of[name][0]) for name in order] == [expected[name] for name in order]

    def test_a_change_shows_at_once_to_owner_and_others(
        self, person: User, cast_of: Cast, commit: Callable[..., None]
    ) -> None:
        viewers = [cast_of[name][0] for name in ("owner", "campus", "follower")]
        for viewer in viewers:
            assert "canaryskill" in client_of(viewer).get("/@alice/").text
        commit(lambda: accounts.set_skills(actor=person, names=["freshly painted"]))
        for viewer in viewers:
            page = client_of(viewer).get("/@alice/").text
            assert "freshly painted" in page
            assert "canaryskill" not in page

    @pytest.mark.parametrize("level", [Reach.CAMPUS, Reach.NOBODY])
    def test_a_narrower_reach_holds_at_once_and_even_when_redis_missed_it(
        self, level: Reach, person: User, cast_of: Cast
    ) -> None:
        assert "bio" in seen_by(None)
        accounts.set_field_reach(actor=person, reach={"bio": level})  # what is kept hears nothing before the commit
        assert "bio" not in seen_by(None)

    def test_what_staff_change_shows_at_once(
        self, person: User, cast_of: Cast, admin_client: Client, commit: Callable[..., None]
    ) -> None:
        field = ProfileField.objects.get()
        viewer = client_of(cast_of["campus"][0])
        assert "canaryanswer" in viewer.get("/@alice/").text
        change = f"/admin/accounts/profilefield/{field.pk}/change/"
        form = {"label": "Fowl", "kind": "text", "position": "0", "choices": "", "help_text": "", "university": ""}
        commit(lambda: admin_client.post(change, form | {"is_shown": "on"}))
        assert "Fowl" in viewer.get("/@alice/").text
        commit(lambda: admin_client.post(change, form))
        assert "canaryanswer" not in viewer.get("/@alice/").text
        assert ProfileAnswer.objects.count() == 1  # out of use, and not lost

    def test_one_query_fills_it_and_none_reads_it(self, person: User) -> None:
        from apps.accounts import selectors

        counts = []
        for _ in range(2):
            alice = User.objects.select_related("privacy").get(pk=person.pk)
            with CaptureQueriesContext(connection) as queries:
                selectors.facts_of(alice)
            counts.append(len(queries))
        assert counts == [1, 0]


def test_the_number_of_queries_is_flat_however_much_is_said(person: User, charlie: User) -> None:
    client, counts = client_of(charlie), []
    for number in (0, 18):
        accounts.set_skills(actor=person, names=[f"skill {n}" for n in range(number + 1)])
        accounts.set_courses(actor=person, year=2026, season=3, codes=[f"C {n}" for n in range(min(number, 11) + 1)])
        client.get("/@alice/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/@alice/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_hostile_words_are_shown_as_words(person: User, charlie_client: Client) -> None:
    nasty = '"><script>alert(1)</script>'
    accounts.update_profile(
        actor=person, name=nasty, username="alice", pronouns='"><img src=x>', bio=f"{nasty} [x](javascript:alert(1))"
    )
    accounts.update_studies(actor=person, programme=nasty, year=None, graduates_on=None, level="")
    accounts.set_skills(actor=person, names=[nasty, "مرحبا \u202e abc", "👩🏽‍🚀" * 5])
    accounts.set_status(actor=person, emoji="🐤", text=nasty, until=timezone.now() + timedelta(hours=1))
    accounts.set_answers(actor=person, answers={ProfileField.objects.get().pk: nasty})
    ProfileLink.objects.update(label=nasty)
    for path in ("/@alice/", "/@alice/?as=followers"):
        page = (charlie_client if "?" not in path else client_of(person)).get(path).text
        assert "<script>alert" not in page
        assert "<img" not in page
        assert 'href="javascript' not in page
        assert "\u202e" not in page


def test_a_bio_is_markdown_whether_it_was_kept_or_not(person: User, charlie_client: Client) -> None:
    accounts.update_profile(actor=person, name="Alice", username="alice", pronouns="", bio="**bold** & <i>not</i>")
    for _ in range(2):
        page = charlie_client.get("/@alice/").text
        assert "<strong>bold</strong> &amp; &lt;i&gt;not&lt;/i&gt;" in page
