"""What one person may do about one post, put together from several apps."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.graph import selectors as graph
from apps.kernel.http import absolute
from apps.posts import selectors as posts

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.posts.models import Post


@dataclass(frozen=True, slots=True)
class PostMenu:
    post: "Post"
    address: str  # to be taken along: the whole of it
    is_own: bool
    is_pinned: bool  # to the viewer's own profile
    is_thread_muted: bool
    is_author_muted: bool
    may_boost: bool


def post_menu(viewer: "User", post_id: int) -> PostMenu:
    """NotFound where the viewer may not see the post. Three queries at most, and those for the permissions of staff."""
    post = posts.post_for(viewer, post_id)
    is_own = post.author_id == viewer.pk
    return PostMenu(
        post=post,
        address=absolute(post.get_absolute_url()),
        is_own=is_own,
        is_pinned=is_own and posts.pin_of(post) is not None,
        is_thread_muted=posts.is_thread_muted(viewer, post.pk),
        is_author_muted=not is_own and graph.is_muted(viewer, post.author),
        may_boost=viewer.is_staff and viewer.has_perm("posts.add_boost"),
    )
