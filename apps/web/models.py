"""What the site itself keeps: the pages staff write, who agreed to which, and how far a newcomer has come."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


@pghistory.track(
    pghistory.InsertEvent("written"),
    pghistory.UpdateEvent("changed"),
    model_name="PageVersionEvent",
    fields=["slug", "number", "change", "asks_again", "published_at"],
)
class PageVersion(models.Model):
    """One version of one of the site's own pages (XP4). A published one never changes: the next has its own row."""

    class Slug(models.TextChoices):
        RULES = "rules", _("Rules")
        PRIVACY = "privacy", _("Privacy")
        ABOUT = "about", _("About")
        HELP = "help", _("Help")
        ACCESSIBILITY = "accessibility", _("Accessibility")

    slug = models.CharField(_("page"), max_length=13, choices=Slug.choices)
    number = models.PositiveIntegerField(_("version"), editable=False)
    body = models.TextField(_("text"), max_length=100_000, help_text=_("Markdown."))
    change = models.CharField(_("what changed"), max_length=300, blank=True, help_text=_("Shown to who must agree."))
    # Only of rules and privacy: a new wording that members must agree to before they go on.
    asks_again = models.BooleanField(_("members must agree"), default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        constraints = [
            models.UniqueConstraint(fields=["slug", "number"], name="page_version_once"),
            models.CheckConstraint(
                condition=Q(asks_again=False) | Q(slug__in=["rules", "privacy"]), name="agreed_to_are_rules_and_privacy"
            ),
        ]
        indexes = [models.Index(fields=["slug", "-published_at"], name="page_in_force")]
        triggers = [
            pgtrigger.Protect(
                name="published_page_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.published_at IS NOT NULL AND"
                    " (OLD.slug, OLD.number, OLD.body, OLD.change, OLD.asks_again, OLD.published_at) IS DISTINCT FROM"
                    " (NEW.slug, NEW.number, NEW.body, NEW.change, NEW.asks_again, NEW.published_at)"
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_slug_display()}, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("web:page", args=[self.slug])


class Agreement(models.Model):
    """That a person agreed to a version, and when."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="agreements", db_index=False)
    version = models.ForeignKey(PageVersion, models.PROTECT, related_name="agreements")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        constraints = [models.UniqueConstraint(fields=["person", "version"], name="agreed_once")]

    def __str__(self) -> str:
        return f"{self.person_id} agrees to {self.version_id}"


class Welcome(models.Model):
    """How far a newcomer has come (FEATURES section 4). No row: a member of long standing, who is not asked."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="welcome")
    step = models.PositiveSmallIntegerField(default=1)  # the next to be shown
    finished_at = models.DateTimeField(null=True)  # the steps are done or skipped
    closed_at = models.DateTimeField(null=True)  # the checklist is closed for good
    hint_closed_at = models.DateTimeField(null=True)  # and so is the hint of what the profile lacks
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("welcome")
        verbose_name_plural = _("welcomes")

    def __str__(self) -> str:
        return f"welcome of {self.person_id}"
