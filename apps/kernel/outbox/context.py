"""Which delivery is being handled here and now, so that what it publishes can name its cause."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from apps.kernel import audit, logs
from apps.kernel.outbox.models import Delivery, Event

_current: ContextVar[Delivery | None] = ContextVar("outbox_delivery", default=None)


def current() -> Delivery | None:
    return _current.get()


@contextmanager
def handling(delivery: Delivery) -> Iterator[None]:
    """While it lasts, logs and published events carry the event's trace, and audit rows its actor."""
    metadata = delivery.event.metadata
    token = _current.set(delivery)
    traces = logs.trace_id.set(metadata.get("trace_id", ""))
    correlations = logs.correlation_id.set(metadata.get("correlation_id", ""))
    try:
        with audit.acting(lambda: delivery.event.user_id, event_id=str(delivery.event_id)):
            yield
    finally:
        logs.correlation_id.reset(correlations)
        logs.trace_id.reset(traces)
        _current.reset(token)


def metadata_for(event: Event) -> dict[str, str]:
    """EV1: one trace through all processes, one correlation for all that follows from one act, and the direct cause."""
    cause = _current.get()
    return {
        "trace_id": logs.trace_id.get(),
        "correlation_id": logs.correlation_id.get() or str(event.pk),
        "causation_id": str(cause.event_id) if cause else "",
    }
