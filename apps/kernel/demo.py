"""The demo campus: what every app's `demo.py` works with. It builds from the lowest app up and is removed from the top.

An app's `demo.py` has `build(world)` and, where rows of its own do not simply go with their person, `remove(world)`.
"""

import random
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType

from django.db import connection, models, transaction

from apps.kernel import registry
from apps.kernel.demo_marks import DemoMark
from apps.kernel.ids import EPOCH_MS, RANDOM_BITS


@dataclass(slots=True)
class DemoPerson:
    """What the apps above need to know of a person without asking again."""

    id: int
    username: str
    university_id: int
    language: str
    role: str


@dataclass(slots=True)
class DemoWorld:
    """One campus in the making. The same seed makes the same campus, dated back from `now`."""

    seed: int
    now: datetime
    people: list[DemoPerson] = field(default_factory=list)  # by accounts
    follows: set[tuple[int, int]] = field(default_factory=set)  # (follower, followee), by graph
    apart: set[tuple[int, int]] = field(default_factory=set)  # blocked, in both orders, by graph
    private: set[int] = field(default_factory=set)  # whose posts are for followers only, by graph
    circles: dict[int, tuple[int, set[int]]] = field(default_factory=dict)  # by owner: id and members, by graph

    def draw(self, purpose: str) -> random.Random:
        """A generator of its own for each purpose, so that one app's draws never shift another's."""
        return random.Random(f"{self.seed}/{purpose}")

    def person(self, username: str) -> DemoPerson:
        return next(person for person in self.people if person.username == username)

    def mark(self, model: type[models.Model], ids: Iterable[int]) -> None:
        """Remember rows that `remove` must take."""
        rows = [DemoMark(model=model._meta.label, object_id=object_id) for object_id in ids]
        DemoMark.objects.bulk_create(rows, ignore_conflicts=True)

    def marked(self, model: type[models.Model]) -> list[int]:
        return list(DemoMark.objects.filter(model=model._meta.label).values_list("object_id", flat=True))


class Deck:
    """Draws cards one after the other, shuffles anew when all are gone; what was drawn last then comes last again."""

    def __init__(self, cards: Iterable[str], draw: random.Random) -> None:
        self.cards, self.draw = list(cards), draw
        self.left = draw.sample(self.cards, len(self.cards))
        self.gone: list[str] = []

    def next(self, unwanted: Container[str] = ()) -> str:
        """The next card that is not unwanted; when all are, the next one after all."""
        if not self.left:
            half = len(self.gone) // 2
            first, last = self.gone[:half], self.gone[half:]
            self.draw.shuffle(first)
            self.draw.shuffle(last)
            self.left, self.gone = [*last, *first], []  # drawn from the end
        place = next((at for at in range(len(self.left) - 1, -1, -1) if self.left[at] not in unwanted), -1)
        self.gone.append(self.left.pop(place))
        return self.gone[-1]


def sections(path: Path) -> dict[str, list[str]]:
    """A text file of `[name]` headings with one entry per line; `\\n` inside an entry is a line break."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            name = line[1:-1]
            found[name] = []
        elif line.strip():
            found[name].append(line.strip().replace("\\n", "\n"))
    return found


def dated_id(moment: datetime, draw: random.Random) -> int:
    """An id as kernel.ids.snowflake would have made at that moment, but repeatable."""
    return (int(moment.timestamp() * 1000) - EPOCH_MS) << RANDOM_BITS | draw.getrandbits(RANDOM_BITS)


def moment_between(draw: random.Random, start: datetime, end: datetime) -> datetime:
    return start + timedelta(seconds=draw.random() * (end - start).total_seconds())


def is_built() -> bool:
    return DemoMark.objects.exists()


@transaction.atomic
def build(*, seed: int, now: datetime, report: Callable[[int], None] = lambda percent: None) -> DemoWorld:
    """Everything or nothing; `report` hears how far it is. The caller makes sure that there is no demo yet."""
    world = DemoWorld(seed=seed, now=now)
    with connection.cursor() as cursor:  # what is made up between two statements may take long on a slow machine
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    modules = _modules()
    for done, module in enumerate(reversed(modules)):
        report(100 * done // len(modules))
        module.build(world)
    return world


@transaction.atomic
def remove(*, now: datetime) -> int:
    """Takes what `build` made and what hangs on its people; puts everybody else's counters right. Number of marks."""
    world = DemoWorld(seed=0, now=now)
    for module in _modules():
        if hasattr(module, "remove"):
            module.remove(world)
    return DemoMark.objects.all().delete()[0]


def _modules() -> list[ModuleType]:
    """High to low. The kernel's own module is this one."""
    return [module for module in registry.discover("demo") if module.__name__ != __name__]
