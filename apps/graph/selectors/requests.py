"""Requests to follow, as the two who know of them see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.graph.models import FollowRequest
from apps.graph.selectors.people import PAGE, may_know
from apps.kernel import cursors
from apps.kernel.cache import cached

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from apps.accounts.models import User


def is_requested(viewer: User | AnonymousUser, person: User) -> bool:
    """Whether the viewer asked to follow the person and waits."""
    return FollowRequest.objects.filter(follower=viewer.pk, followee=person).exists()


def requests_page(viewer: User, after: str = "") -> cursors.Page[FollowRequest]:
    """Who asks to follow the viewer, newest first, each with `follower` and their university. One query."""
    waiting = _waiting(viewer).select_related("follower__university")
    return cursors.keyset_page(waiting, by=("-created_at", "-id"), after=after or None, size=PAGE)


def request_count(viewer: User) -> int:
    """How many wait for the viewer's answer. No query while kept; forgotten with every request that comes or goes."""
    return cached("requests", viewer.pk, tags=[f"person:{viewer.pk}"], make=lambda: _waiting(viewer).count())


def _waiting(viewer: User) -> QuerySet[FollowRequest]:
    here = {"follower__is_active": True, "follower__is_confirmed": True}
    return FollowRequest.objects.filter(may_know(viewer, "follower"), followee=viewer, **here)
