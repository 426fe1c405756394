"""The talk under a post, in one of three orders. What a viewer may not see is left out, or, where answers to it are
read, stands as a line that names nobody."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    SmallIntegerField,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat, Left
from django.utils.safestring import SafeString

from apps.graph import selectors as graph
from apps.kernel import cursors
from apps.posts.comment_cards import Reading, draw, draw_focus
from apps.posts.models import DEEPEST, STEP, Comment, CommentReaction, Post

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

PAGE = 50
CHAIN = 20  # comments above one on its own page
Sort = Literal["oldest", "newest", "best"]
# Threads by what was said first in them, and each in reading order; the best are those whose first comment has most
# reactions. The usual order is one walk along the index.
ORDERS: dict[Sort, tuple[str, ...]] = {
    "oldest": ("path",),
    "newest": ("-root", "path"),
    "best": ("-liked", "root", "path"),
}
USUAL: Sort = "oldest"
_COLUMNS = (
    "post_id", "parent_id", "depth", "path", "body_html", "reaction_count", "reactions", "created_at", "folded_at",
    "author__username", "author__name", "author__verified_until",
)  # fmt: skip
_ABOVE = """
    WITH RECURSIVE up(id, parent_id, step) AS (
        SELECT id, parent_id, 0 FROM posts_comment WHERE id = %s
        UNION ALL SELECT c.id, c.parent_id, up.step + 1 FROM posts_comment c JOIN up ON c.id = up.parent_id
        WHERE up.step < %s)
    SELECT id FROM up WHERE step > 0"""
_BELOW = """
    WITH RECURSIVE below(id) AS (
        SELECT id FROM posts_comment WHERE parent_id = %s
        UNION ALL SELECT c.id FROM posts_comment c JOIN below ON c.parent_id = below.id)
    SELECT id FROM below"""


@dataclass(frozen=True, slots=True)
class Thread:
    cards: list[SafeString]
    next: str
    sort: Sort = USUAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Focus:
    """One comment with what stands around it."""

    above: list[SafeString]  # what it answers, from the first on
    earlier: int | None  # the first of these, when there is more above it
    card: SafeString
    below: Thread


def may_read(viewer: "User | AnonymousUser", of: str = "") -> Q:
    """Comments that are there for the viewer; `of` is the path to the comment, such as "parent__".

    Whom the viewer may not know of has said nothing to them (ID5, ID6).
    """
    here = {f"{of}deleted_at": None, f"{of}hidden_at": None, f"{of}author__is_active": True}
    return Q(**here) & graph.may_know(viewer, f"{of}author")


def sort_named(name: str) -> Sort | None:
    return next((one for one in ORDERS if one == name), None)


def thread(post: Post, reading: Reading, *, cursor: str = "", sort: Sort = USUAL) -> Thread:
    """One page of the comments. One query.

    A page that begins in the middle of a thread goes on where the one before ended. Reactions that come between two
    pages of the best move threads: one may be shown twice, or be found when looking again. The caller has made sure
    that the post is visible.
    """
    who = graph.ids_of(reading.viewer)
    where: dict[str, Any] = {"by": ORDERS[sort], "after": cursor or None, "size": PAGE}
    page = _talk(graph.kind_of(reading.viewer), sort, post=post.pk, **who, **where)
    return Thread(draw(page.items, reading, is_cut=page.next is not None), page.next or "", sort)


@cursors.page_statement
def _talk(kind: graph.Kind, sort: Sort, *, post: int, **ids: int) -> QuerySet[Comment]:
    viewer = graph.stand_in(kind, ids)
    return _sorted(_shown(_rows(post, viewer), viewer), sort)


def focus(comment: Comment, reading: Reading, *, cursor: str = "") -> Focus:
    """The comment with what it answers and what answers it, however deep it stands. Three queries.

    The caller has made sure that the comment is visible.
    """
    rows = _rows(comment.post_id, reading.viewer)
    chain = list(rows.filter(pk__in=RawSQL(_ABOVE, [comment.pk, CHAIN])).order_by("pk"))  # noqa: S611  our own text
    own = rows.get(pk=comment.pk)
    page = cursors.keyset_page(
        _shown(rows.filter(_answers(comment)), reading.viewer), by=ORDERS[USUAL], after=cursor or None, size=PAGE
    )
    return Focus(
        above=draw(chain, reading, is_flat=True),
        earlier=chain[0].pk if chain and chain[0].parent_id and chain[0].readable else None,
        card=draw_focus(own, reading),
        below=Thread(draw(page.items, reading, under=comment.depth, is_cut=page.next is not None), page.next or ""),
    )


def _answers(comment: Comment) -> Q:
    """What answers the comment, and what answers that. Below DEEPEST a path no longer tells."""
    if comment.depth < DEEPEST:
        return Q(path__gt=comment.path, path__lt=f"{comment.path}g")
    return Q(pk__in=RawSQL(_BELOW, [comment.pk]))  # noqa: S611  our own text


def cursor_to(comment: Comment) -> str:
    """The page of the usual order on which the comment's thread begins; empty when that is the first."""
    before = Comment.objects.filter(post=comment.post_id, path__lt=comment.path[:STEP])
    if before.count() < PAGE:
        return ""
    return cursors.cursor_after(before.order_by("-path")[0], by=ORDERS[USUAL])


def _rows(post: int, viewer: "User | AnonymousUser") -> QuerySet[Comment]:
    """Every comment of the post, with what a card shows and whether the viewer may read it."""
    own: Any = Value(None, output_field=SmallIntegerField())
    if viewer.is_authenticated:
        own = Subquery(CommentReaction.objects.filter(person=viewer, comment=OuterRef("pk")).values("feeling")[:1])
    answered = Case(When(may_read(viewer, "parent__"), then=F("parent__author__name")), default=Value(""))
    readable = Case(When(may_read(viewer), then=Value(True)), default=Value(False))
    muted = graph.muted_by(viewer.pk, "author") if viewer.is_authenticated else Value(False)
    shown: dict[str, Any] = {"readable": readable, "reaction": own, "answered": answered, "muted": muted}
    return Comment.objects.filter(post=post).annotate(**shown).select_related("author").only(*_COLUMNS)


def _shown(rows: QuerySet[Comment], viewer: "User | AnonymousUser") -> QuerySet[Comment]:
    """Those that can be read, and those under which something can."""
    below = Comment.objects.filter(
        may_read(viewer),
        post=OuterRef("post"),
        path__gt=OuterRef("path"),
        path__lt=Concat(OuterRef("path"), Value("g")),  # beyond every hexadecimal digit
    )
    return rows.filter(Q(readable=True) | Exists(below))


def _sorted(rows: QuerySet[Comment], sort: Sort) -> QuerySet[Comment]:
    if sort == "oldest":
        return rows
    rows = rows.annotate(root=Left("path", STEP, output_field=CharField(db_collation="C")))
    if sort == "newest":
        return rows
    first = Comment.objects.filter(post=OuterRef("post"), path=OuterRef("root")).values("reaction_count")[:1]
    return rows.annotate(liked=Subquery(first, output_field=IntegerField()))
