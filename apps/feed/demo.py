"""Timelines of the demo's people, made from the posts like any other."""

from django.contrib.auth import get_user_model
from django.db import connection

from apps.feed import services, tags, trending
from apps.kernel.demo import DemoWorld


def build(world: DemoWorld) -> None:
    services.ensure_partitions()
    with connection.cursor() as cursor:  # of tables that were empty a moment ago PostgreSQL would make no good plan
        cursor.execute("ANALYZE posts_post, graph_follow, accounts_user, accounts_lastseen, feed_affinity")
    for first, last in _spans([person.id for person in world.people]):
        services.rebuild_timelines(first=first, last=last)
    tags.rebuild_tags()
    trending.refresh_trending()


def remove(world: DemoWorld) -> None:
    """These tables have no foreign keys: both what demo people read and what others read of them goes here."""
    gone = world.marked(get_user_model())
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM feed_item WHERE user_id = ANY(%(gone)s)"
            " OR post_id IN (SELECT id FROM posts_post WHERE author_id = ANY(%(gone)s))",
            {"gone": gone},
        )
        cursor.execute(
            "DELETE FROM feed_affinity WHERE reader_id = ANY(%(gone)s) OR author_id = ANY(%(gone)s)", {"gone": gone}
        )
        cursor.execute("DELETE FROM feed_pulledauthor WHERE author_id = ANY(%(gone)s)", {"gone": gone})
    tags.rebuild_tags(but=gone)


def _spans(ids: list[int]) -> list[tuple[int, int]]:
    """Runs of ids without a gap, so that nobody else's timeline is touched."""
    spans: list[tuple[int, int]] = []
    for one in sorted(ids):
        if spans and spans[-1][1] == one - 1:
            spans[-1] = (spans[-1][0], one)
        else:
            spans.append((one, one))
    return spans
