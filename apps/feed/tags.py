"""What is talked about: hashtags by a score with forward decay in log space, so that time alone changes nothing
(STORAGE.md 5).

A use at the time t adds e^((t - EPOCH) / TAU): twelve hours later a use counts e times as much, and the order of what
was counted is right at every later moment without being computed anew. What is kept is the logarithm of the sum; two of
them are added as max + ln(1 + e^(min - max)). Only public posts count, and one person once for a tag and an hour.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from apps.accounts.selectors import Reach
from apps.feed.models import TagScore, TagUse
from apps.kernel.cache import cached
from apps.posts import policies
from apps.posts import selectors as posts

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
TAU = 12 * 3600  # seconds
WINDOW = timedelta(days=7)  # = 14 TAU: what is older weighs less than a millionth
TAGS_TAG = "tags-of-the-week"  # of the kept lists
CANDIDATES = 30  # looked at, to find so many that are still said in the open
EVERYWHERE = 0

# Tables: p posts_post, a its author, t posts_posttag.
_COUNTED = f"""
    FROM posts_post p
    JOIN accounts_user a ON a.id = p.author_id AND a.is_active AND a.posts_for = {Reach.EVERYONE:d}
    JOIN posts_posttag t ON t.post_id = p.id
    WHERE p.audience = {policies.PUBLIC} AND p.deleted_at IS NULL AND p.hidden_at IS NULL AND p.repost_of_id IS NULL
      AND p.created_at > %(since)s AND p.author_id <> ALL(%(but)s::bigint[])"""

# In one order, so that two posts with the same tags never wait for one another.
_COUNT = f"""
WITH used AS (
    INSERT INTO feed_taguse (tag_id, hour, person_id)
    SELECT t.tag_id, date_trunc('hour', p.created_at), p.author_id {_COUNTED} AND p.id = %(post)s ORDER BY t.tag_id
    ON CONFLICT DO NOTHING RETURNING tag_id
)
INSERT INTO feed_tagscore AS kept (university_id, tag_id, score)
SELECT scope.id, used.tag_id, extract(epoch FROM p.created_at - %(epoch)s)::float8 / {TAU}
FROM posts_post p
CROSS JOIN used
CROSS JOIN LATERAL (SELECT DISTINCT unnest(ARRAY[{EVERYWHERE}, coalesce(p.university_id, {EVERYWHERE})]) AS id) scope
WHERE p.id = %(post)s
ORDER BY scope.id, used.tag_id
ON CONFLICT (university_id, tag_id) DO UPDATE SET score =
    greatest(kept.score, excluded.score)
    + ln(1 + exp(least(kept.score, excluded.score) - greatest(kept.score, excluded.score)))"""

_USES_ANEW = f"""
INSERT INTO feed_taguse (tag_id, hour, person_id)
SELECT DISTINCT t.tag_id, date_trunc('hour', p.created_at), p.author_id {_COUNTED} ON CONFLICT DO NOTHING"""

# ln(sum(e^x)) as max + ln(sum(e^(x - max))): the sum itself is larger than any number.
_SCORES_ANEW = f"""
WITH used AS (
    SELECT t.tag_id, p.university_id, min(extract(epoch FROM p.created_at - %(epoch)s)::float8 / {TAU}) AS x
    {_COUNTED} GROUP BY t.tag_id, p.university_id, p.author_id, date_trunc('hour', p.created_at)
), scoped AS (
    SELECT {EVERYWHERE}::bigint AS university_id, tag_id, x FROM used
    UNION ALL SELECT university_id, tag_id, x FROM used WHERE university_id IS NOT NULL
), most AS (
    SELECT *, max(x) OVER (PARTITION BY university_id, tag_id) AS top FROM scoped
)
INSERT INTO feed_tagscore (university_id, tag_id, score)
SELECT university_id, tag_id, top + ln(sum(exp(x - top))) FROM most GROUP BY university_id, tag_id, top
ON CONFLICT (university_id, tag_id) DO UPDATE SET score = excluded.score"""


def count_post(*, post_id: int) -> None:
    """Counts the tags of a post that everybody may see. A second time, or an older post, changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"post": post_id, "since": timezone.now() - WINDOW, "epoch": EPOCH, "but": []})


@transaction.atomic
def rebuild_tags(*, but: Sequence[int] = ()) -> int:
    """Every score anew from the posts of a week, without those of people who are leaving (`but`); returns how many."""
    values: dict[str, Any] = {"since": timezone.now() - WINDOW, "epoch": EPOCH, "but": list(but)}
    TagUse.objects.all().delete()
    TagScore.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # a week of a large campus takes longer than any page may
        cursor.execute(_USES_ANEW, values)
        cursor.execute(_SCORES_ANEW, values)
        return int(cursor.rowcount)


@transaction.atomic
def purge_tags() -> int:
    """Forgets what has gone cold; returns how many scores."""
    oldest = timezone.now() - WINDOW
    TagUse.objects.filter(hour__lt=oldest - timedelta(hours=1)).delete()
    return TagScore.objects.filter(score__lt=score_at(oldest)).delete()[0]


def score_at(moment: datetime) -> float:
    """What a single use at that moment scores."""
    return (moment - EPOCH).total_seconds() / TAU


def talked_about(university_id: int | None = None, *, limit: int = 5) -> list[posts.Trend]:
    """The tags of the week, most talked about first: of one university, or of all. No query while kept.

    Only tags that a guest would find used by now, and none that is kept out of trends.
    """
    scope = university_id or EVERYWHERE
    tags = [TAGS_TAG, posts.KEPT_OUT_TAG]
    return cached("tags_this_week", scope, f"best {limit}", tags=tags, make=lambda: _talked_about(scope, limit))


def _talked_about(scope: int, limit: int) -> list[posts.Trend]:
    rows = TagScore.objects.filter(university_id=scope, score__gt=score_at(timezone.now() - WINDOW))
    ids = list(rows.order_by("-score", "tag_id").values_list("tag_id", flat=True)[:CANDIDATES])
    return posts.public_uses(ids, university_id=scope or None, limit=limit) if ids else []
