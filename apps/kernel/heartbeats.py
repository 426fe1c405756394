"""Signs of life of the processes that nobody talks to: workers and the clock."""

import time

from django.db import models
from django.db.models.functions import Now


class Heartbeat(models.Model):
    """When a process last said that it is alive. One row per name; rewritten in place."""

    name = models.CharField(max_length=64, primary_key=True)  # "beat", "queue:high"
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name


EVERY = 5  # seconds: a process says it no more often
STALE = 90  # seconds after which a process counts as gone; one long handler may keep it quiet for that long

_said: dict[str, float] = {}


def say(name: str) -> None:
    """Record that the named process is alive now. Cheap: writes at most each EVERY seconds per process."""
    if time.monotonic() - _said.get(name, -EVERY) < EVERY:
        return
    _said[name] = time.monotonic()
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=Now())], update_conflicts=True, unique_fields=["name"], update_fields=["at"]
    )


def ages() -> dict[str, float]:
    """Seconds since each process was last heard, by name."""
    age = models.ExpressionWrapper(Now() - models.F("at"), output_field=models.DurationField())
    return {name: gap.total_seconds() for name, gap in Heartbeat.objects.annotate(age=age).values_list("name", "age")}
