"""What this app announces."""

from dataclasses import dataclass
from typing import ClassVar

from apps.kernel.outbox import DomainEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkWanted(DomainEvent):
    """Somebody links to a page that was never looked at, or not for a while."""

    TYPE: ClassVar[str] = "link.wanted"
    KEY: ClassVar[str] = "card_id"
    card_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkReady(DomainEvent):
    """What a card shows has changed: there is something to show now, something else, or nothing any more."""

    TYPE: ClassVar[str] = "link.ready"
    KEY: ClassVar[str] = "card_id"
    card_id: int
