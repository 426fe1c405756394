"""What graph does when people below it change their minds."""

from collections.abc import Mapping
from typing import Any

from apps.accounts.events import PrivacyChanged
from apps.graph import services
from apps.kernel.outbox import split, subscribe


@subscribe(PrivacyChanged, name="graph.grant_waiting", chunked=True)
def grant_waiting(event: PrivacyChanged, chunk: Mapping[str, Any] | None) -> None:
    """An open profile needs no requests: whoever waits follows."""
    left = services.grant_waiting(person_id=event.person_id)
    if left and chunk is None:
        split([{"part": part} for part in range(-(-left // services.ACCEPTED_AT_ONCE))], queue="bulk")
