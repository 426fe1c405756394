"""The rows behind a page of cards, by id, in one statement that is put together once and not for every page.

The ORM writes it, so visibility has its one rule (policies.may_see_itself); writing it anew costs 2 ms of a page that
may take 8 (kernel.statements). Texts are among the columns: so nothing is ever drawn of a post but what it says now.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    JSONField,
    OuterRef,
    QuerySet,
    SmallIntegerField,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from apps.graph import selectors as graph
from apps.kernel.statements import instance, statement
from apps.media import selectors as media
from apps.posts import policies
from apps.posts.models import Bookmark, Comment, Post, Reaction

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

# In the order of the models' fields, as from_db wants them.
_POST = (
    "id", "author_id", "audience", "body_html", "warning", "repost_of_id", "quoted_id", "is_quote", "detached_at",
    "replies", "quoting", "has_poll", "link_card_id", "reaction_count", "reactions", "comment_count", "repost_count",
    "version", "created_at", "edited_at",
)  # fmt: skip
_AUTHOR = ("id", "username", "name", "role", "university_id", "profile_for", "posts_for", "verified_until")
_ANNOTATED = (
    "reaction", "is_saved", "is_shared", "poll", "link", "unheard", "circle_name", "programme", "programme_reach",
    "year", "year_reach",
)  # fmt: skip

# The posts asked for, those that they pass on, and what a reposted quote quotes.
_WANTED = """
    SELECT unnest(%s::bigint[]) UNION
    SELECT coalesce(repost_of_id, quoted_id) FROM posts_post
    WHERE id = ANY (%s::bigint[]) AND (repost_of_id IS NOT NULL OR quoted_id IS NOT NULL) UNION
    SELECT o.quoted_id FROM posts_post r JOIN posts_post o ON o.id = r.repost_of_id
    WHERE r.id = ANY (%s::bigint[]) AND o.quoted_id IS NOT NULL"""

_POLL = """
    SELECT jsonb_build_object(
        'question', q.question, 'multiple', q.is_multiple, 'anonymous', q.is_anonymous, 'hides', q.hides_results,
        'closes_at', q.closes_at, 'voters', q.voter_count,
        'options', (SELECT jsonb_agg(jsonb_build_array(o.text, o.vote_count) ORDER BY o.place)
                    FROM posts_polloption o WHERE o.poll_id = q.post_id),
        'mine', (SELECT b.choices FROM posts_ballot b WHERE b.poll_id = q.post_id AND b.person_id = %s))
    FROM posts_poll q WHERE q.post_id = posts_post.id"""


class Rows(dict[int, Post]):
    """Posts by their id. `digest()` is the same until a text, a count, or what the viewer may see of them or of what
    they pass on has changed.
    """

    digest: Callable[[], bytes]


def digest(viewer: "User | AnonymousUser", post_ids: Iterable[int]) -> bytes:
    """That of `visible_rows`, without making anything of them. One query."""
    return _rows.digest(graph.kind_of(viewer), ids=list(post_ids), **graph.ids_of(viewer))


def visible_rows(viewer: "User | AnonymousUser", post_ids: Iterable[int]) -> Rows:
    """Those of the posts that the viewer may see, by id, with the columns of a card. One query.

    Each has in `passed_on` the post it reposts or quotes, or None where the viewer is not shown that; a repost of
    such a post is left out. The posts passed on are not among the answer unless they were asked for.
    """
    wanted = list(post_ids)
    person = get_user_model()
    rows, digested = _rows.both(graph.kind_of(viewer), ids=wanted, **graph.ids_of(viewer))
    found = {row[0]: _post(row, person) for row in rows}
    asked = set(wanted)
    for post in found.values():
        passed_on = found.get(post.repost_of_id or (0 if post.detached_at else post.quoted_id) or 0)
        post.passed_on = passed_on
    shown = Rows()
    shown |= {pk: post for pk, post in found.items() if pk in asked and not (post.repost_of_id and not post.passed_on)}
    shown.digest = digested
    return shown


@statement
def _rows(kind: graph.Kind, *, ids: list[int], **who: int) -> QuerySet[Any]:
    viewer = graph.stand_in(kind, who)
    visible = Post.objects.live().filter(policies.may_see_itself(viewer))
    posts = visible.filter(pk__in=RawSQL(_WANTED, [ids, ids, ids]))
    return _annotated(posts, viewer).values_list(*_POST, *(f"author__{name}" for name in _AUTHOR), *_ANNOTATED)


def _annotated(posts: QuerySet[Post], viewer: "User | AnonymousUser") -> QuerySet[Post]:
    never, own = Value(False, output_field=BooleanField()), Value(None, output_field=SmallIntegerField())
    shown: dict[str, Any] = {"reaction": own, "is_saved": never, "is_shared": never}
    if viewer.is_authenticated:
        shown = {
            "reaction": Subquery(Reaction.objects.filter(person=viewer, post=OuterRef("pk")).values("feeling")[:1]),
            "is_saved": Exists(Bookmark.objects.filter(person=viewer, post=OuterRef("pk"))),
            "is_shared": Exists(Post.objects.filter(author=viewer, repost_of=OuterRef("pk"), deleted_at=None)),
        }
    shown |= {
        "poll": Case(When(has_poll=True, then=RawSQL(_POLL, [viewer.pk or 0], output_field=JSONField()))),
        "link": Case(When(link_card__isnull=False, then=media.what_link_says("link_card_id"))),
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


def _post(row: tuple[Any, ...], person: "type[User]") -> Post:
    """The objects a card is drawn from, without what it does not show."""
    end = len(_POST) + len(_AUTHOR)
    post = instance(Post, _POST, row[: len(_POST)])
    post._state.fields_cache["author"] = instance(person, _AUTHOR, row[len(_POST) : end])
    post.__dict__.update(zip(_ANNOTATED, row[end:], strict=True))
    return post
