"""Posts for a seeded crowd, spread over the last weeks. Likes and comments are left to the people."""

import random
from collections.abc import Iterator
from datetime import timedelta

from django.contrib.auth import get_user_model

from apps.kernel.demo import dated_id
from apps.kernel.ids import uuid7
from apps.kernel.seeding import Crowd, copy_rows
from apps.posts.models import Audience, Post

DAYS = 30
AUDIENCES = [Audience.CAMPUS, Audience.CAMPUS, Audience.PUBLIC, Audience.FOLLOWERS]
WORDS = ["lecture", "canteen", "library", "exam", "garden", "bicycle", "essay", "tutor", "lake", "choir", "soup"]
COLUMNS = ["id", "author_id", "university_id", "audience", "body", "body_html", "like_count", "comment_count"]
COLUMNS += ["version", "key", "created_at"]


def fill(crowd: Crowd) -> None:
    if crowd.posts:
        home = get_user_model().objects.values_list("university", flat=True).get(pk=crowd.first_id)
        copy_rows(Post, COLUMNS, _lines(crowd, home), crowd.say)


def _lines(crowd: Crowd, home: int | None) -> Iterator[str]:
    """Asks the database nothing: the connection is busy copying."""
    draw = random.Random(crowd.seed)
    for author in crowd.ids:
        for _ in range(crowd.posts):
            moment = crowd.now - timedelta(seconds=draw.random() * DAYS * 86_400)
            body = f"About the {' and the '.join(draw.sample(WORDS, 4))}, from {author}."
            yield (
                f"{dated_id(moment, draw)}\t{author}\t{home}\t{draw.choice(AUDIENCES).value}\t{body}\t<p>{body}</p>"
                f"\t0\t0\t1\t{uuid7()}\t{moment.isoformat()}\n"
            )
