"""The nightly refresh of what is stored of the score (FE3): who follows back by now, and who has to do with whom.

Goes through the readers by id, CHUNK at a time, each chunk in a transaction that also notes how far it came: stopped,
it goes on from there; run again on the same day, it does nothing; two at once take turns. Only what has changed is
written.
"""

import time
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from apps.feed import arms, ranking, rows
from apps.feed.models import LessLike, ScoreRun
from apps.posts import selectors as posts

CHUNK = 5_000  # readers in one transaction
LATELY = timedelta(days=30)
KEPT = timedelta(days=30)  # how long it is remembered that a day was done
FULL = 4  # ln(1 + points) / FULL of ranking.CLOSEST: 1 point → 1, 5 → 4, 54 → 8

# Only of people whom the reader follows: nobody else's posts have a relationship.
_AFFINITY = f"""
    SELECT i.author_id, i.person_id AS reader_id,
           round({ranking.CLOSEST} * least(1, ln(1 + sum(i.points)) / {FULL}))::smallint AS value
    FROM ({posts.INTERACTIONS}) i (person_id, author_id, points)
    JOIN graph_follow f ON f.follower_id = i.person_id AND f.followee_id = i.author_id
    GROUP BY i.author_id, i.person_id"""

_NEAR = f"""
WITH found AS MATERIALIZED ({_AFFINITY}), gone AS (
    DELETE FROM feed_affinity a WHERE a.reader_id > %(after)s AND a.reader_id <= %(upto)s
    AND NOT EXISTS (SELECT 1 FROM found WHERE found.author_id = a.author_id AND found.reader_id = a.reader_id)
)
INSERT INTO feed_affinity (author_id, reader_id, value) SELECT author_id, reader_id, value FROM found
ON CONFLICT (author_id, reader_id) DO UPDATE SET value = excluded.value WHERE feed_affinity.value <> excluded.value"""

# A follow that has just ended, or been made, is for the handler of its event.
_CHANGED = f"""
    SELECT i.user_id, i.created_at, i.post_id, {ranking.STORED}::smallint AS score, ({arms.REASON})::smallint AS reason
    FROM feed_item i
    JOIN posts_post p ON p.id = i.post_id AND p.author_id <> i.user_id
    JOIN graph_follow f ON f.follower_id = i.user_id AND f.followee_id = p.author_id
    JOIN accounts_user u ON u.id = i.user_id
    LEFT JOIN posts_post o ON o.id = p.repost_of_id
    LEFT JOIN feed_affinity near ON near.author_id = p.author_id AND near.reader_id = i.user_id
    CROSS JOIN LATERAL (
        SELECT EXISTS (SELECT 1 FROM graph_follow b
                       WHERE b.follower_id = p.author_id AND b.followee_id = i.user_id) AS is_there OFFSET 0) back
    WHERE i.user_id > %(after)s AND i.user_id <= %(upto)s AND i.created_at >= %(horizon)s"""

_REFRESH = f"""
UPDATE feed_item i SET score = n.score, reason = n.reason FROM ({_CHANGED}) n
WHERE i.user_id = n.user_id AND i.created_at = n.created_at AND i.post_id = n.post_id
  AND i.user_id > %(after)s AND i.user_id <= %(upto)s AND i.created_at >= %(horizon)s
  AND (i.score <> n.score OR i.reason <> n.reason)"""


def refresh_scores(*, seconds: float | None = None) -> ScoreRun:
    """Works at today's refresh until it is done, or for about so many seconds; returns how far it has come.

    Safe to call at any time, by many at once. Also forgets wishes ("less like this") that have run out.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    day = timezone.now().date()
    ScoreRun.objects.bulk_create([ScoreRun(day=day)], ignore_conflicts=True)
    while not (run := _next_chunk(day)).done_at:
        if deadline is not None and time.monotonic() > deadline:
            break
    return run


@transaction.atomic
def _next_chunk(day: date) -> ScoreRun:
    run = ScoreRun.objects.select_for_update(no_key=True).get(day=day)
    if run.done_at:
        return run
    upto = _end_of_chunk(run.upto)
    if upto is None:
        run.done_at = timezone.now()
        run.save(update_fields=["done_at"])
        _forget()
        return run
    now = timezone.now()
    values: dict[str, Any] = {"after": run.upto, "upto": upto, "since": now - LATELY, "horizon": rows.horizon()}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '60s'")
        cursor.execute(_NEAR, values)
        cursor.execute(_REFRESH, values)
        run.changed += cursor.rowcount
    run.upto = upto
    run.save(update_fields=["upto", "changed"])
    return run


def _end_of_chunk(after: int) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(id) FROM (SELECT id FROM accounts_user WHERE id > %s ORDER BY id LIMIT %s) u", [after, CHUNK]
        )
        last: int | None = cursor.fetchone()[0]
        return last


def _forget() -> None:
    now = timezone.now()
    LessLike.objects.filter(until__lte=now).delete()
    ScoreRun.objects.filter(day__lt=(now - KEPT).date()).delete()
