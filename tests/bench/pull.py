"""The home page without timelines: what everybody one follows has written in seven days, ranked when it is read.

The straightforward statement, with its visibility written out; the page around it and the cards are the real ones, but
nothing of them is kept.
"""

from types import SimpleNamespace
from typing import TYPE_CHECKING

from django.db import connection
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone

from apps.kernel.http import AuthedRequest, login_required, page
from apps.posts import selectors as posts
from apps.web import selectors

if TYPE_CHECKING:
    from apps.accounts.models import User

PULL = """
SELECT p.id FROM (
    SELECT followee_id AS id FROM graph_follow WHERE follower_id = %(me)s UNION ALL SELECT %(me)s::bigint) author
JOIN posts_post p ON p.author_id = author.id
WHERE p.created_at > now() - interval '7 days' AND p.deleted_at IS NULL AND p.hidden_at IS NULL
  AND (p.author_id = %(me)s OR p.audience IN (0, 2) OR (p.audience = 1 AND p.university_id = %(university)s::bigint)
       OR (p.audience = 3 AND EXISTS (SELECT 1 FROM graph_circlemember m
                                      WHERE m.circle_id = p.circle_id AND m.person_id = %(me)s)))
  AND p.author_id <> ALL (ARRAY(SELECT blocked_id FROM graph_block WHERE blocker_id = %(me)s
                                UNION ALL SELECT blocker_id FROM graph_block WHERE blocked_id = %(me)s
                                UNION ALL SELECT muted_id FROM graph_mute WHERE muter_id = %(me)s))
ORDER BY 35 * (1 - extract(epoch FROM now() - p.created_at)::float8 / 604800)
       + 25 * least(1, ln((1 + p.reaction_count + 2 * p.comment_count)::float8) / 8)
       + 20 * coalesce((p.university_id = %(university)s::bigint)::int, 0)
       + CASE WHEN EXISTS (SELECT 1 FROM graph_follow b WHERE b.follower_id = p.author_id AND b.followee_id = %(me)s)
              THEN 20 ELSE 8 END DESC, p.id DESC
LIMIT 20"""


@login_required
def home(request: AuthedRequest) -> HttpResponse:
    ids = _pulled(request.user)
    rows = posts.card_rows(request.user, ids)
    drawn = posts.draw_cards(request.user, [rows[post_id] for post_id in ids if post_id in rows])
    shown = SimpleNamespace(
        cards=[drawn[post_id] for post_id in ids if post_id in drawn],
        next="x",
        since=timezone.now().isoformat(),
        view="ranked",
        is_first=True,
    )
    context = {"view": "ranked", "shown": shown, "cards": shown.cards, "next": "x", "next_url": "/"}
    frame = selectors.around(request.user) | {
        "section": "home",
        "composer": posts.composer(request.user),
        "today": timezone.localdate(),
        "feed": render_to_string("web/_feed.html", context, request),
    }
    return page(request, "web/home.html", frame)


def _pulled(viewer: "User") -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(PULL, {"me": viewer.pk, "university": viewer.university_id})
        return [post_id for (post_id,) in cursor.fetchall()]
