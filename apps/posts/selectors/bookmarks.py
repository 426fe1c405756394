"""Reads of bookmarks. Whatever is read here is for the person whose bookmarks they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.safestring import SafeString

from apps.kernel import cursors
from apps.kernel.cache import cached
from apps.kernel.errors import NotFound
from apps.kernel.statements import statement
from apps.posts import cards as drawing
from apps.posts.live import visible_rows
from apps.posts.models import Bookmark, Folder, Post

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

PAGE = 20
DUE = 20  # reminders that stand at the top at once
SHOW = ("all", "open", "done", "reminders")


@dataclass(frozen=True, slots=True)
class Saved:
    """A bookmark with the post's card, or None when the post is not there for the person any more."""

    bookmark: Bookmark
    post: Post | None
    card: SafeString | None


@dataclass(frozen=True, slots=True)
class SavedPage:
    due: list[Saved]  # without cards; on the first page only
    rows: list[Saved]
    next: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What of a person's bookmarks is asked for: one of SHOW, or those in a folder."""

    show: str = "all"
    folder: Folder | None = None


def bookmarks_tag(person_id: int) -> str:
    return f"bookmarks:{person_id}"


def due_count(viewer: "User | AnonymousUser") -> int:
    """How many reminders stand there, for the badge. No query while kept; 0 for guests."""
    if not viewer.is_authenticated:
        return 0
    return cached("due_reminders", viewer.pk, tags=[bookmarks_tag(viewer.pk)], make=lambda: _due(viewer).count())


def bookmark_for(viewer: "User", bookmark_id: int) -> Bookmark:
    """A bookmark of the viewer's own, whether they may see its post or not. NotFound else."""
    found = Bookmark.objects.filter(person=viewer, pk=bookmark_id).select_related("folder").first()
    if found is None:
        raise NotFound("bookmark")
    return found


def bookmark_of(person_id: int, post_id: int) -> Bookmark | None:
    return Bookmark.objects.filter(person=person_id, post=post_id).first()


def folder_for(viewer: "User", folder_id: int) -> Folder:
    """A folder of the viewer's own. NotFound else."""
    found = Folder.objects.filter(owner=viewer, pk=folder_id).first()
    if found is None:
        raise NotFound("folder")
    return found


def folders_of(viewer: "User") -> list[Folder]:
    """The viewer's folders by name, each with `size`. One query."""
    return _folders(owner=viewer.pk)


@statement
def _folders(*, owner: int) -> QuerySet[Folder]:
    return Folder.objects.filter(owner=owner).annotate(size=Count("bookmarks")).order_by(Lower("name"), "pk")


def bookmarks_page(viewer: "User", kept: Kept, cursor: str = "") -> SavedPage:
    """Newest first. Four queries at most, however many there are: due, which, rows, texts."""
    due = _due_first(person=viewer.pk, now=timezone.now()) if not cursor else []
    of: dict[str, int] = {"folder": kept.folder.pk} if kept.folder else {}
    page = _saved(kept.show, by=("-id",), after=cursor or None, size=PAGE, person=viewer.pk, **of)
    posts = visible_rows(viewer, {bookmark.post_id for bookmark in (*due, *page.items)})
    cards = _cards(viewer, page.items, posts)
    return SavedPage(
        due=[Saved(bookmark, posts.get(bookmark.post_id), None) for bookmark in due],
        rows=[Saved(one, posts.get(one.post_id), cards.get(one.post_id)) for one in page.items],
        next=page.next or "",
    )


def saved(viewer: "User", bookmark: Bookmark) -> Saved:
    """One bookmark as it stands on the page. Two queries at most."""
    posts = visible_rows(viewer, [bookmark.post_id])
    return Saved(bookmark, posts.get(bookmark.post_id), _cards(viewer, [bookmark], posts).get(bookmark.post_id))


def _cards(viewer: "User", bookmarks: Sequence[Bookmark], posts: dict[int, Post]) -> dict[int, SafeString]:
    return drawing.draw_by_id([posts[one.post_id] for one in bookmarks if one.post_id in posts], viewer)


def _due(viewer: "User") -> QuerySet[Bookmark]:
    """Whose moment has come, until they are done or dismissed (both take the reminder out)."""
    return Bookmark.objects.filter(person=viewer, remind_at__lte=timezone.now())


@statement
def _due_first(*, person: int, now: datetime) -> QuerySet[Bookmark]:
    due = Bookmark.objects.filter(person=person, remind_at__lte=now)
    return due.select_related("folder").order_by("remind_at", "pk")[:DUE]


@cursors.page_statement
def _saved(show: str, *, person: int, folder: int | None = None) -> QuerySet[Bookmark]:
    rows = Bookmark.objects.filter(person=person).select_related("folder")
    if folder is not None:
        return rows.filter(folder=folder)
    narrow = {
        "open": rows.filter(done_at=None),
        "done": rows.filter(done_at__isnull=False),
        "reminders": rows.filter(remind_at__isnull=False),
    }
    return narrow.get(show, rows)
