"""What the pages put together from several apps."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.formats import number_format

from apps.accounts import selectors as accounts
from apps.graph import selectors as graph
from apps.kernel.cache import cached
from apps.posts import selectors as posts

if TYPE_CHECKING:
    from apps.accounts.models import User

SUGGESTED = 3
POOL = 24  # candidates kept per person, of whom some will have been followed or blocked since
CLOSE = 200  # the newest follows that are looked through for people known in common
FACES = 3
KNOWN_AT_MOST = 99  # counted no further
NOTICES = 4


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody worth following, and why: `known` people you follow do, or else the same university."""

    username: str
    name: str
    initials: str
    hue: int
    land: int
    known: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How the viewer stands to a person."""

    followers: int
    following: int
    follows: bool
    follows_back: bool
    faces: "list[User]"  # people the viewer follows who follow the person
    others: int  # how many more of them


def around(viewer: "User | AnonymousUser") -> dict[str, Any]:
    """The right-hand column: people you may know, hashtags of the week. No query while cached."""
    return {"suggestions": suggestions(viewer) if viewer.is_authenticated else [], "tags": tags_this_week()}


def tags_this_week() -> list[tuple[str, int]]:
    return cached("tags_this_week", make=posts.tags_this_week)


def suggestions(viewer: "User") -> list[Suggestion]:
    """Up to SUGGESTED people. Kept for a minute, forgotten at once when the viewer follows, blocks or is blocked."""
    return cached("around", viewer.pk, tags=[f"person:{viewer.pk}"], make=lambda: _suggestions(viewer))


def _suggestions(viewer: "User") -> list[Suggestion]:
    """Who they might be is dear to find and kept for longer; whether they may be shown is asked each time."""
    known: dict[int, int] = dict(cached("suggestions", viewer.pk, make=lambda: _candidates(viewer)))
    people = graph.people_visible_to(viewer).filter(pk__in=list(known)).exclude(follower_edges__follower=viewer)
    ordered = sorted(people, key=lambda person: (-known[person.pk], -person.pk))[:SUGGESTED]
    return [
        Suggestion(person.username, person.name, person.initials, person.hue, person.land, known[person.pk])
        for person in ordered
    ]


def _candidates(viewer: "User") -> list[tuple[int, int]]:
    """(person, how many people the viewer follows follow them), best first; then newcomers of the university."""
    strangers = (
        graph.people_visible_to(viewer).exclude(pk=viewer.pk).exclude(follower_edges__follower=viewer).order_by()
    )
    close = list(viewer.following_edges.order_by("-created_at").values_list("followee", flat=True)[:CLOSE])
    counted = dict(graph.most_followed_by(close, limit=5 * POOL))  # some are followed already, or not to be shown
    visible = set(strangers.filter(pk__in=list(counted)).values_list("pk", flat=True))
    known = [(pk, count) for pk, count in counted.items() if pk in visible][:POOL]
    if len(known) < POOL and viewer.university_id:
        newcomers = strangers.filter(university=viewer.university_id).exclude(pk__in=[pk for pk, _ in known])
        known += [(pk, 0) for pk in newcomers.order_by("-pk").values_list("pk", flat=True)[: POOL - len(known)]]
    return known


def standing(viewer: "User | AnonymousUser", person: "User") -> Standing:
    """Four queries for a member, one for a guest, however many follow."""
    count = graph.follow_count(person)
    if not viewer.is_authenticated or viewer == person:
        return Standing(count.followers, count.following, False, False, [], 0)
    known = list(
        graph.people_visible_to(viewer)
        .filter(following_edges__followee=person, follower_edges__follower=viewer)
        .select_related("profile")
        .order_by("-pk")[:KNOWN_AT_MOST]
    )
    return Standing(
        count.followers,
        count.following,
        graph.is_following(viewer, person),
        graph.is_following(person, viewer),
        known[:FACES],
        len(known[FACES:]),
    )


def landing() -> dict[str, Any]:
    """What a guest is told: true names and numbers, and a few posts that are addressed to everyone."""
    facts: dict[str, Any] = cached("landing", make=_landing)
    notices = posts.visible_posts(AnonymousUser()).filter(pk__in=facts["notices"]).select_related("author")
    return facts | {
        "people_in_figures": number_format(facts["people"], force_grouping=True),
        "notices": sorted(notices, key=lambda post: -post.like_count),
    }


def _landing() -> dict[str, Any]:
    guest = AnonymousUser()
    week_ago = timezone.now() - timedelta(days=7)
    liked = posts.visible_posts(guest).filter(created_at__gt=week_ago).order_by("-like_count", "-pk")
    return {
        "ways_in": [(way.university.name, way.domain) for way in accounts.ways_in()],
        "people": graph.people_visible_to(guest).count(),
        "notices": list(liked.values_list("pk", flat=True)[:NOTICES]),
    }
