"""What the people one logs in as keep for themselves on a demo campus: saved posts, drafts, hashtags, mutes."""

import random
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import Count

from apps.kernel.demo import DemoPerson, DemoWorld, sections
from apps.posts.demo_kinds import LANGUAGE
from apps.posts.demo_writer import TEXTS
from apps.posts.drafts import Content
from apps.posts.models import (
    Audience,
    Bookmark,
    Draft,
    Folder,
    Hashtag,
    MutedThread,
    MutedWord,
    Post,
    TagFollow,
)

FOLDERS = {"alice": ["Exams", "Reading list", "To cook"], "bob": ["Bikes", "Music"], "mira": ["For the desk"]}
SAVERS = ("alice", "bob", "charlie", "mira")
SAVED = 14  # posts by each
TAGS = 4  # hashtags by each
QUIET_WORD = "spoilers"


def build(world: DemoWorld, readers: dict[int, list[int]], posts: Sequence[Post]) -> None:
    draw = world.draw("kept")
    notes = sections(TEXTS / f"{LANGUAGE}.txt")["note"]
    for name in SAVERS:
        person = world.person(name)
        seen = [post for post in posts if person.id in readers[post.pk]]
        _save(world, draw, person, draw.sample(seen, min(SAVED, len(seen))), notes)
        _follow_tags(draw, person)
    alice = world.person("alice")
    seen = [post for post in posts if alice.id in readers[post.pk] and post.created_at < world.now - timedelta(days=9)]
    MutedThread.objects.create(person_id=alice.id, post_id=draw.choice(seen).pk)
    MutedWord.objects.create(person_id=alice.id, word=QUIET_WORD, until=world.now + timedelta(days=30))
    _draft(world, draw, alice)


def _save(world: DemoWorld, draw: random.Random, person: DemoPerson, posts: Sequence[Post], notes: list[str]) -> None:
    """One is due, one is to come, some are done, and a third has a note."""
    names = FOLDERS.get(person.username, [])
    folders = Folder.objects.bulk_create(Folder(owner_id=person.id, name=name) for name in names)
    rows = []
    for number, post in enumerate(sorted(posts, key=lambda post: post.pk)):
        row = Bookmark(person_id=person.id, post_id=post.pk, created_at=post.created_at)
        row.folder = draw.choice([None, *folders])
        row.note = draw.choice(notes) if draw.random() < 0.35 else ""
        if number == 0:
            row.remind_at = row.reminded_at = world.now - timedelta(hours=1)
            row.note = notes[0]
        elif number == 1:
            row.remind_at = world.now + timedelta(days=2)
        elif draw.random() < 0.25:
            row.done_at = world.now
        rows.append(row)
    Bookmark.objects.bulk_create(rows)


def _follow_tags(draw: random.Random, person: DemoPerson) -> None:
    used = Hashtag.objects.annotate(uses=Count("post_edges")).order_by("-uses", "name")[: 5 * TAGS]
    TagFollow.objects.bulk_create(TagFollow(person_id=person.id, tag=tag) for tag in draw.sample(list(used), TAGS))


def _draft(world: DemoWorld, draw: random.Random, author: DemoPerson) -> None:
    """Two that are being written, and one that goes out in three days."""
    first, second = sections(TEXTS / f"{LANGUAGE}.txt")["draft"]
    audience = str(Audience.CAMPUS.value)
    contents = [
        Content(body=first, audience=audience),
        Content(body=second, audience=audience, poll_question="The new timetable", poll_options=("Yes", "No", "")),
        Content(body="Reading group tonight at seven, foyer of the Old Chapel. Chapter three.", audience=audience),
    ]
    drafts = [
        Draft(id=UUID(int=draw.getrandbits(128), version=4), author_id=author.id, content=one.as_json())
        for one in contents
    ]
    drafts[-1].publish_at = world.now + timedelta(days=3)
    Draft.objects.bulk_create(drafts)
