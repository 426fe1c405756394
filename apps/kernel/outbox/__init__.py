"""Transactional outbox: `publish` a fact with the change it tells of, `subscribe` what runs after the commit."""

from apps.kernel.outbox.events import DomainEvent, subscribe
from apps.kernel.outbox.relay import drain
from apps.kernel.outbox.selectors import stats
from apps.kernel.outbox.services import publish, split

__all__ = ["DomainEvent", "drain", "publish", "split", "stats", "subscribe"]
