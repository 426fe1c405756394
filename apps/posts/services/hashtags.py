"""Writes of hashtags: followed by people, kept out of what is offered by moderators."""

from typing import TYPE_CHECKING

from django.db import transaction

from apps.kernel import cache, limits, text
from apps.kernel.errors import NotFound
from apps.posts import keeping, selectors
from apps.posts.models import Hashtag, TagFollow

if TYPE_CHECKING:
    from apps.accounts.models import User


@transaction.atomic
def follow_tag(*, actor: "User", name: str) -> str:
    """The actor's home page has the posts of this tag from now on; also of one that nobody has used yet.

    Returns its one spelling. NotFound for what is no hashtag, Conflict at keeping.TAGS_FOLLOWED. May run twice.
    """
    limits.check("tag.follow", person_id=actor.pk)
    spelled = _spelled(name)
    if TagFollow.objects.filter(person=actor, tag__name=spelled).exists():
        return spelled
    keeping.require_another_tag(actor)
    Hashtag.objects.bulk_create([Hashtag(name=spelled)], ignore_conflicts=True)
    tag = Hashtag.objects.get(name=spelled)
    TagFollow.objects.bulk_create([TagFollow(person=actor, tag=tag)], ignore_conflicts=True)
    cache.invalidate(selectors.tags_tag(actor.pk))
    return spelled


@transaction.atomic
def unfollow_tag(*, actor: "User", name: str) -> str:
    """Returns its one spelling. NotFound for what is no hashtag. May run twice."""
    limits.check("tag.follow", person_id=actor.pk)
    spelled = _spelled(name)
    TagFollow.objects.filter(person=actor, tag__name=spelled).delete()
    cache.invalidate(selectors.tags_tag(actor.pk))
    return spelled


@transaction.atomic
def keep_tag_out(*, actor: "User", tag: Hashtag, reason: str) -> None:
    """Out of trends, suggestions and what is talked about; posts keep it and its page stays. Kept with who and why.

    Forbidden for who may not, Invalid without a reason. May run twice: a new reason replaces the one before.
    """
    _judge(actor, tag, reason, is_kept_out=True)


@transaction.atomic
def let_tag_in(*, actor: "User", tag: Hashtag, reason: str) -> None:
    """Undo of `keep_tag_out`, on the same terms."""
    _judge(actor, tag, reason, is_kept_out=False)


def _judge(actor: "User", tag: Hashtag, reason: str, *, is_kept_out: bool) -> None:
    keeping.require_may_judge_tags(actor)
    tag.is_kept_out, tag.kept_out_because = is_kept_out, keeping.checked_reason(reason)
    tag.save(update_fields=["is_kept_out", "kept_out_because"])
    cache.invalidate(selectors.KEPT_OUT_TAG)


def _spelled(name: str) -> str:
    if spelled := text.normalise_tag(selectors.tag_name(name)):
        return spelled
    raise NotFound("tag")
