"""What the apps above must ask before a write. For now: suspension."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


@pghistory.track(
    pghistory.InsertEvent("suspended"),
    pghistory.UpdateEvent("changed"),
    model_name="SuspensionEvent",
    fields=["person", "by", "reason", "lifted_at"],
)
class Suspension(models.Model):
    """A person who may not log in until it is lifted. At most one is open at a time."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="suspensions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reason = models.TextField(_("reason"), max_length=1000)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    lifted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=models.Q(lifted_at=None), name="one_open_suspension"),
        ]

    def __str__(self) -> str:
        return f"suspension of {self.person_id}"
