"""What people report."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    SPAM = "spam", _("Spam or advertising")
    HARASSMENT = "harassment", _("Harassment or hate")
    HARM = "harm", _("Somebody may be in danger")
    PRIVACY = "privacy", _("Private information")
    OTHER = "other", _("Something else")


class Kind(models.TextChoices):
    POST = "post", _("post")
    COMMENT = "comment", _("comment")
    PERSON = "person", _("person")


@pghistory.track(
    pghistory.InsertEvent("filed"),
    pghistory.UpdateEvent("changed"),
    fields=["category", "closed_at", "closed_by"],
    model_name="ReportAct",
)
class Report(models.Model):
    """One person's report of one thing; a second one by the same person replaces the first while it is open."""

    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reports_made")
    kind = models.CharField(_("what"), max_length=10, choices=Kind.choices)
    target_id = models.BigIntegerField(_("its number"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="reports_received", verbose_name=_("who wrote it")
    )
    excerpt = models.TextField(_("as it was"), blank=True, editable=False)  # evidence, should it be deleted since
    category = models.CharField(_("why"), max_length=12, choices=Category.choices)
    text = models.TextField(_("in your words"), max_length=1000, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.UniqueConstraint(
                fields=["reporter", "kind", "target_id"], condition=models.Q(closed_at=None), name="one_open_report"
            ),
        ]
        indexes = [models.Index(fields=["-created_at"], name="open_reports", condition=models.Q(closed_at=None))]

    def __str__(self) -> str:
        return f"report {self.pk}"
