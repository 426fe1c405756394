"""What the pages put together from several apps."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser

from apps.kernel.cache import cached
from apps.posts import selectors as posts
from apps.web.selectors.suggestions import suggestions

if TYPE_CHECKING:
    from apps.accounts.models import User

WEEK_TAG = "week"  # of the kept hashtags


def around(viewer: "User | AnonymousUser") -> dict[str, Any]:
    """The right-hand column: people you may know, hashtags of the week. No query while cached."""
    return {"suggestions": suggestions(viewer) if viewer.is_authenticated else [], "tags": tags_this_week()}


def tags_this_week() -> list[tuple[str, int]]:
    """Forgotten when somebody decides anew how far their posts reach: a word only they used goes with them."""
    return cached("tags_this_week", tags=[WEEK_TAG], make=posts.tags_this_week)
