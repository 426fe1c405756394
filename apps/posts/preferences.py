"""How a person likes to post and read: asked by every page that shows a content warning, so kept for an hour."""

from typing import TYPE_CHECKING

from apps.kernel.cache import cached
from apps.posts.models import PostPreferences

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

USUAL = PostPreferences()


def preferences_tag(person_id: int) -> str:
    return f"post-preferences:{person_id}"


def preferences_of(viewer: "User | AnonymousUser") -> PostPreferences:
    """The viewer's own, or the usual ones. No query while they are kept."""
    if not viewer.is_authenticated:
        return USUAL
    person_id = viewer.pk
    return cached(
        "post_preferences",
        person_id,
        tags=[preferences_tag(person_id)],
        make=lambda: PostPreferences.objects.filter(pk=person_id).first() or USUAL,
    )
