"""Writes of polls: asked with a post, voted in, closed by the clock."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.kernel import limits, text
from apps.kernel.errors import Conflict, Invalid, NotFound
from apps.kernel.outbox import publish
from apps.posts import events
from apps.posts.content import PollPlan
from apps.posts.models import Ballot, Poll, PollOption, Post
from apps.posts.polls import choose_one
from apps.safety import policies as safety

if TYPE_CHECKING:
    from apps.accounts.models import User

AT_ONCE = 200  # polls closed in one transaction


def ask(post: Post, plan: PollPlan) -> Poll:
    """The poll of a post that has just been made; the plan was found right (policies.fault_of_poll)."""
    poll = Poll.objects.create(
        post=post,
        question=text.clean_name(plan.question),
        is_multiple=plan.is_multiple,
        is_anonymous=plan.is_anonymous,
        hides_results=plan.hides_results,
        closes_at=timezone.now() + timedelta(hours=plan.hours),
    )
    options = [
        PollOption(poll=poll, place=place, text=text.clean_name(said)) for place, said in enumerate(plan.options)
    ]
    PollOption.objects.bulk_create(options)
    return poll


@transaction.atomic
def vote(*, actor: "User", post: Post, choices: Iterable[int]) -> None:
    """Makes these (places of answers) what the actor chose in the post's poll; none takes the vote back. May run twice.

    Invalid for an answer there is not, and for two where one may be chosen. Conflict once the poll is closed, NotFound
    for a post that asks nothing. The caller has made sure that the post is visible.
    """
    safety.require_may_write(actor)
    limits.check("post.vote", person_id=actor.pk, address=None)
    poll = Poll.objects.filter(post=post).first()
    if poll is None:
        raise NotFound("poll")
    if poll.closes_at <= timezone.now():
        raise Conflict(_("This poll is closed. Votes stay as they are."))
    wanted = _judged(poll, choices)
    before = _cast(actor, poll, wanted)
    if before != wanted:
        _count(poll, before, wanted)


def close_polls() -> int:
    """Announces the end of each poll whose time is over, once, whoever asks and however often; returns how many."""
    closed = 0
    while batch := _close_some():
        closed += batch
    return closed


def _judged(poll: Poll, choices: Iterable[int]) -> list[int]:
    wanted = sorted(set(choices))
    if set(wanted) - set(poll.options.values_list("place", flat=True)):
        raise Invalid(choose_one())
    if len(wanted) > 1 and not poll.is_multiple:
        raise Invalid(_("Choose one answer only."))
    return wanted


def _cast(actor: "User", poll: Poll, wanted: list[int]) -> list[int]:
    """The ballot says so now; what it said before. Of several at once each sees what the one before has left.

    The ballot is written before the numbers are, here as when they are counted anew (counters.py).
    """
    while True:
        if wanted:
            with suppress(IntegrityError):  # another tab's, taken back between the two looks of get_or_create
                _ballot, created = Ballot.objects.get_or_create(poll=poll, person=actor, defaults={"choices": wanted})
                if created:
                    return []
        ballot = Ballot.objects.select_for_update(no_key=True).filter(poll=poll, person=actor).first()
        if ballot is None and wanted:
            continue  # taken back in this very moment by another tab
        break
    if ballot is None:
        return []
    before = list(ballot.choices)
    if not wanted:
        ballot.delete()
    elif before != wanted:
        ballot.choices = wanted
        ballot.save(update_fields=["choices"])
    return before


def _count(poll: Poll, before: list[int], after: list[int]) -> None:
    """Whoever has the poll's row moves the numbers of its answers; so nobody waits in a circle for two of them."""
    voters = bool(after) - bool(before)
    Poll.objects.filter(pk=poll.pk).update(voter_count=F("voter_count") + voters)
    for places, by in ((set(after) - set(before), 1), (set(before) - set(after), -1)):
        if places:
            poll.options.filter(place__in=places).update(vote_count=F("vote_count") + by)


@transaction.atomic
def _close_some() -> int:
    due = Poll.objects.filter(closed_at=None, closes_at__lte=timezone.now()).order_by("closes_at")
    held = list(due.select_related("post").select_for_update(skip_locked=True, no_key=True, of=("self",))[:AT_ONCE])
    Poll.objects.filter(pk__in=[poll.pk for poll in held]).update(closed_at=timezone.now())
    for poll in held:
        if not poll.post.is_gone:
            publish(events.PollClosed(post_id=poll.pk, author_id=poll.post.author_id), actor_id=None)
    return len(held)
