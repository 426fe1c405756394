from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.graph import selectors as graph
from apps.kernel.errors import NotFound
from apps.moderation.models import Kind
from apps.posts import selectors as posts

if TYPE_CHECKING:
    from apps.accounts.models import User

EXCERPT = 500  # characters kept as evidence


@dataclass(frozen=True, slots=True)
class Target:
    """What is reported, as the reporter saw it."""

    kind: Kind
    id: int
    author: "User"
    excerpt: str
    url: str


def target_for(viewer: "User", *, kind: str, target_id: int) -> Target:
    """NotFound for whatever the viewer may not see, so that a report never proves that something exists."""
    if kind == Kind.POST:
        post = posts.post_for(viewer, target_id)
        return Target(Kind.POST, post.pk, post.author, post.body[:EXCERPT], post.get_absolute_url())
    if kind == Kind.COMMENT:
        comment = posts.comment_for(viewer, target_id)
        return Target(Kind.COMMENT, comment.pk, comment.author, comment.body[:EXCERPT], comment.get_absolute_url())
    if kind == Kind.PERSON:
        person = graph.people_visible_to(viewer).select_related("profile").filter(pk=target_id).first()
        if person is not None:
            return Target(Kind.PERSON, person.pk, person, person.name, person.get_absolute_url())
    raise NotFound(kind)
