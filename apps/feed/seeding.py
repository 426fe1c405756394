"""Timelines of a seeded crowd, so that a home page has something to read: by the statement that rebuilds them."""

from django.conf import settings
from django.db import connection

from apps.feed import rows, services, tags, trending
from apps.kernel.seeding import Crowd, refresh_statistics

STEP = 50_000  # timelines in one statement


def fill(crowd: Crowd) -> None:
    if not crowd.posts:
        return
    services.ensure_partitions()
    refresh_statistics()
    crowd.say(f"feed_pulledauthor: {note_pulled(line=settings.FEED_PULL_FOLLOWERS):,} rows")
    total = 0
    for first in crowd.ids[::STEP]:
        total += services.rebuild_timelines(first=first, last=min(first + STEP, crowd.ids.stop) - 1)
    crowd.say(f"feed_item: {total:,} rows")
    crowd.say(f"feed_tagscore: {tags.rebuild_tags():,} rows")
    trending.refresh_trending()


def note_pulled(*, line: int) -> int:
    """Notes the authors with so many followers, who are written to nobody, as the first post of each would have."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO feed_pulledauthor (author_id, last_post_at)"
            " SELECT p.author_id, max(p.created_at) FROM posts_post p"
            " JOIN graph_followcount c ON c.person_id = p.author_id AND c.followers >= %s"
            " WHERE p.created_at >= %s GROUP BY p.author_id ON CONFLICT DO NOTHING",
            [line, rows.horizon()],
        )
        return int(cursor.rowcount)
