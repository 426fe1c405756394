"""The stage of the access matrix: what alice owns, and everybody who may want it."""

import uuid
from dataclasses import dataclass, field

from django.conf import settings
from django.test import Client

from apps.accounts.models import University, User
from apps.graph import services as graph
from apps.kernel.jobs.models import Job
from apps.moderation import selectors as moderation_selectors
from apps.moderation import services as moderation
from apps.posts import services as posts
from apps.posts.models import Audience, Comment, Post
from apps.safety import services as safety
from tests.cast import make_person, make_university, moderators
from tests.conftest import client_of

PERSONAS = (
    "anonymous",
    "stranger",  # same campus, no edge to alice
    "outsider",  # another university
    "follower",
    "ex_follower",
    "blocked",  # by alice
    "blocker",  # of alice
    "owner",  # alice
    "suspended",  # a follower of alice until yesterday
    "moderator",
    "staff",  # may enter the admin, has no permission in it
    "superuser",
)


@dataclass
class World:
    northmere: University
    people: dict[str, User] = field(default_factory=dict)
    posts: dict[int, Post] = field(default_factory=dict)  # by audience
    comments: dict[int, Comment] = field(default_factory=dict)  # alice's, on her posts
    job_id: str = ""
    report_id: int = 0
    sessions: dict[str, str] = field(default_factory=dict)  # keys, by persona

    @property
    def alice(self) -> User:
        return self.people["owner"]

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
    for persona in ("follower", "ex_follower", "suspended"):
        graph.follow(actor=people[persona], target=alice)
    graph.unfollow(actor=people["ex_follower"], target=alice)
    graph.block(actor=alice, target=people["blocked"])
    graph.block(actor=people["blocker"], target=alice)
    for audience in Audience:
        post = posts.create_post(actor=alice, body=f"canary{audience} #quad", audience=audience, key=uuid.uuid4())
        world.posts[audience] = post
        world.comments[audience] = posts.add_comment(
            actor=alice, post=post, body=f"comment{audience}", parent=None, key=uuid.uuid4()
        )
    target = moderation_selectors.target_for(people["stranger"], kind="post", target_id=world.posts[Audience.PUBLIC].pk)
    world.report_id = moderation.file_report(actor=people["stranger"], target=target, category="spam", text="").pk
    world.job_id = str(Job.objects.create(kind="sample", owner=alice).pk)
    for persona, person in people.items():
        world.sessions[persona] = client_of(person).session.session_key or ""
    safety.suspend(actor=people["superuser"], person=people["suspended"], reason="testing")
    return world
