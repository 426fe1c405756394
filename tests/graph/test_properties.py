"""On any small campus, nothing contradicts who may know whom and who may read what (ID5, ID6)."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from hypothesis import HealthCheck, given, settings

from apps.accounts.models import User
from apps.feed import audit
from apps.feed import selectors as feed
from apps.feed import services as feed_services
from apps.graph import policies, selectors
from apps.posts import comment_cards, comments, rendering
from apps.posts import selectors as posts
from apps.posts.models import Audience, Bookmark, Comment, Post
from apps.web import selectors as web
from tests import cast
from tests.conftest import client_of
from tests.graph.worlds import PEOPLE, Campus, campuses, settle

Viewer = User | AnonymousUser
PAGE = 20  # posts on one
EXAMPLES = {"quick": 8, "long": 80}
CARD = re.compile(r'<article class="entry" id="post-(\d+)"')


@pytest.fixture
def people(db: None) -> list[User]:
    return [cast.make_person(f"person{place}", password=None) for place in range(PEOPLE)]


@pytest.fixture
def universities(northmere: Any, southdale: Any) -> list[int]:
    return [northmere.pk, southdale.pk]


class _Undo(Exception):
    """Ends an example's savepoint."""


@contextmanager
def settled(campus: Campus, people: list[User], universities: list[int]) -> Iterator[list[User]]:
    """The campus in the database until the block ends; nothing is kept from the one before."""
    cache.delete_pattern("*")  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            settle(campus, people, universities)
            yield list(User.objects.filter(pk__in=[p.pk for p in people]).order_by("username"))
            raise _Undo
    except _Undo:
        campus.posts.clear()


def everybody(campus: Campus, people: list[User]) -> list[tuple[int | None, Viewer]]:
    """Whoever may ask: guests, and the people who may be here."""
    here: list[tuple[int | None, Viewer]] = [(n, p) for n, p in enumerate(people) if n not in campus.inactive]
    return [(None, AnonymousUser()), *here]


def check_people(campus: Campus, people: list[User]) -> None:
    place = {person.pk: number for number, person in enumerate(people)}
    for number, viewer in everybody(campus, people):
        known = {one for one in range(PEOPLE) if campus.knows(number, one)}
        visible = set(selectors.people_visible_to(viewer).values_list("pk", flat=True))
        assert {place[pk] for pk in visible} == known, (number, "people_visible_to")
        for other in known:
            check_lists(campus, people, number, viewer, other)
        if not isinstance(viewer, User) or number is None:
            continue
        assert not {b for a, b in campus.blocks if a == number} & known
        assert not {a for a, b in campus.blocks if b == number} & known
        mentionable = {one for one in known if campus.within(campus.mention[one], number, one)} - {number}
        assert {place[p.pk] for p in selectors.suggest(viewer, "person")} == mentionable, (number, "type-ahead")
        waiting = {place[r.follower_id] for r in selectors.requests_page(viewer).items}
        assert waiting <= known
        assert waiting == {a for a, b in campus.requests if b == number} & known, (number, "requests")
        assert selectors.request_count(viewer) == len(waiting)
        muted = {place[mute.muted_id] for mute in selectors.muted_page(viewer).items}
        assert muted == {b for a, b in campus.mutes if a == number} & known, (number, "muted")
        suggested = {place[User.objects.get(username=s.username).pk] for s in web.suggestions(viewer, PEOPLE)}
        followed = {b for a, b in campus.follows if a == number}
        assert suggested <= known - followed - muted - {number}, (number, "suggestions")
        found = selectors.directory(viewer, selectors.wish_of(QueryDict("")))
        assert {place[row.person.pk] for row in found.page.items} <= known, (number, "directory")
        assert found.found == len(found.page.items), (number, "counts of the directory")


