"""Block means block: on every surface there is, in both directions, through a third person's thread too (ID6).

A new surface joins SURFACES; a canary of the other person's must not be in what it answers.
"""

import re
import uuid
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

import pytest
from django.utils import timezone

from apps.accounts import selectors as accounts_selectors
from apps.accounts import services as accounts
from apps.accounts.models import Reach, User
from apps.graph import services as graph
from apps.graph.models import Circle
from apps.kernel import outbox
from apps.posts import services as posts
from apps.posts.content import Extras, PollPlan
from apps.posts.models import Audience, Bookmark, Comment, Post
from tests.cast import make_person
from tests.conftest import client_of

CANARY = "zebrafinch"  # stands in everything the hidden person wrote; nothing else on the site says it


@dataclass
class Stage:
    viewer: User
    hidden: User
    third: User
    hidden_post: Post
    third_post: Post
    hidden_comment: Comment
    third_quote: Post  # of the hidden post
    third_repost: Post


SURFACES: dict[str, Callable[[Stage], str]] = {
    "home, ranked": lambda s: "/",
    "home, latest": lambda s: "/?view=latest",
    "feed fragment": lambda s: "/feed/page/?view=latest",
    "feed api, ranked": lambda s: "/api/feed",
    "feed api, latest": lambda s: "/api/feed?view=latest",
    "feed news": lambda s: "/feed/new/?since=2020-01-01T00:00:00Z",
    "explore": lambda s: "/explore/",
    "trending": lambda s: "/explore/trending/",
    "trending everywhere": lambda s: "/explore/trending/?of=everywhere",
    "why the post": lambda s: f"/posts/{s.hidden_post.pk}/why/",
    "why a post of a third": lambda s: f"/posts/{s.third_post.pk}/why/",
    "profile": lambda s: f"/@{s.hidden.username}/",
    "followers of the hidden": lambda s: f"/@{s.hidden.username}/followers/",
    "following of the hidden": lambda s: f"/@{s.hidden.username}/following/",
    "followers of a third": lambda s: f"/@{s.third.username}/followers/",
    "following of a third": lambda s: f"/@{s.third.username}/following/",
    "profile of a third": lambda s: f"/@{s.third.username}/",
    "post": lambda s: f"/posts/{s.hidden_post.pk}/",
    "thread of a third": lambda s: f"/posts/{s.third_post.pk}/",
    "comment": lambda s: f"/comments/{s.hidden_comment.pk}/",
    "reactions to the post": lambda s: f"/posts/{s.hidden_post.pk}/reactions/",
    "reactions to a post of a third": lambda s: f"/posts/{s.third_post.pk}/reactions/",
    "reactions to the comment": lambda s: f"/comments/{s.hidden_comment.pk}/reactions/",
    "passing on the post": lambda s: f"/posts/{s.hidden_post.pk}/share/",
    "quotes of the post": lambda s: f"/posts/{s.hidden_post.pk}/quotes/",
    "quotes of a post of a third": lambda s: f"/posts/{s.third_post.pk}/quotes/",
    "quote of the post by a third": lambda s: f"/posts/{s.third_quote.pk}/",
    "repost of the post by a third": lambda s: f"/posts/{s.third_repost.pk}/",
    "menu of the post": lambda s: f"/posts/{s.hidden_post.pk}/more/",
    "quote form of the post": lambda s: f"/posts/new/?quote={s.hidden_post.pk}",
    "voters of a third": lambda s: f"/posts/{s.third_post.pk}/voters/",
    "poll of a third": lambda s: f"/posts/{s.third_post.pk}/vote/",
    "tag": lambda s: "/tags/commonword/",
    "tag only they use": lambda s: "/tags/beaks/",
    "tags": lambda s: "/tags/",
    "tags found": lambda s: f"/tags/?q={CANARY[:6]}",
    "tags suggested": lambda s: f"/tags/suggest?q={CANARY[:6]}",
    "saved": lambda s: "/bookmarks/",
    "saved, reminders": lambda s: "/bookmarks/?show=reminders",
    "muted words and threads": lambda s: "/settings/muted-words/",
    "suggestion by name": lambda s: f"/people/suggest?q={CANARY[:6]}",
    "directory": lambda s: "/people/",
    "directory by name": lambda s: f"/people/?q={CANARY[:6]}",
    "directory by username": lambda s: f"/people/?q=@{s.hidden.username[:6]}",
    "directory by programme": lambda s: "/people/?programme=field+work",
    "directory by course": lambda s: "/people/?course=ZEB+1",
    "directory by skill": lambda s: "/people/?skill=falconry",
    "directory by language": lambda s: "/people/?language=de",
    "directory by role": lambda s: "/people/?role=student&seen=recently",
    "suggestion by username": lambda s: f"/people/suggest?q={s.hidden.username[:6]}",
    "history of the post": lambda s: f"/posts/{s.hidden_post.pk}/history/",
    "own deleted posts": lambda s: "/posts/deleted/",
    "own deleted comments": lambda s: "/posts/deleted/?what=comments",
    "posting settings": lambda s: "/settings/posting/",
    "report form of the post": lambda s: f"/report/post/{s.hidden_post.pk}/",
    "report form of the comment": lambda s: f"/report/comment/{s.hidden_comment.pk}/",
    "report form of the person": lambda s: f"/report/person/{s.hidden.pk}/",
    "settings": lambda s: "/settings/",
    "requests": lambda s: "/settings/requests/",
    "circles": lambda s: "/settings/circles/",
    "muted": lambda s: "/settings/muted/",
    "mute": lambda s: f"/@{s.hidden.username}/mute/",
    "friends of the hidden": lambda s: f"/@{s.hidden.username}/friends/",
    "friends of a third": lambda s: f"/@{s.third.username}/friends/",
    "own profile": lambda s: f"/@{s.viewer.username}/",
    "own followers": lambda s: f"/@{s.viewer.username}/followers/",
    "own friends": lambda s: f"/@{s.viewer.username}/friends/",
    "welcome, interests": lambda s: "/welcome/3/",
    "welcome, people": lambda s: "/welcome/4/",
}


