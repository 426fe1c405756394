"""What the pages put together from several apps."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser

from apps.feed import selectors as feed
from apps.posts import selectors as posts
from apps.web.selectors.suggestions import suggestions

if TYPE_CHECKING:
    from apps.accounts.models import User

WEEK_TAG = feed.TAGS_TAG  # of the kept hashtags
ENOUGH = 3  # hashtags of one's own university; with fewer, those of everybody


def around(viewer: "User | AnonymousUser") -> dict[str, Any]:
    """The right-hand column: people you may know, hashtags of the week. No query while cached."""
    return {"suggestions": suggestions(viewer) if viewer.is_authenticated else [], "tags": talked_about(viewer)}


def talked_about(viewer: "User | AnonymousUser") -> list[posts.Trend]:
    """Where the viewer studies, or everywhere. Forgotten when somebody decides anew how far their posts reach: a word
    only they used goes with them.
    """
    own = feed.talked_about(viewer.university_id) if viewer.is_authenticated and viewer.university_id else []
    return own if len(own) >= ENOUGH else feed.talked_about()