def check_lists(campus: Campus, people: list[User], number: int | None, viewer: Viewer, other: int) -> None:
    person = selectors.person_for(viewer, people[other].username)
    shown = campus.within(max(campus.lists[other], campus.reach[other][0]), number, other)
    assert policies.may_see_lists(viewer, person) == shown, (number, other)
    edges = {
        "followers": {a for a, b in campus.follows if b == other},
        "following": {b for a, b in campus.follows if a == other},
    }
    edges["friends"] = edges["followers"] & edges["following"]
    reads = {
        "followers": selectors.followers_page,
        "following": selectors.following_page,
        "friends": selectors.friends_page,
    }
    for of, read in reads.items():
        listed = {people.index(row.person) for row in read(viewer, person).items}
        told = {
            one for one in edges[of]
            if number in (one, other) or campus.within(max(campus.lists[one], campus.reach[one][0]), number, one)
        }  # fmt: skip
        assert listed == {one for one in told if campus.knows(number, one)}, (number, other, of)
    counted = {
        of: {
            one for one in edges[of] if one not in campus.inactive and (number is None or not campus.apart(number, one))
        }
        for of in ("followers", "following")
    }
    tally = selectors.met(viewer, person.username).tally
    assert (tally.followers, tally.following) == tuple(len(counted[of]) for of in counted), (number, other)


def check_posts(campus: Campus, people: list[User]) -> None:
    feed_services.ensure_partitions()
    feed_services.rebuild_timelines(first=people[0].pk, last=people[-1].pk)
    assert audit.figures().are_right
    for number, viewer in everybody(campus, people):
        seen = {pk for pk in campus.posts if campus.sees(number, pk)}
        assert set(posts.visible_posts(viewer).values_list("pk", flat=True)) == seen, (number, "visible_to")
        rows = posts.card_rows(viewer, list(campus.posts))
        assert set(rows) == seen, (number, "cards")
        for pk, row in rows.items():
            check_passed_on(campus, number, pk, row)
        check_lists_of_posts(campus, people, number, viewer, seen)
        check_talk(campus, people, number, viewer, seen)
        if isinstance(viewer, User) and number is not None:
            check_home(campus, number, viewer)
            check_saved(campus, number, viewer, seen)
            check_mentions(campus, people, number, viewer)


def age(everything: Iterable[Post]) -> Any:
    at = {post.pk: (-post.created_at.timestamp(), -post.pk) for post in everything}
    return lambda pk: at[pk]


def check_passed_on(campus: Campus, number: int | None, pk: int, row: Post) -> None:
    """What a card holds of another post is there for who may see that post, and for nobody else."""
    written = campus.posts[pk]
    passed_on = written.quoted if written.quoted is not None else written.root if written.root != pk else None
    expected = passed_on if passed_on is not None and campus.sees(number, passed_on) else None
    assert (row.passed_on.pk if row.passed_on else None) == expected, (number, "passed on")


def check_lists_of_posts(
    campus: Campus, people: list[User], number: int | None, viewer: Viewer, seen: set[int]
) -> None:
    wanted = {pk for pk in seen if campus.wants(number, pk)}
    public = {pk for pk in wanted if campus.posts[pk].audience == Audience.PUBLIC and campus.posts[pk].root == pk}
    shown = cards(posts.explore_page(viewer).cards)
    assert shown <= public, (number, "explore")
    assert len(shown) == min(len(public), PAGE), (number, "explore, to the end")
    tagged = {pk for pk in wanted if campus.posts[pk].root == pk and campus.posts[pk].quoted is None}
    newest = sorted(tagged, key=age(Post.objects.filter(pk__in=tagged)))[:PAGE]
    assert cards(posts.tag_page(viewer, "quad").cards) == set(newest), (number, "hashtag")
    for other, person in enumerate(people):
        theirs = {pk for pk in seen if campus.posts[pk].author == other}
        assert posts.post_count(viewer, person) == len(theirs)
        assert not theirs or campus.knows(number, other), (number, other, "a post without its author")
        if campus.knows(number, other):
            shown = cards(posts.author_page(viewer, person).cards)
            assert shown == {campus.posts[pk].root for pk in theirs}, (number, other, "profile")


def check_saved(campus: Campus, number: int, viewer: User, seen: set[int]) -> None:
    """Everything saved, while it could be seen; what is shown of it is what can be seen now."""
    roots = {one.root for one in campus.posts.values()}
    Bookmark.objects.bulk_create(Bookmark(person=viewer, post_id=pk) for pk in roots)
    shown: set[int] = set()
    cursor: str | None = ""
    while cursor is not None:
        page = posts.bookmarks_page(viewer, posts.Kept(), cursor)
        shown |= cards([row.card for row in page.rows if row.card])
        cursor = page.next or None
    assert shown == roots & seen, (number, "bookmarks")


