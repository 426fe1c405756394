"""What a post said before. Whoever may see the post may see how it changed."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from apps.kernel import cursors
from apps.kernel.differences import Piece, differences
from apps.posts.models import Post, Revision

VERSIONS = 10  # on a page


@dataclass(frozen=True, slots=True)
class Version:
    number: int
    said_at: datetime
    is_now: bool
    is_first: bool
    text: list[Piece]  # against the one before; the first one whole
    warning: list[Piece]
    is_warned: bool  # it, or the one before, stands behind a warning


@dataclass(frozen=True, slots=True)
class HistoryPage:
    versions: list[Version]  # the newest first
    next: str


def history_page(post: Post, cursor: str = "") -> HistoryPage:
    """The caller has made sure that the viewer may see the post. One query; two on the pages after the first."""
    earlier = Revision.objects.filter(post=post)
    page = cursors.keyset_page(earlier, by=["-number"], after=cursor or None, size=VERSIONS)
    said = [_now(post, page.items[0].number if page.items else 0)]
    if cursor and page.items:
        said = list(earlier.filter(number=page.items[0].number + 1)) or said
    said += page.items
    versions = [_version(post, newer, older) for newer, older in pairwise(said)]
    if page.next is None:
        versions.append(_version(post, said[-1], None))
    return HistoryPage(versions, page.next or "")


def _now(post: Post, last: int) -> Revision:
    """What the post says, as a version like the others; in no table."""
    said_at = post.edited_at or post.created_at
    return Revision(post=post, number=last + 1, body=post.body, warning=post.warning, written_at=said_at)


def _version(post: Post, said: Revision, before: Revision | None) -> Version:
    former = before or said
    return Version(
        number=said.number,
        said_at=said.written_at,
        is_now=said.pk is None,
        is_first=before is None,
        text=differences(former.body, said.body),
        warning=differences(former.warning, said.warning),
        is_warned=bool(post.warning or said.warning or former.warning),
    )
