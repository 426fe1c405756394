"""What a person decides about who may see and do what (ID5)."""

from django.db import transaction

from apps.accounts.events import PrivacyChanged
from apps.accounts.models import Privacy, User
from apps.kernel import cache, limits
from apps.kernel.outbox import publish


@transaction.atomic
def update_privacy(
    *,
    actor: User,
    profile_for: int,
    posts_for: int,
    followers: int,
    online: int,
    message: int,
    mention: int,
    in_directory: bool,
    is_suggested: bool,
    search_engines: bool,
) -> Privacy:
    """Every setting at once, levels as in Reach. Holds for what was posted before, too. Idempotent.

    Posts never reach further than the profile they lead to: a wider `posts_for` is narrowed to `profile_for`.
    """
    limits.check("privacy.update", person_id=actor.pk)
    reach = {"profile_for": profile_for, "posts_for": max(posts_for, profile_for)}
    User.objects.filter(pk=actor.pk).update(**reach)
    actor.profile_for, actor.posts_for = reach["profile_for"], reach["posts_for"]
    privacy, _created = Privacy.objects.update_or_create(
        user=actor,
        defaults={
            "followers": followers,
            "online": online,
            "message": message,
            "mention": mention,
            "in_directory": in_directory,
            "is_suggested": is_suggested,
            "search_engines": search_engines,
        },
    )
    cache.invalidate(f"person:{actor.pk}")
    publish(PrivacyChanged(person_id=actor.pk), actor_id=actor.pk)
    return privacy
