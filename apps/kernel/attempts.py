"""Counted tries at what must stay limited with Redis down: log-in, sign-up, reset."""

import datetime as dt

from django.db import connection, models
from django.utils import timezone


class Attempt(models.Model):
    """How often one key did one thing in one window. The key is a digest: no address or name is kept."""

    name = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    window = models.DateTimeField()  # its start
    count = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "kernel"
        constraints = [models.UniqueConstraint(fields=["name", "key", "window"], name="attempt_once_per_window")]
        indexes = [models.Index(fields=["window"], name="attempt_window")]

    def __str__(self) -> str:
        return f"{self.name}: {self.count}"


KEPT = dt.timedelta(days=2)  # longer than any window


def count(name: str, key: str, start: int, *, more: int) -> int:
    """How often it was done in the window that began at `start` (Unix time), after adding `more`. One statement."""
    window = dt.datetime.fromtimestamp(start, dt.UTC)
    if not more:
        return Attempt.objects.filter(name=name, key=key, window=window).values_list("count", flat=True).first() or 0
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO kernel_attempt (name, key, "window", count) VALUES (%s, %s, %s, %s)'
            ' ON CONFLICT (name, key, "window") DO UPDATE SET count = kernel_attempt.count + excluded.count'
            " RETURNING count",
            [name, key, window, more],
        )
        return int(cursor.fetchone()[0])


def prune() -> int:
    """Forget windows that ended long ago; returns how many."""
    return Attempt.objects.filter(window__lt=timezone.now() - KEPT).delete()[0]
