from dataclasses import dataclass
from typing import ClassVar

from apps.kernel.outbox import DomainEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked(DomainEvent):
    TYPE: ClassVar = "sample.ticked"
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(DomainEvent):
    """Its handler asks for order."""

    TYPE: ClassVar = "sample.counted"
    KEY: ClassVar[str] = "counter"
    counter: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Poured(DomainEvent):
    """Poison: no attempt to handle it succeeds. `how` is raise, exit or memory."""

    TYPE: ClassVar = "sample.poured"
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cracked(DomainEvent):
    """The first attempt ends its process after the effect and before `done`; `path` remembers that."""

    TYPE: ClassVar = "sample.cracked"
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretched(DomainEvent):
    """Handled twice over, for `seconds` each: in a transaction, and under a lease without one."""

    TYPE: ClassVar = "sample.stretched"
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared(DomainEvent):
    """Its handler splits the work into so many parts."""

    TYPE: ClassVar = "sample.shared"
    parts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(DomainEvent):
    """Its handler publishes `Ticked`."""

    TYPE: ClassVar = "sample.told"
    number: int
