"""Why am I seeing this: one post explained from the facts as they are now, with the parts of its score (FE4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.feed import ranking, trending
from apps.feed.models import Affinity, FeedItem, LessLike
from apps.feed.selectors import why
from apps.graph import selectors as graph
from apps.kernel.templatetags.ui import ago
from apps.posts import selectors as posts

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.posts.models import Post

Reason = FeedItem.Reason


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the score: how much, of how much, and what for."""

    name: str
    points: float
    most: int
    words: str

    @property
    def tenths(self) -> int:
        """For a bar, which knows whole numbers."""
        return max(0, round(self.points * 10))

    @property
    def most_tenths(self) -> int:
        return self.most * 10


@dataclass(frozen=True, slots=True)
class WhyShown:
    reasons: list[str]
    parts: list[Part]
    total: float
    is_own: bool
    less_until: object  # until when the viewer has asked for less like it, or None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    is_own: bool
    follows: bool
    is_mutual: bool
    affinity: int
    reposts: "list[Post]"  # by people the viewer follows, newest first
    tags: list[str]
    boost: str | None
    is_trending: bool
    less_until: object


def why_shown(viewer: "User", post: "Post") -> WhyShown:
    """Why the viewer gets a post that they may see, and what speaks for it. Some ten queries, for one post."""
    stands = _standing(viewer, post)
    row = posts.card_rows(viewer, [post.pk]).get(post.pk, post)
    parts = ranking.score(_facts(viewer, post, stands))
    return WhyShown(
        reasons=list(_reasons(post, stands)),
        parts=list(_parts(viewer, row, stands, parts)),
        total=parts.total,
        is_own=stands.is_own,
        less_until=stands.less_until,
    )


def _standing(viewer: "User", post: "Post") -> _Standing:
    follows = graph.is_following(viewer, post.author)
    followees = graph.follows(viewer).values("followee")
    reposts = posts.visible_posts(viewer).filter(repost_of=post, author__in=followees).select_related("author")
    tagged = why.facts_of(viewer, why.Asked(tagged=(post.pk,)))
    less = LessLike.objects.filter(person=viewer, author=post.author_id, until__gt=timezone.now())
    return _Standing(
        is_own=post.author_id == viewer.pk,
        follows=follows,
        is_mutual=follows and graph.is_following(post.author, viewer),
        affinity=Affinity.objects.filter(author_id=post.author_id, reader_id=viewer.pk)
        .values_list("value", flat=True)
        .first()
        or 0,
        reposts=list(reposts.order_by("-created_at")[:10]),
        tags=tagged[post.pk].tags if post.pk in tagged else [],
        boost=posts.running_boosts(viewer).get(post.pk),
        is_trending=trending.is_trending(post.pk, viewer.university_id),
        less_until=less.order_by("-until").values_list("until", flat=True).first(),
    )


def _facts(viewer: "User", post: "Post", stands: _Standing) -> ranking.Facts:
    """A post of somebody who is not followed comes with the relation to, and the age of, whoever passed it on."""
    by_repost = stands.reposts[0] if stands.reposts and not stands.follows and not stands.is_own else None
    via = by_repost.author if by_repost else None
    written = by_repost.created_at if by_repost else post.created_at
    return ranking.Facts(
        age=timezone.now() - written,
        same_university=post.university_id is not None and post.university_id == viewer.university_id,
        has_followed_tag=bool(stands.tags),
        is_own=stands.is_own,
        is_following=stands.follows or via is not None,
        is_mutual=graph.is_following(via, viewer) if via else stands.is_mutual,
        affinity=stands.affinity,
        is_less_liked=stands.less_until is not None,
        reactions=post.reaction_count,
        comments=post.comment_count,
        reposts=post.repost_count,
    )


def _reasons(post: "Post", stands: _Standing) -> Iterator[str]:
    name = {"name": post.author.name}
    if stands.is_own:
        yield _("You wrote this.")
    elif stands.is_mutual:
        yield _("You and %(name)s follow one another.") % name
    elif stands.follows:
        yield _("You follow %(name)s.") % name
    for repost in stands.reposts[:3]:
        yield _("%(name)s, whom you follow, passed it on.") % {"name": repost.author.name}
    for tag in stands.tags:
        yield _("You follow #%(tag)s.") % {"tag": tag}
    if stands.boost is not None:
        yield _("It is shown to more people for a while: %(reason)s") % {"reason": stands.boost or "-"}
    if stands.is_trending:
        yield _("It is among the posts most talked about this week.")
    if stands.less_until is not None:
        yield _("You asked for less like this, so it stands lower.")


def _parts(viewer: "User", post: "Post", stands: _Standing, score: ranking.Parts) -> Iterator[Part]:
    yield Part(_("How new it is"), score.recency, ranking.RECENCY, ago(post.created_at))
    yield Part(_("How much is said about it"), score.engagement, ranking.ENGAGEMENT, _talk(post))
    here = post.author.university_id is not None and post.author.university_id == viewer.university_id
    about = [_("from your university") if here else _("from elsewhere"), *(f"#{tag}" for tag in stands.tags)]
    yield Part(_("How near it is to you"), score.relevance, ranking.UNIVERSITY + ranking.TAG, ", ".join(about))
    yield Part(_("How you know its author"), score.relationship, ranking.RELATIONSHIP, _relation(stands))
    if score.less:
        yield Part(_("Less like this"), -score.less, ranking.LESS, _("as you asked"))


def _talk(post: "Post") -> str:
    heard = post.comment_count - getattr(post, "unheard", 0)
    said = [
        ngettext("%(n)d reaction", "%(n)d reactions", post.reaction_count) % {"n": post.reaction_count},
        ngettext("%(n)d comment", "%(n)d comments", heard) % {"n": heard},
        ngettext("%(n)d repost", "%(n)d reposts", post.repost_count) % {"n": post.repost_count},
    ]
    return ", ".join(said)


def _relation(stands: _Standing) -> str:
    if stands.is_own:
        return _("it is yours")
    if not stands.follows:
        return _("somebody you follow passed it on") if stands.reposts else _("you do not follow them")
    said = _("you follow one another") if stands.is_mutual else _("you follow them")
    return _("%(relation)s, and had to do with them lately") % {"relation": said} if stands.affinity else said
