"""Boosts: staff show a post to more people for a while, with a reason that is read. Each start and end is kept."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.kernel import audit, text
from apps.kernel.cache import invalidate
from apps.kernel.errors import Conflict, Invalid
from apps.posts import policies
from apps.posts.models import Boost, Post
from apps.posts.selectors.boosts import BOOSTS_TAG, running
from apps.posts.terms import BOOSTED, BOOSTS

if TYPE_CHECKING:
    from apps.accounts.models import User

LOCK = 0x0C10C6  # first half of the advisory locks of boosts; the second is the university


@transaction.atomic
def start_boost(*, actor: "User", post: Post, reason: str, days: int) -> Boost:
    """The post is shown to more of those who may see it, from now on for so many days.

    Invalid (with fields) without a reason or for other days; Forbidden for who may not; Conflict for a post that is for
    some people only or is boosted already, and when BOOSTS of its university are. The caller has made sure that the
    actor may see the post.
    """
    policies.require_may_boost(actor)
    if faults := policies.fault_of_boost(reason, days):
        raise Invalid(fields=faults)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, post.university_id or 0])
    if fault := fault_of_another_boost(post):
        raise Conflict(fault)
    invalidate(BOOSTS_TAG)
    now = timezone.now()
    Boost.objects.filter(post=post).delete()  # one that has ended, and that the clock has not come to yet
    return Boost.objects.create(
        post=post, by=actor, reason=text.clean_name(reason), starts_at=now, ends_at=now + timedelta(days=days)
    )


def fault_of_another_boost(post: Post) -> str:
    """Why this post cannot be boosted now, as a sentence; empty when it can."""
    if post.is_gone or post.audience not in BOOSTED:
        return _("Only posts for everyone or for the campus can be shown to more people.")
    if Boost.objects.filter(post=post, ends_at__gt=timezone.now()).exists():
        return _("This post is shown to more people already.")
    if running(post.university_id).count() >= BOOSTS:
        return _("Three posts of this university are shown to more people already. End one of them first.")
    return ""


@transaction.atomic
def end_boost(*, actor: "User", boost: Boost, reason: str) -> None:
    """Ends it now; why is kept with who did it. May run twice. Invalid without a reason, Forbidden for who may not."""
    policies.require_may_boost(actor)
    why = text.clean_name(reason)
    if not why:
        raise Invalid(fields={"end_reason": _("Say why, in a sentence.")})
    invalidate(BOOSTS_TAG)
    with audit.acting(lambda: actor.pk, reason=why):
        Boost.objects.filter(pk=boost.pk).delete()


def drop_ended_boosts() -> int:
    """Forgets those whose time is over; nobody is shown them anyway. Returns how many."""
    return Boost.objects.filter(ends_at__lte=timezone.now()).delete()[0]