def _quote(author: User, post: Post, body: str) -> Post:
    extras = Extras(quoted_id=post.pk)
    return posts.create_post(actor=author, body=body, audience=Audience.PUBLIC, key=uuid.uuid4(), extras=extras)


def _asked(author: User, *, voter: User) -> Post:
    """A thread for all, with a poll in which somebody has voted for all to see."""
    extras = Extras(poll=PollPlan(options=("Yes", "No"), is_anonymous=False))
    post = posts.create_post(
        actor=author, body="a thread for all", audience=Audience.PUBLIC, key=uuid.uuid4(), extras=extras
    )
    posts.vote(actor=voter, post=post, choices=[0])
    return post


def list_in_directory(person: User) -> None:
    """To be found by every facet."""
    privacy = {**accounts_selectors.settings_of(person), "in_directory": True, "online": Reach.EVERYONE}
    accounts.update_privacy(actor=person, **privacy)
    accounts.update_studies(actor=person, programme="Field work", year=2, graduates_on=None, level="expert")
    accounts.set_courses(actor=person, year=2026, season=3, codes=["ZEB 1"])
    accounts.set_languages(actor=person, languages=[("de", False)])
    accounts.set_skills(actor=person, names=["Falconry"])


def _meet(viewer: User, hidden: User, third: User) -> None:
    """All follow one another; what each keeps about the other must not bring them back."""
    for person in (hidden, third):
        list_in_directory(person)
    accounts.set_skills(actor=hidden, names=["Falconry", CANARY])
    accounts.set_interests(actor=hidden, names=["Rowing", CANARY])
    accounts.set_interests(actor=viewer, names=["Rowing"])
    for follower in (viewer, hidden, third):
        for followee in (viewer, hidden, third):
            if follower != followee:
                graph.follow(actor=follower, target=followee)
    circle = graph.create_circle(actor=viewer, name="Friends")
    graph.set_circle_members(actor=viewer, circle=circle, people=[hidden.pk, third.pk])
    graph.mute(actor=viewer, target=hidden)
    graph.write_note(actor=viewer, person=hidden, text=f"{CANARY} noted")


