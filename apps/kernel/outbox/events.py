"""What an app may announce and who listens: two tables, filled when the apps' `events` and `handlers` load."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, TypeVar

TYPES: dict[str, type["DomainEvent"]] = {}
HANDLERS: dict[str, dict[str, "Handler"]] = {}  # type of event -> name of handler -> handler


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainEvent:
    """A fact in the past tense: ids only, no text. Subclasses are registered by being defined."""

    TYPE: ClassVar[str] = ""
    VERSION: ClassVar[int] = 1  # raise it when fields change: rows of an older one go to the dead letters
    KEY: ClassVar[str] = ""  # the field whose value orders events for handlers that ask for order

    def __init_subclass__(cls) -> None:
        # Runs twice for a class with slots, which `dataclass` makes anew; the second is the one to keep.
        known = TYPES.get(cls.TYPE)
        if not cls.TYPE or (known and known.__qualname__ != cls.__qualname__):
            raise TypeError(f"{cls.__qualname__} needs a TYPE of its own, not {cls.TYPE!r}.")
        TYPES[cls.TYPE] = cls

    def as_data(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def order_key(self) -> str:
        return str(getattr(self, self.KEY)) if self.KEY else ""


Run = Callable[..., None]
F = TypeVar("F", bound=Run)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    name: str
    run: Run
    queue: str
    ordered: bool
    chunked: bool
    atomic: bool

    def __call__(self, event: DomainEvent, chunk: Mapping[str, Any] | None) -> None:
        if self.chunked:
            self.run(event, chunk)
        else:
            self.run(event)


def subscribe(
    event: type[DomainEvent],
    *,
    queue: str = "default",
    name: str = "",
    ordered: bool = False,
    chunked: bool = False,
    atomic: bool = True,
) -> Callable[[F], F]:
    """Call the function in a worker for every such event, at least once, after the publishing transaction.

    `name` is stored with each delivery, so it outlives renames; "<app>.<function>" when not given.
    `ordered`: events with the same KEY one at a time, in the order they were published; one that went to the dead
    letters is passed over. `chunked`: the function also takes `chunk`, None for the event itself and one of
    `outbox.split`'s mappings for each part. `atomic=False`: for work that must commit on its way (its progress); it
    runs outside a transaction under a lease that is renewed, and must bear being run again from the start.
    """
    if ordered and (chunked or not event.KEY):
        raise TypeError(f"Order needs a KEY on {event.__name__} and work that is not split.")

    def register(function: F) -> F:
        handler = Handler(
            name=name or f"{function.__module__.split('.')[-2]}.{function.__name__}",
            run=function,
            queue=queue,
            ordered=ordered,
            chunked=chunked,
            atomic=atomic,
        )
        others = HANDLERS.setdefault(event.TYPE, {})
        if handler.name in others:
            raise TypeError(f"{handler.name} already listens to {event.TYPE}.")
        others[handler.name] = handler
        return function

    return register
