"""Trending posts (FE6): the hundred best of seven days by reactions × 2 + comments × 3, by university and overall.

A materialised view holds them (migration 0003), made anew every quarter of an hour. It says what was liked, never who
may see it: that is asked of the posts whenever somebody looks.
"""

from typing import TYPE_CHECKING, Any

import structlog
from django.db import DatabaseError, connection, transaction

from apps.graph import selectors as graph
from apps.kernel import cursors
from apps.kernel.cache import cached, invalidate
from apps.posts import selectors as posts

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

EVERYWHERE = 0
PAGE = 20
TRENDING_TAG = "trending"
_SALT = "trending"

log = structlog.get_logger("trending")


def refresh_trending() -> bool:
    """Makes the view anew while it can be read; False when another process is at it. A failure is logged and raised."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('feed trending'))")
            if not cursor.fetchone()[0]:
                return False
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SELECT relispopulated FROM pg_class WHERE oid = 'feed_trending'::regclass")
            how = "CONCURRENTLY" if cursor.fetchone()[0] else ""  # the first time there is nothing to read meanwhile
            cursor.execute(f"REFRESH MATERIALIZED VIEW {how} feed_trending")
            invalidate(TRENDING_TAG)
    except DatabaseError:
        log.exception("trending.refresh_failed")
        raise
    return True


def trending_page(
    viewer: "User | AnonymousUser", *, university_id: int | None = None, cursor: str = ""
) -> posts.CardPage:
    """What a university talks about, or everybody: those the viewer may see, without people, words and threads
    they have muted.

    Two queries while the hundred are kept, three else. Invalid for a cursor that is not ours.
    """
    scope = university_id or EVERYWHERE
    best = _best(scope)
    if cursor:
        last = cursors.decode(cursor, salt=f"{_SALT}:{scope}")
        best = [row for row in best if row < (last["score"], last["post"])]
    wanted = graph.not_muted(viewer, "author") & posts.not_quiet(viewer)
    shown = posts.visible_posts(viewer).filter(wanted, pk__in=[post for _score, post in best])
    visible = set(shown.values_list("pk", flat=True))
    best = [row for row in best if row[1] in visible]
    page = best[:PAGE]
    onward = ""
    if len(best) > PAGE:
        values: dict[str, Any] = {"score": page[-1][0], "post": page[-1][1]}
        onward = cursors.encode(values, salt=f"{_SALT}:{scope}")
    return posts.CardPage(posts.cards(viewer, [post for _score, post in page]), onward)


def best_posts() -> list[int]:
    """Ids of the hundred of everybody, best first, whoever may see them; nothing before the view was first made. No
    query while kept.
    """
    return [post for _score, post in _best(EVERYWHERE)]


def is_trending(post_id: int, university_id: int | None) -> bool:
    """Whether the post is among the hundred of everybody, or of this university."""
    scopes = {EVERYWHERE, university_id or EVERYWHERE}
    return any(post_id == post for scope in scopes for _score, post in _best(scope))


def _best(scope: int) -> list[tuple[int, int]]:
    """Score and post, best first."""
    return cached("trending", scope, tags=[TRENDING_TAG], make=lambda: _read(scope))


def _read(scope: int) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT score, post_id FROM feed_trending WHERE university_id = %s ORDER BY place", [scope])
        return list(cursor.fetchall())
