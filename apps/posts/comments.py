"""The talk under a post, in reading order. What a viewer may not see is left out, or, where answers to it are read,
stands as a line that names nobody."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Concat
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.graph import selectors as graph
from apps.kernel import cursors, ids
from apps.kernel.fragments import Fragments, fill
from apps.kernel.templatetags.ui import ago, exact
from apps.posts.cards import author_mark, like_bits, role_of
from apps.posts.models import COMMENT_LIMIT, STEP, Comment, CommentLike, Post

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

COMMENT = Fragments("posts/_comment.html")
GONE = Fragments("posts/_gone.html")
PAGE = 50
ORDER = ("path",)
_COLUMNS = (
    "post_id", "parent_id", "depth", "path", "body_html", "like_count", "created_at",
    "author__username", "author__name", "author__verified_until",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Thread:
    cards: list[SafeString]
    next: str


def may_read(viewer: "User | AnonymousUser", of: str = "") -> Q:
    """Comments that are there for the viewer; `of` is the path to the comment, such as "parent__".

    Whom the viewer may not know of has said nothing to them (ID5, ID6).
    """
    here = {f"{of}deleted_at": None, f"{of}hidden_at": None, f"{of}author__is_active": True}
    return Q(**here) & graph.may_know(viewer, f"{of}author")


def thread(post: Post, viewer: "User | AnonymousUser", *, cursor: str = "", csrf: str = "") -> Thread:
    """One page of the comments. One query, and nothing more when their fragments are known.

    `csrf` is the page's token, for the answer forms. The caller has made sure that the post is visible.
    """
    page = cursors.keyset_page(_rows(post, viewer), by=ORDER, after=cursor or None, size=PAGE)
    return Thread(_draw(page.items, viewer, csrf), page.next or "")


def cursor_to(comment: Comment) -> str:
    """The page on which the comment's thread begins; empty when that is the first."""
    before = Comment.objects.filter(post=comment.post_id, path__lt=comment.path[:STEP])
    if before.count() < PAGE:
        return ""
    return cursors.cursor_after(before.order_by("-path")[0], by=ORDER)


def _rows(post: Post, viewer: "User | AnonymousUser") -> QuerySet[Comment]:
    below = Comment.objects.filter(
        may_read(viewer),
        post=OuterRef("post"),
        path__gt=OuterRef("path"),
        path__lt=Concat(OuterRef("path"), Value("g")),  # beyond every hexadecimal digit
    )
    liked = (
        Exists(CommentLike.objects.filter(person=viewer, comment=OuterRef("pk")))
        if viewer.is_authenticated
        else Value(False)
    )
    answered = Case(When(may_read(viewer, "parent__"), then=F("parent__author__name")), default=Value(""))
    readable = Case(When(may_read(viewer), then=Value(True)), default=Value(False))
    muted = graph.muted_by(viewer, "author") if viewer.is_authenticated else Value(False)
    shown: dict[str, Any] = {"readable": readable, "liked": liked, "answered": answered, "muted": muted}
    rows = Comment.objects.filter(post=post).annotate(**shown).filter(Q(readable=True) | Exists(below))
    return rows.select_related("author").only(*_COLUMNS)


def _draw(rows: Iterable[Comment], viewer: "User | AnonymousUser", csrf: str) -> list[SafeString]:
    rows = list(rows)
    named = {_key(row, viewer): row for row in rows if row.readable}
    parts = COMMENT.get(named, lambda missing: {key: _render(named[key], viewer) for key in missing})
    gone = GONE.get({str(row.depth) for row in rows if not row.readable}, _render_gone)
    drawn = []
    for row in rows:
        if not row.readable:
            drawn.append(fill(gone[str(row.depth)], {"id": str(row.pk)}))
            continue
        card = fill(parts[_key(row, viewer)], _bits(row, csrf))
        drawn.append(_folded(row, card) if row.muted else card)
    return drawn


def _folded(row: Comment, card: SafeString) -> SafeString:
    """What somebody says whom the viewer has muted can be read, but need not be."""
    fold = '<details class="folded depth-{}"><summary class="meta">{}</summary>{}</details>'
    return format_html(fold, row.depth, _("From somebody you muted"), card)


def _bits(row: Comment, csrf: str) -> dict[str, str]:
    to = format_html(_('<span class="word">to</span> <span dir="auto">{}</span>'), row.answered) if row.answered else ""
    times = {"when": ago(row.created_at), "exact": exact(row.created_at)}
    return like_bits(row) | times | {"to": to, "csrf": csrf, "key": str(ids.uuid7())}


def _key(row: Comment, viewer: "User | AnonymousUser") -> str:
    return f"{row.pk}.{author_mark(row.author)}.{role_of(viewer, row.author_id)}"


def _render_gone(depths: list[str]) -> dict[str, str]:
    return {depth: render_to_string("posts/_gone.html", {"depth": depth}) for depth in depths}


def _render(row: Comment, viewer: "User | AnonymousUser") -> str:
    """Nothing personal goes in here: everybody of the same role gets these very bytes."""
    context = {
        "comment": row,
        "author": row.author,
        "role": role_of(viewer, row.author_id),
        "html": SafeString(row.body_html),  # made by kernel.text.render_markup, sanitised there
        "limit": COMMENT_LIMIT,
    }
    return render_to_string("posts/_comment.html", context)
