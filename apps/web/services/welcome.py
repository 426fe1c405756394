"""The first steps of a newcomer: begun by their sign-up, passed one by one or left, and a checklist closed for good."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from apps.graph import selectors as graph_selectors
from apps.graph import services as graph
from apps.kernel import cache
from apps.web import selectors
from apps.web.models import Welcome

if TYPE_CHECKING:
    from apps.accounts.models import User

FOLLOWED_AT_ONCE = 20


@transaction.atomic
def start_welcome(*, person_id: int) -> None:
    """Idempotent; who has begun, or is done, is left where they are."""
    Welcome.objects.get_or_create(person_id=person_id)
    cache.invalidate(selectors.welcome_tag(person_id))


@transaction.atomic
def pass_step(*, actor: "User", step: int, done: bool) -> bool:
    """A step is behind them, done or skipped; returns whether the next is to be shown.

    `Welcome.step` passes the last one only when that is done: to choose who sees you stays on the checklist else.
    """
    is_last = step == selectors.STEPS
    welcome = Welcome.objects.select_for_update(no_key=True).filter(person=actor).first()
    if welcome is None:  # of long standing, and curious
        return not is_last
    was_finished = welcome.finished_at is not None
    welcome.step = max(welcome.step, step if is_last and not done else step + 1)
    if is_last and not was_finished:
        welcome.finished_at = timezone.now()
    welcome.save(update_fields=["step", "finished_at"])
    return not (is_last or was_finished)


@transaction.atomic
def leave_welcome(*, actor: "User") -> None:
    """The rest of the steps is skipped; the checklist stays. Idempotent."""
    Welcome.objects.filter(person=actor, finished_at=None).update(finished_at=timezone.now())


@transaction.atomic
def close_checklist(*, actor: "User") -> None:
    """For good, and the steps with it. Idempotent."""
    now = timezone.now()
    Welcome.objects.filter(person=actor, finished_at=None).update(finished_at=now)
    Welcome.objects.filter(person=actor, closed_at=None).update(closed_at=now)
    cache.invalidate(selectors.welcome_tag(actor.pk))


@transaction.atomic
def note_privacy(*, person_id: int) -> None:
    """Who chose on the settings page need not choose on the checklist."""
    Welcome.objects.filter(person=person_id, finished_at__isnull=False).update(step=selectors.STEPS + 1)


@transaction.atomic
def follow_several(*, actor: "User", usernames: Iterable[str]) -> int:
    """Follow those of them whom the actor can see, or ask to, and return how many; at most FOLLOWED_AT_ONCE."""
    chosen = set(list(usernames)[:FOLLOWED_AT_ONCE]) - {actor.username}
    people = graph_selectors.people_visible_to(actor).filter(username__in=chosen).order_by("pk")
    for person in people:
        graph.follow(actor=actor, target=person)
    return len(people)
