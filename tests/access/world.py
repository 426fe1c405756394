"""The stage of the access matrix: what alice owns, and paula, who is private, and everybody who may want it."""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.test import Client
from django.utils import timezone

from apps.accounts import selectors as accounts_selectors
from apps.accounts import services as accounts
from apps.accounts.models import Reach, University, User
from apps.graph import services as graph
from apps.graph.models import Circle, FollowRequest
from apps.kernel.jobs.models import Job
from apps.moderation import selectors as moderation_selectors
from apps.moderation import services as moderation
from apps.posts import services as posts
from apps.posts.content import Extras, PollPlan
from apps.posts.drafts import Content
from apps.posts.models import Audience, Comment, Post
from apps.safety import services as safety
from tests.cast import make_person, make_university, moderators
from tests.conftest import client_of

PERSONAS = (
    "anonymous",
    "stranger",  # same campus, no edge to alice
    "outsider",  # another university
    "follower",  # of both, and in no circle
    "ex_follower",  # of both, and was in their circles
    "pending",  # waits for paula's yes; nothing to alice
    "blocked",  # by both
    "blocker",  # of both
    "owner",  # alice; nothing to paula
    "suspended",  # a follower of both until yesterday
    "moderator",
    "staff",  # may enter the admin, has no permission in it
    "superuser",
)

PRIVATE_CANARY = "pangolin"  # stands in all that paula writes, and nowhere else


@dataclass
class World:
    northmere: University
    people: dict[str, User] = field(default_factory=dict)
    posts: dict[int, Post] = field(default_factory=dict)  # by audience
    comments: dict[int, Comment] = field(default_factory=dict)  # alice's, on her posts
    private_posts: dict[int, Post] = field(default_factory=dict)  # paula's
    private_comments: dict[int, Comment] = field(default_factory=dict)
    circle_id: int = 0  # alice's
    draft_id: uuid.UUID = field(default_factory=uuid.uuid4)  # alice's
    scheduled_id: uuid.UUID = field(default_factory=uuid.uuid4)  # alice's
    bookmark_id: int = 0  # alice's
    folder_id: int = 0  # alice's
    word_id: int = 0  # muted by alice
    quote_id: int = 0  # the stranger's, of alice's public post
    repost_id: int = 0  # likewise
    invitation_path: str = ""  # of one that is open
    job_id: str = ""
    link_id: int = 0
    report_id: int = 0
    sessions: dict[str, str] = field(default_factory=dict)  # keys, by persona

    @property
    def alice(self) -> User:
        return self.people["owner"]

    @property
    def paula(self) -> User:
        return self.people["private"]

    def client(self, persona: str, *, csrf: bool = False) -> Client:
        """A fresh browser with the persona's session."""
        client = Client(enforce_csrf_checks=csrf)
        if key := self.sessions.get(persona):
            client.cookies[settings.SESSION_COOKIE_NAME] = key
        return client


def build() -> World:
    world = World(make_university())
    elsewhere = make_university("southdale", "Southdale College", 215)
    for persona in PERSONAS:
        if persona == "anonymous":
            continue
        world.people[persona] = make_person(
            "alice" if persona == "owner" else persona,
            university=elsewhere if persona == "outsider" else world.northmere,
            is_staff=persona in ("moderator", "staff", "superuser"),
            is_superuser=persona == "superuser",
        )
    people, alice = world.people, world.alice
    people["moderator"].groups.add(moderators())
    world.people["private"] = make_person("paula", university=world.northmere)
    for author in (alice, world.paula):
        surround(author, people)
    make_private(world.paula)
    graph.follow(actor=people["pending"], target=world.paula)
    world.circle_id = Circle.objects.get(owner=alice).pk
    # Left from a time when she was private herself.
    FollowRequest.objects.create(follower=people["moderator"], followee=alice)
    graph.mute(actor=people["moderator"], target=alice)
    world.posts, world.comments = write(alice, "canary")
    world.private_posts, world.private_comments = write(world.paula, PRIVATE_CANARY)
    begin(alice, world.draft_id, world.scheduled_id)
    world.bookmark_id = posts.save_post(actor=alice, post=world.posts[Audience.PUBLIC]).pk
    world.folder_id = posts.create_folder(actor=alice, name="canaryfolder").pk
    world.word_id = posts.mute_word(actor=alice, word="canaryword", lasts=None).pk
    world.quote_id, world.repost_id = pass_on(people["stranger"], world.posts[Audience.PUBLIC])
    target = moderation_selectors.target_for(people["stranger"], kind="post", target_id=world.posts[Audience.PUBLIC].pk)
    world.report_id = moderation.file_report(actor=people["stranger"], target=target, category="spam", text="").pk
    invitation = accounts.invite(actor=people["superuser"], max_uses=1000)[0]
    world.invitation_path = accounts_selectors.path_of(invitation)
    world.link_id = accounts.add_link(actor=alice, label="My page", url="https://alice.example/").pk
    world.job_id = str(Job.objects.create(kind="sample", owner=alice).pk)
    for persona, person in people.items():
        world.sessions[persona] = client_of(person).session.session_key or ""
    safety.suspend(actor=people["superuser"], person=people["suspended"], reason="testing")
    return world


def surround(author: User, people: dict[str, User]) -> None:
    """Everybody stands to the author as their names say; the circle is left with nobody in it."""
    for persona in ("follower", "ex_follower", "suspended"):
        graph.follow(actor=people[persona], target=author)
    circle = graph.create_circle(actor=author, name="canarycircle")
    graph.set_circle_members(actor=author, circle=circle, people=[people["ex_follower"].pk])
    graph.unfollow(actor=people["ex_follower"], target=author)
    graph.block(actor=author, target=people["blocked"])
    graph.block(actor=people["blocker"], target=author)


def make_private(person: User) -> None:
    User.objects.filter(pk=person.pk).update(profile_for=Reach.FOLLOWERS, posts_for=Reach.FOLLOWERS)
    person.refresh_from_db()


def write(author: User, canary: str) -> tuple[dict[int, Post], dict[int, Comment]]:
    """A post for each audience, each with a poll and a comment of its author's."""
    made: dict[int, Post] = {}
    said: dict[int, Comment] = {}
    circle = Circle.objects.get(owner=author)
    for audience in Audience:
        post = posts.create_post(
            actor=author,
            body=f"{canary}{audience} #quad",
            audience=audience,
            key=uuid.uuid4(),
            circle_id=circle.pk if audience == Audience.CIRCLE else None,
            extras=Extras(poll=PollPlan(options=("Yes", "No"), is_anonymous=False)),
        )
        made[audience] = post
        said[audience] = posts.add_comment(
            actor=author, post=post, body=f"{canary} said {audience}", parent=None, key=uuid.uuid4()
        )
    return made, said


def begin(author: User, draft_id: uuid.UUID, scheduled_id: uuid.UUID) -> None:
    """What is not posted yet."""
    content = Content(body="canary begun", audience="0")
    posts.save_draft(actor=author, draft_id=draft_id, content=content, revision=0)
    later = timezone.now() + timedelta(days=2)
    posts.schedule_post(actor=author, draft_id=scheduled_id, content=content, publish_at=later)


def pass_on(person: User, post: Post) -> tuple[int, int]:
    """A quote and a repost for everyone: their ids."""
    extras = Extras(quoted_id=post.pk)
    quote = posts.create_post(actor=person, body="look", audience=Audience.PUBLIC, key=uuid.uuid4(), extras=extras)
    return quote.pk, posts.repost(actor=person, post=post, audience=Audience.PUBLIC).pk
