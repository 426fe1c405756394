"""The rows behind a page of cards, by id, in one statement that is put together once and not for every page.

The ORM writes it, so visibility has its one rule (Post.objects.visible_to); writing it anew costs 2 ms of a page that
may take 8. It is written with numbers nobody has standing for the viewer, their university and the ids, and run with
the true ones in their places.
"""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Case, Count, Exists, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from apps.graph import selectors as graph
from apps.posts.models import Comment, Like, Post

if TYPE_CHECKING:
    from apps.accounts.models import User

_ME, _UNIVERSITY, _IDS = -101, -102, "ids"
# In the order of the models' fields, as from_db wants them.
_POST = ("id", "author_id", "audience", "body_html", "like_count", "comment_count", "version", "created_at")
_AUTHOR = ("id", "username", "name", "role", "university_id", "profile_for", "posts_for", "verified_until")
_ANNOTATED = ("liked", "unheard", "circle_name", "programme", "programme_reach", "year", "year_reach")


def with_card_columns(posts: QuerySet[Post], viewer: "User | AnonymousUser") -> QuerySet[Post]:
    """For lists that are no list of ids: the same columns, in the query of `posts`."""
    columns = [*_POST, *(f"author__{name}" for name in _AUTHOR)]
    return _annotated(posts, viewer).select_related("author").only(*columns)


def visible_rows(viewer: "User | AnonymousUser", post_ids: Iterable[int]) -> dict[int, Post]:
    """Those of the posts that the viewer may see, by id, with the columns of a card. One query."""
    kind = "guest" if not viewer.is_authenticated else "member" if viewer.university_id else "member of none"
    statement, places = _statement(kind)
    true = {_ME: viewer.pk, _UNIVERSITY: getattr(viewer, "university_id", None), _IDS: list(post_ids)}
    with connection.cursor() as cursor:
        cursor.execute(statement, [true.get(value, value) for value in places])
        return {row[0]: _post(row) for row in cursor.fetchall()}


@cache
def _statement(kind: str) -> tuple[str, tuple[Any, ...]]:
    viewer = AnonymousUser() if kind == "guest" else get_user_model()(pk=_ME)
    if kind == "member":
        viewer.university_id = _UNIVERSITY  # type: ignore[union-attr]
    posts = Post.objects.visible_to(viewer).filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [_IDS]))
    columns = [*_POST, *(f"author__{name}" for name in _AUTHOR), *_ANNOTATED]
    return _annotated(posts, viewer).values_list(*columns).query.sql_with_params()


def _annotated(posts: QuerySet[Post], viewer: "User | AnonymousUser") -> QuerySet[Post]:
    liked = Exists(Like.objects.filter(person=viewer, post=OuterRef("pk"))) if viewer.is_authenticated else Value(False)
    shown: dict[str, Any] = {
        "liked": liked,
        "unheard": _unheard(viewer),
        "circle_name": F("circle__name"),
        "programme": F("author__profile__programme"),
        "programme_reach": KeyTextTransform("programme", "author__privacy__fields"),
        "year": F("author__profile__year"),
        "year_reach": KeyTextTransform("year", "author__privacy__fields"),
    }
    return posts.annotate(**shown)


def _unheard(viewer: "User | AnonymousUser") -> Case | Value:
    """How many comments are by people with whom the viewer has a block: their talk has none of these (ID6)."""
    if not viewer.is_authenticated:
        return Value(0)
    apart = ~graph.not_blocked(viewer, "author")
    theirs = Comment.objects.filter(apart, post=OuterRef("pk"), deleted_at=None, hidden_at=None)
    counted = theirs.order_by().values("post").annotate(number=Count("pk")).values("number")
    return Case(When(graph.has_blocks(viewer), then=Coalesce(Subquery(counted), 0)), default=Value(0))


def _post(row: tuple[Any, ...]) -> Post:
    """The objects a card is drawn from, without what it does not show."""
    end = len(_POST) + len(_AUTHOR)
    post = Post.from_db("default", _POST, row[: len(_POST)])
    post.author = get_user_model().from_db("default", _AUTHOR, row[len(_POST) : end])
    for name, value in zip(_ANNOTATED, row[end:], strict=True):
        setattr(post, name, value)
    return post
