"""Work that a person started and waits for (EV6)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.kernel.ids import uuid7


class Job(models.Model):
    """One run of one kind of work. The outbox makes it run; this row is what its owner sees of it."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=64)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    payload = models.JSONField(default=dict)  # what the run needs; never shown
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0)  # percent
    result = models.JSONField(default=dict)  # what the owner may read once it is done
    error = models.CharField(max_length=500, blank=True)  # a sentence for the owner once it has failed
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "kind", "-created_at"], name="kernel_job_owner"),
            models.Index(fields=["finished_at"], name="kernel_job_finished", condition=Q(finished_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(name="kernel_job_progress", condition=Q(progress__lte=100)),
            models.CheckConstraint(
                name="kernel_job_finished_has_time",
                condition=Q(state__in=["done", "failed"], finished_at__isnull=False)
                | Q(state__in=["queued", "running"], finished_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
