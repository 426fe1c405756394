"""Who is told at once that there is something new to read: who, never what. A hint, so nothing hangs on its coming.

Followers of an author who is pulled are not told: nothing here knows which of so many are looking. Their page asks by
itself every three minutes while it is looked at (static/js/feed.js).
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from apps.graph import selectors as graph
from apps.kernel.realtime.push import push
from apps.posts import selectors as posts

if TYPE_CHECKING:
    from apps.posts.models import Post


def tell(readers: Iterable[int], post: "Post") -> None:
    """Of those whose timeline has got the post, the ones who may see it and have not asked to be spared of it."""
    told = set(readers) - graph.muters_of(post.author_id)
    if post.repost_of_id and told:
        original = posts.any_post(post.repost_of_id)
        if original is None or original.is_gone:
            return
        told = posts.readers_among(original, told) - graph.muters_of(original.author_id)
    if told:
        told -= posts.spared(post, told)
    face = {"initials": post.author.initials, "hue": post.author.hue, "land": post.author.land}
    push(user_ids=sorted(told), payload={"type": "feed.new", "author": face, "count": 1})