def _pass_on(hidden: User, third: User, hidden_post: Post, third_post: Post) -> tuple[Post, Post]:
    """Each passes the other's post on, and the hidden one reacts; the third person's quote and repost."""
    posts.react(actor=hidden, post=third_post, feeling=2)
    _quote(hidden, third_post, f"{CANARY} quotes")
    posts.repost(actor=hidden, post=third_post, audience=Audience.PUBLIC)
    quote = _quote(third, hidden_post, "what a bird")
    return quote, posts.repost(actor=third, post=hidden_post, audience=Audience.PUBLIC)


def befriended() -> Stage:
    """Two friends and a third, all following one another, before one of them blocks the other."""
    viewer = make_person("vera", name="Vera Viewer")
    hidden = make_person("hidehand", name=f"{CANARY.title()} Hand")
    third = make_person("thea", name="Thea Third")
    _meet(viewer, hidden, third)
    hidden_post = posts.create_post(
        actor=hidden, body=f"{CANARY} #commonword", audience=Audience.PUBLIC, key=uuid.uuid4()
    )
    third_post = _asked(third, voter=hidden)
    other = posts.create_post(
        actor=hidden, body=f"{CANARY} #{CANARY}tag #beaks", audience=Audience.PUBLIC, key=uuid.uuid4()
    )
    posts.mute_thread(actor=viewer, post=other)
    saved = posts.save_post(actor=viewer, post=hidden_post)
    Bookmark.objects.filter(pk=saved.pk).update(remind_at=timezone.now())
    quote, repost = _pass_on(hidden, third, hidden_post, third_post)
    comment = posts.add_comment(actor=hidden, post=third_post, body=f"{CANARY} says", parent=None, key=uuid.uuid4())
    posts.add_comment(actor=third, post=third_post, body="well said", parent=comment, key=uuid.uuid4())
    outbox.drain()
    return Stage(viewer, hidden, third, hidden_post, third_post, comment, quote, repost)


@pytest.fixture(scope="module")
def friends(once: Callable[[Callable[[], Stage]], Stage]) -> Stage:
    return once(befriended)


@pytest.fixture
def stage(db: None, friends: Stage, drain: Callable[[], int]) -> Callable[..., Stage]:
    """The three, after one has blocked another."""

    def block(*, blocked_by_viewer: bool) -> Stage:
        made = deepcopy(friends)
        if blocked_by_viewer:
            graph.block(actor=made.viewer, target=made.hidden)
        else:
            graph.block(actor=made.hidden, target=made.viewer)
        drain()
        return made

    return block


@pytest.mark.parametrize("blocked_by_viewer", [True, False], ids=["viewer blocks", "viewer is blocked"])
@pytest.mark.parametrize("surface", SURFACES)
def test_nothing_of_the_other_is_shown(surface: str, blocked_by_viewer: bool, stage: Callable[..., Stage]) -> None:
    made = stage(blocked_by_viewer=blocked_by_viewer)
    path = SURFACES[surface](made)
    response = client_of(made.viewer).get(path, follow=True)
    body = response.content.decode().lower()
    assert response.status_code in (200, 404)
    assert CANARY not in body
    assert "hidehand" not in body.replace(path.lower(), "")
    # The surface is a real one: the third person finds the canary there, or the page has none to begin with.
    witness = client_of(made.third).get(path, follow=True)
    assert witness.status_code == 200


@pytest.mark.parametrize("blocked_by_viewer", [True, False], ids=["viewer blocks", "viewer is blocked"])
def test_what_the_other_said_is_not_counted(blocked_by_viewer: bool, stage: Callable[..., Stage]) -> None:
    """A number of comments nobody shows would tell that somebody apart has spoken."""
    made = stage(blocked_by_viewer=blocked_by_viewer)
    for person, count in ((made.viewer, 1), (made.third, 2)):
        for path in ("/", "/explore/", f"/posts/{made.third_post.pk}/", f"/@{made.third.username}/"):
            card = client_of(person).get(path).text.partition(f'id="post-{made.third_post.pk}"')[2]
            number = re.search(r'#comments">.*?<span class="num">(\d*)</span>', card, re.S)
            assert number, path
            assert number[1] == str(count), (person, path)


