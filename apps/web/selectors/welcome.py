"""How far a newcomer has come, and what is left to try (FEATURES section 4)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts import selectors as accounts
from apps.graph import selectors as graph
from apps.kernel.cache import cached
from apps.posts import selectors as posts
from apps.web.models import Welcome

if TYPE_CHECKING:
    from apps.accounts.models import User

STEPS = 5
PEOPLE_STEP = 4
OFFERED = 8  # people to follow
PEOPLE_TO_FOLLOW = 3


@dataclass(frozen=True, slots=True)
class Task:
    label: str
    url: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Checklist:
    tasks: list[Task]
    is_untouched: bool  # no step was done or skipped yet

    @property
    def done(self) -> int:
        return sum(task.is_done for task in self.tasks)


def welcome_tag(person_id: int) -> str:
    return f"welcome:{person_id}"


def next_step(person: "User") -> int:
    """The step to show: where a newcomer stopped, else the first."""
    welcome = Welcome.objects.filter(person=person, finished_at=None).first()
    return min(welcome.step, STEPS) if welcome else 1


def checklist(person: "User") -> Checklist | None:
    """What a newcomer may try next, as it stands now; None once all is done or the card is closed.

    No query for a member of long standing while that is kept.
    """
    is_open = cached("welcome", person.pk, tags=[welcome_tag(person.pk)], make=lambda: _checklist(person) is not None)
    return _checklist(person) if is_open else None


def _checklist(person: "User") -> Checklist | None:
    welcome = Welcome.objects.filter(person=person, closed_at=None).first()
    if welcome is None:
        return None
    facts = accounts.facts_of(person)
    follows = graph.follow_count(person).following
    tasks = [
        Task(_("Say what you study"), reverse("web:welcome", args=[2]), bool(facts.programme or facts.courses)),
        Task(_("Follow three people"), reverse("web:welcome", args=[4]), follows >= PEOPLE_TO_FOLLOW),
        Task(_("Write a first post"), "/#compose-body", posts.post_count(person, person) > 0),
        Task(_("Choose who sees you"), reverse("web:welcome", args=[5]), welcome.step > STEPS),
    ]
    if all(task.is_done for task in tasks):
        return None
    return Checklist(tasks, is_untouched=welcome.step == 1 and welcome.finished_at is None)
