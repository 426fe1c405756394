"""What people decided about who may see and do what, read."""

from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.utils import timezone

from apps.accounts.models import LastSeen, Privacy, User
from apps.accounts.models.reach import Reach

RECENTLY = timedelta(minutes=15)  # last seen is noted every ten
DAY = timedelta(days=1)


class Seen(StrEnum):
    """How lately somebody was here: never a time, so that nobody's day can be read off it."""

    RECENTLY = "recently"
    TODAY = "today"  # in the last 24 hours
    HIDDEN = ""  # longer ago, or not for the asker to know


def privacy_of(person: User) -> Privacy:
    """The person's settings; the usual ones, not saved, when the row is missing."""
    return Privacy.objects.filter(user=person).first() or Privacy(user=person)


def settings_of(person: User) -> dict[str, Any]:
    """Everything the privacy page asks, as `services.update_privacy` takes it."""
    privacy = privacy_of(person)
    names = ("followers", "online", "message", "mention", "in_directory", "is_suggested", "search_engines")
    return {"profile_for": person.profile_for, "posts_for": person.posts_for} | {
        name: getattr(privacy, name) for name in names
    }


def seen_state(relation: Reach, person: User) -> Seen:
    """How lately the person was here, for somebody this close to them. No query when `person` was read with `privacy`
    and `last_seen`.
    """
    privacy: Privacy = getattr(person, "privacy", None) or Privacy(user=person)
    if relation < max(person.profile_for, privacy.online):
        return Seen.HIDDEN
    last_seen: LastSeen | None = getattr(person, "last_seen", None)
    ago = timezone.now() - last_seen.at if last_seen else DAY
    if ago < RECENTLY:
        return Seen.RECENTLY
    return Seen.TODAY if ago < DAY else Seen.HIDDEN


def is_for_search_engines(person: User) -> bool:
    """Whether a search engine may keep the person's pages: the profile is for everyone and they said yes.

    No query when `person` was read with `privacy`.
    """
    if person.profile_for != Reach.EVERYONE:
        return False
    privacy: Privacy | None = getattr(person, "privacy", None)
    return privacy is not None and privacy.search_engines