@pytest.mark.parametrize("blocked_by_viewer", [True, False], ids=["viewer blocks", "viewer is blocked"])
def test_the_other_has_left_ones_circles(blocked_by_viewer: bool, stage: Callable[..., Stage]) -> None:
    made = stage(blocked_by_viewer=blocked_by_viewer)
    path = f"/settings/circles/{Circle.objects.get().pk}/"
    for asked in ("", CANARY[:6], "hidehand"):
        answer = client_of(made.viewer).get(path, {"q": asked})
        assert [person.username for person in answer.context["people"]] == ["thea"]
        assert f"{CANARY} hand" not in answer.text.lower()


@pytest.mark.parametrize("blocked_by_viewer", [True, False], ids=["viewer blocks", "viewer is blocked"])
def test_nothing_can_be_done_to_the_other(blocked_by_viewer: bool, stage: Callable[..., Stage]) -> None:
    made = stage(blocked_by_viewer=blocked_by_viewer)
    client = client_of(made.viewer)
    post, comment = made.hidden_post.pk, made.hidden_comment.pk
    attempts = {
        f"/posts/{post}/react/": {"feeling": "1"},
        f"/posts/{post}/share/": {"audience": "0"},
        f"/posts/{post}/unshare/": {},
        f"/posts/{post}/less/": {},
        f"/posts/{post}/less/undo/": {},
        f"/posts/{post}/vote/": {"choice": "0"},
        f"/posts/{post}/edit/": {"body": "mine now", "audience": "0", "replies": "0", "quoting": "0"},
        f"/posts/{post}/save/": {"saved": "1"},
        f"/posts/{post}/mute/": {},
        f"/posts/{post}/unmute/": {},
        f"/posts/{post}/pin/": {},
        f"/posts/{post}/unpin/": {},
        f"/posts/{post}/comments/": {"body": "hello", "key": str(uuid.uuid4())},
        f"/comments/{comment}/react/": {"feeling": "1"},
        f"/posts/{made.third_post.pk}/comments/": {"body": "hello", "parent": str(comment), "key": str(uuid.uuid4())},
        f"/@{made.hidden.username}/follow/": {},
        f"/@{made.hidden.username}/remove/": {},
        f"/@{made.hidden.username}/mute/": {"days": "7"},
        f"/@{made.hidden.username}/unmute/": {},
        f"/@{made.hidden.username}/note/": {"text": "hello"},
        f"/requests/{made.hidden.username}/accept/": {},
        f"/requests/{made.hidden.username}/decline/": {},
        f"/report/post/{post}/": {"category": "spam", "text": ""},
    }
    for path, data in attempts.items():
        assert client.post(path, data).status_code == 404, path
    made.hidden_post.refresh_from_db()
    assert made.hidden_post.reaction_count == 0
    assert made.hidden_post.comment_count == 0


@pytest.mark.parametrize("blocked_by_viewer", [True, False], ids=["viewer blocks", "viewer is blocked"])
def test_a_mention_of_the_other_reaches_nobody(
    blocked_by_viewer: bool, stage: Callable[..., Stage], events: Callable[[], list[str]]
) -> None:
    made = stage(blocked_by_viewer=blocked_by_viewer)
    before = events().count("mention.created")
    mentioning = posts.create_post(
        actor=made.viewer, body="hello @hidehand", audience=Audience.PUBLIC, key=uuid.uuid4()
    )
    assert events().count("mention.created") == before
    assert "/@hidehand/" not in mentioning.body_html


def test_the_blocked_person_cannot_tell_the_block_from_an_unknown_name(stage: Callable[..., Stage]) -> None:
    made = stage(blocked_by_viewer=False)
    client = client_of(made.viewer)
    blocked = client.get(f"/@{made.hidden.username}/").content.replace(made.hidden.username.encode(), b"NAME")
    unknown = client.get("/@nobodyhere/").content.replace(b"nobodyhere", b"NAME")
    assert _without_tokens(blocked) == _without_tokens(unknown)


def _without_tokens(page: bytes) -> bytes:
    """CSRF tokens and request ids differ with every request."""
    return re.sub(rb"[0-9A-Za-z]{64}|[0-9a-f-]{32,36}", b"TOKEN", page)
