"""Posts at the top of their author's profile."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.kernel import limits
from apps.kernel.cache import invalidate
from apps.kernel.errors import Invalid, NotFound
from apps.posts import policies, selectors
from apps.posts.models import Pin, Post
from apps.posts.selectors.pins import pins_tag
from apps.posts.terms import PIN_DAYS, PINS
from apps.safety import policies as safety

if TYPE_CHECKING:
    from apps.accounts.models import User


@transaction.atomic
def pin_post(*, actor: "User", post: Post, days: int | None = None, instead_of: int | None = None) -> Pin:
    """The post stands at the top of its author's profile, for so many days or until it is taken down.

    May run twice: the end is then the new one. Invalid (with fields) when PINS stand there and `instead_of` is none of
    them, or for days that are not offered. Forbidden to others, NotFound for a post that is gone and for a repost.
    """
    safety.require_may_write(actor)
    policies.require_author(actor, post)
    if days not in PIN_DAYS:
        raise Invalid(fields={"days": _("Choose until when.")})
    limits.check("post.pin", person_id=actor.pk, address=None)
    _hold_pins(actor)
    if not Post.objects.live().select_for_update(no_key=True).filter(pk=post.pk, repost_of=None).exists():
        raise NotFound("post")
    others = [pin.pk for pin in selectors.pins_of(actor) if pin.pk != post.pk]
    if len(others) >= PINS:
        if instead_of not in others:
            raise Invalid(fields={"instead_of": _("Three posts are pinned. Choose the one that makes room.")})
        Pin.objects.filter(pk=instead_of).delete()
    invalidate(pins_tag(actor.pk))
    now = timezone.now()
    until = now + timedelta(days=days) if days else None
    pin, _made = Pin.objects.update_or_create(
        post=post, defaults={"author": actor, "until": until}, create_defaults={"author": actor, "until": until}
    )
    return pin


@transaction.atomic
def unpin_post(*, actor: "User", post: Post) -> None:
    """May run twice. Forbidden to others."""
    policies.require_author(actor, post)
    Pin.objects.filter(post=post).delete()
    invalidate(pins_tag(actor.pk))


def drop_ended_pins() -> int:
    """Forgets pins whose time is over; nobody is shown them anyway. Returns how many."""
    return Pin.objects.filter(until__lte=timezone.now()).delete()[0]


def _hold_pins(actor: "User") -> None:
    """Until the transaction ends nobody else pins for this person."""
    list(get_user_model().objects.select_for_update(no_key=True).filter(pk=actor.pk).values_list("pk"))
