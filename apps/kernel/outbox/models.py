"""What happened (`Event`) and who still has to hear of it (`Delivery`)."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.kernel.ids import uuid7


class Event(models.Model):
    """One fact, written with the change it tells of and never changed afterwards (EV1)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)  # version 7: sorts by time
    type = models.CharField(max_length=64)  # "post.created"
    source = models.CharField(max_length=32)  # the app that announced it
    timestamp = models.BigIntegerField()  # Unix milliseconds
    schema_version = models.PositiveSmallIntegerField()
    user_id = models.BigIntegerField(null=True)  # who did it; no foreign key, the fact outlives the account
    data = models.JSONField()
    metadata = models.JSONField()  # trace_id, correlation_id, causation_id

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"


class Delivery(models.Model):
    """One event for one handler, or one part of long work that the handler split off.

    `next_at` says from when it may be claimed. A claim moves it into the future, so it is the lease as well: what a
    dead process held is claimable again when that time has passed.
    """

    class State(models.IntegerChoices):
        DUE = 0, _("due")
        DONE = 1, _("done")
        DEAD = 2, _("dead")

    event = models.ForeignKey(Event, models.CASCADE, related_name="deliveries", db_index=False)
    handler = models.CharField(max_length=96)
    part = models.PositiveIntegerField(default=0)  # 0 is the whole; parts of split work count from 1
    chunk = models.JSONField(null=True)  # what a part covers
    queue = models.CharField(max_length=16)
    order_key = models.CharField(max_length=96, default="", blank=True)  # "" = in no order
    state = models.PositiveSmallIntegerField(choices=State.choices, default=State.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)
    last_error = models.TextField(default="", blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [models.UniqueConstraint(fields=["event", "handler", "part"], name="delivery_once")]
        # Partial: finished rows, which are nearly all, cost a claim nothing.
        indexes = [
            models.Index(fields=["queue", "next_at"], name="delivery_due", condition=Q(state=0)),
            models.Index(
                fields=["handler", "order_key", "id"],
                name="delivery_in_order",
                condition=Q(state=0) & ~Q(order_key=""),
            ),
            models.Index(fields=["handler", "id"], name="delivery_dead", condition=Q(state=2)),
        ]

    def __str__(self) -> str:
        return f"{self.handler} of {self.event_id}"
