"""Hashtags: which one follows, which there are, and which a moderator keeps out of what is offered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.accounts.selectors import Reach
from apps.graph import selectors as graph
from apps.kernel import text
from apps.kernel.cache import cached
from apps.posts.models import Audience, Hashtag, PostTag, TagFollow

if TYPE_CHECKING:
    from apps.accounts.models import User

MONTH = timedelta(days=30)
OFFERED = 8
CANDIDATES = 24  # whose uses are counted, to offer OFFERED
SAMPLE = 5_000  # the newest uses: what is used often is among them
MOST = 200  # uses counted for one tag: where there are more, exactly how many tells nobody anything, and costs
KEPT_OUT_TAG = "tags-kept-out"  # the cache tag of whatever must not show a tag that is kept out


@dataclass(frozen=True, slots=True)
class Offer:
    name: str
    posts: int  # of the last 30 days that everyone may see, without those of people apart from the viewer; up to MOST


@dataclass(frozen=True, slots=True)
class TagHead:
    """What the page of a tag says about it. Counts as in Offer."""

    posts: int
    people: int
    is_followed: bool
    is_kept_out: bool

    @property
    def is_more(self) -> bool:
        return self.posts >= MOST


def tags_tag(person_id: int) -> str:
    """The cache tag of whatever was put together from the hashtags this person follows."""
    return f"tags:{person_id}"


def followed_tags(viewer: "User | AnonymousUser") -> list[tuple[int, str]]:
    """(id, name) of the hashtags the viewer follows, by name. No query while kept; none for guests."""
    if not viewer.is_authenticated:
        return []
    return cached("followed_tags", viewer.pk, tags=[tags_tag(viewer.pk)], make=lambda: _followed(viewer.pk))


def is_kept_out(name: str) -> bool:
    """Whether a moderator keeps the tag out of trends, suggestions and what is talked about."""
    return Hashtag.objects.filter(name=name, is_kept_out=True).exists()


def kept_out(names: Iterable[str]) -> set[str]:
    """`is_kept_out` of many at once. One query."""
    return set(Hashtag.objects.filter(name__in=list(names), is_kept_out=True).values_list("name", flat=True))


def tag_head(viewer: "User | AnonymousUser", name: str) -> TagHead:
    """One query while the viewer's tags and the tag's uses are kept. Of whom the viewer is apart is asked each time."""
    apart = graph.blocked_ids(viewer)
    authors, is_judged = cached("tag_uses", name, tags=[KEPT_OUT_TAG], make=lambda: _used_by(name))
    there = [author for author in authors if author not in apart]
    is_followed = name in {known for _id, known in followed_tags(viewer)}
    return TagHead(len(there), len(set(there)), is_followed, is_judged)


def _used_by(name: str) -> tuple[list[int], bool]:
    """The authors of up to MOST of its uses, each as often as they used it, and whether it is kept out."""
    tag = Hashtag.objects.filter(name=name).first()
    if tag is None:
        return [], False
    uses = _open_uses(AnonymousUser()).filter(tag=tag)
    return list(uses.values_list("post__author", flat=True)[:MOST]), tag.is_kept_out


def suggest_tags(viewer: "User | AnonymousUser", typed: str) -> list[Offer]:
    """Hashtags that begin as typed, most used first. One query.

    Only those that are used in posts which everyone, and the viewer, may see; never one that is kept out.
    """
    begun = text.fold(text.clean(typed)).lstrip("#")[:64]
    if not begun:
        return []
    sample = PostTag.objects.order_by("-pk").values("pk")[:SAMPLE]
    lately = PostTag.objects.filter(pk__in=sample).values("tag").annotate(number=Count("pk"))
    ranked = Hashtag.objects.filter(name__startswith=begun, is_kept_out=False).annotate(
        lately=Coalesce(Subquery(lately.filter(tag=OuterRef("pk")).values("number")), 0)
    )
    found = _counted(viewer, ranked.order_by("-lately", "name").values("pk")[:CANDIDATES])
    return [Offer(name, uses) for name, uses in found.filter(uses__gt=0).order_by("-uses", "name")[:OFFERED]]


def _followed(person_id: int) -> list[tuple[int, str]]:
    return list(TagFollow.objects.filter(person=person_id).order_by("tag__name").values_list("tag_id", "tag__name"))


def followed_offers(viewer: "User") -> list[Offer]:
    """The hashtags the viewer follows, by name, with their uses. One query."""
    found = _counted(viewer, TagFollow.objects.filter(person=viewer).values("tag"))
    return [Offer(name, uses) for name, uses in found.order_by("name")]


class _Number(Subquery):
    """How many rows there are; sliced, so that nobody counts a million."""

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def _counted(viewer: "User | AnonymousUser", tags: QuerySet[Any]) -> QuerySet[Any, Any]:
    """(name, uses)."""
    uses = _open_uses(viewer).filter(tag=OuterRef("pk")).values("pk")[:MOST]
    return Hashtag.objects.filter(pk__in=tags).annotate(uses=_Number(uses)).values_list("name", "uses")


def _open_uses(viewer: "User | AnonymousUser") -> QuerySet[PostTag]:
    """Of the last 30 days, in posts that everyone may see, and that are there for the viewer."""
    here: dict[str, Any] = {"post__author__is_active": True, "post__deleted_at": None, "post__hidden_at": None}
    open_to_all = Q(post__audience=Audience.PUBLIC, post__author__posts_for=Reach.EVERYONE, **here)
    recent = PostTag.objects.filter(open_to_all, created_at__gt=timezone.now() - MONTH)
    return recent.filter(graph.not_blocked(viewer, "post__author"))
