"""What a person has muted, for the page where they look after it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.text import Truncator

from apps.kernel import cursors
from apps.kernel.errors import NotFound
from apps.posts.live import visible_rows
from apps.posts.models import MutedThread, MutedWord, Post
from apps.posts.selectors.posts import post_for
from apps.posts.selectors.quiet import HOLDS

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

PAGE = 20
EXCERPT = 90  # characters


def muted_words(viewer: "User") -> QuerySet[MutedWord]:
    """The viewer's, that hold, by spelling."""
    return MutedWord.objects.filter(HOLDS, person=viewer).order_by("word")


def muted_word_for(viewer: "User", word_id: int) -> MutedWord:
    """NotFound for any but the viewer's own."""
    found = MutedWord.objects.filter(person=viewer, pk=word_id).first()
    if found is None:
        raise NotFound("muted word")
    return found


def is_thread_muted(viewer: "User | AnonymousUser", post_id: int) -> bool:
    return MutedThread.objects.filter(person=viewer.pk, post=post_id).exists()


def thread_to_unmute(viewer: "User", post_id: int) -> int:
    """The id of a post that the viewer muted, seen or not, or may see. NotFound else."""
    return post_id if is_thread_muted(viewer, post_id) else post_for(viewer, post_id).pk


@dataclass(frozen=True, slots=True)
class Thread:
    post_id: int
    post: Post | None  # None when it is not there for the viewer any more
    excerpt: str


def muted_threads(viewer: "User", cursor: str = "") -> cursors.Page[Thread]:
    """Newest first. Three queries."""
    mutes = MutedThread.objects.filter(person=viewer)
    page = cursors.keyset_page(mutes, by=("-id",), after=cursor or None, size=PAGE)
    posts = visible_rows(viewer, [mute.post_id for mute in page.items])
    bodies = dict(Post.objects.filter(pk__in=posts).values_list("pk", "body"))
    return cursors.Page(
        [
            Thread(one.post_id, posts.get(one.post_id), Truncator(bodies.get(one.post_id, "")).chars(EXCERPT))
            for one in page.items
        ],
        page.next,
    )