def check_talk(campus: Campus, people: list[User], number: int | None, viewer: Viewer, seen: set[int]) -> None:
    for post in Post.objects.filter(pk__in=seen, comments__isnull=False).distinct():
        thread = "".join(comments.thread(post, comment_cards.Reading(viewer=viewer)).cards)
        said = {int(pk) for pk in re.findall(r'id="comment-(\d+)" tabindex', thread)}
        authors = {people.index(one.author) for one in Comment.objects.filter(pk__in=said).select_related("author")}
        assert authors == {one for one in range(PEOPLE) if campus.knows(number, one)}, (number, "a talk")


def check_home(campus: Campus, number: int, viewer: User) -> None:
    expected = campus.at_home(number)
    for view in feed.VIEWS:
        shown = articles(feed.home_page(viewer, view=view).cards)
        assert len(shown) == len(set(shown)), (number, view, "twice")
        assert set(shown) <= expected, (number, view)
        assert len(shown) == min(len(expected), PAGE), (number, view, "to the end")
        data = [int((item.get("repost_of") or item)["id"]) for item in feed.api_page(viewer, view=view)["items"]]
        assert data == shown, (number, view, "API")
    news = cards(feed.news(viewer, (timezone.now() - timedelta(days=1)).isoformat()).cards)
    assert news <= expected, (number, "news")


def check_mentions(campus: Campus, people: list[User], number: int, actor: User) -> None:
    """A name is a link to those who know the actor and want it; under a post it reaches those who may read it there."""
    body = " ".join(f"@{person.username}" for person in people)
    linked = rendering.people_named(body, actor=actor)
    wish_it = {
        one
        for one in range(PEOPLE)
        if one != number
        and campus.knows(number, one)
        and campus.knows(one, number)
        and campus.within(campus.mention[one], number, one)
    }
    assert {people.index(one) for one in linked} == wish_it, (number, "links")
    for post in Post.objects.filter(repost_of=None).select_related("author"):
        if not campus.sees(number, post.pk):
            continue
        told = {people.index(one) for one in rendering.people_told(linked, post=post)}
        assert told == {one for one in wish_it if campus.sees(one, post.pk)}, (number, post, "mentions")


def articles(drawn: list[Any]) -> list[int]:
    return [int(pk) for pk in CARD.findall("".join(drawn))]


def cards(drawn: list[Any]) -> set[int]:
    return set(articles(drawn))


SETTINGS: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}


@settings(max_examples=EXAMPLES["quick"], **SETTINGS)
@given(campus=campuses())
def test_people_lists_and_counts(campus: Campus, people: list[User], universities: list[int]) -> None:
    with settled(campus, people, universities) as here:
        check_people(campus, here)


@settings(max_examples=EXAMPLES["quick"] // 2, **SETTINGS)
@given(campus=campuses())
def test_posts_talks_feeds_and_mentions(campus: Campus, people: list[User], universities: list[int]) -> None:
    with settled(campus, people, universities) as here:
        check_posts(campus, here)


@settings(max_examples=3, **SETTINGS)
@given(campus=campuses())
def test_pages_say_what_the_rules_say(campus: Campus, people: list[User], universities: list[int]) -> None:
    """Over HTTP: a profile is there for who may know of the person, and names nobody they may not."""
    with settled(campus, people, universities) as here:
        for number, viewer in everybody(campus, here):
            client = client_of(viewer if isinstance(viewer, User) else None)
            known = {one for one in range(PEOPLE) if campus.knows(number, one)}
            hidden = [f"/@{here[one].username}/" for one in range(PEOPLE) if one not in known]
            for other, person in enumerate(here):
                answer = client.get(f"/@{person.username}/")
                assert answer.status_code == (200 if other in known else 404), (number, other)
                if answer.status_code == 200:
                    assert not [link for link in hidden if f'href="{link}"' in answer.text], (number, other)
            for path in ("/", "/explore/", "/people/"):
                page = client.get(path, follow=True).text
                assert not [link for link in hidden if f'href="{link}"' in page], (number, path)


@pytest.mark.slow
@settings(max_examples=EXAMPLES["long"], **SETTINGS)
@given(campus=campuses())
def test_the_same_on_many_more(campus: Campus, people: list[User], universities: list[int]) -> None:
    with settled(campus, people, universities) as here:
        check_people(campus, here)
        check_posts(campus, here)
