"""What a guest is told on the front page: true names and numbers, and a few posts that are addressed to everyone."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.formats import number_format

from apps.accounts import selectors as accounts
from apps.feed import selectors as feed
from apps.graph import selectors as graph
from apps.kernel.cache import cached
from apps.posts import selectors as posts
from apps.web.selectors.pages import FIGURES_FROM

NOTICES = 4
NEWEST = 200  # looked at beside those that trend


def landing() -> dict[str, Any]:
    """One query while the rest is kept: who may see which post is asked each time."""
    facts: dict[str, Any] = cached("landing", make=_landing)
    notices = posts.visible_posts(AnonymousUser()).filter(pk__in=facts["notices"]).select_related("author")
    return facts | {
        "people_in_figures": _in_figures(facts["people"]),
        "verified_in_figures": _in_figures(facts["verified"]),
        "notices": sorted(notices, key=lambda post: -post.reaction_count),
    }


def _landing() -> dict[str, Any]:
    guest = AnonymousUser()
    people = graph.people_visible_to(guest)
    return {
        "ways_in": [(way.university.name, way.domain) for way in accounts.ways_in()],
        "log_ins": [sign_on.app.name for sign_on in accounts.sign_ons()],
        "is_empty": not people.exists(),
        "people": people.count(),
        "verified": people.filter(verified_until__gt=timezone.now()).count(),
        "notices": _notices(guest),
    }


def _notices(guest: AnonymousUser) -> list[int]:
    """The most liked of the week, of those that trend and of the newest: to put all posts of a week in order takes a
    large campus longer than a page may.
    """
    week_ago = timezone.now() - timedelta(days=7)
    seen = posts.visible_posts(guest).filter(created_at__gt=week_ago)
    newest = seen.order_by("-created_at", "-pk").values_list("pk", flat=True)[:NEWEST]
    liked = seen.filter(pk__in=[*feed.best_posts(), *newest]).order_by("-reaction_count", "-pk")
    return list(liked.values_list("pk", flat=True)[:NOTICES])


def _in_figures(count: int) -> str:
    """Empty for a number so small that it would be nearly names."""
    return number_format(count, force_grouping=True) if count >= FIGURES_FROM else ""
