"""What a person decides about who may see and do what. The two that every list of posts asks stand on User itself."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.reach import CONTACT, FIELDS, Reach


class Privacy(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="privacy")
    # Parts of the profile whose reach is not the usual one (selectors.FIELD_REACH): {"courses": 2, "field:7": 4}.
    fields = models.JSONField(default=dict, blank=True)
    followers = models.PositiveSmallIntegerField(_("followers and following"), choices=FIELDS, default=Reach.EVERYONE)
    online = models.PositiveSmallIntegerField(_("online state"), choices=CONTACT, default=Reach.CAMPUS)
    message = models.PositiveSmallIntegerField(_("messages from"), choices=CONTACT, default=Reach.CAMPUS)
    mention = models.PositiveSmallIntegerField(_("mentions by"), choices=CONTACT, default=Reach.EVERYONE)
    in_directory = models.BooleanField(_("listed in the directory"), default=False)
    is_suggested = models.BooleanField(_("suggested to others"), default=True)
    search_engines = models.BooleanField(_("found by search engines"), default=False)

    class Meta:
        verbose_name = _("privacy settings")
        verbose_name_plural = _("privacy settings")
        constraints = [
            models.CheckConstraint(
                condition=Q(followers__lte=4, online__lte=4, message__lte=4, mention__lte=4), name="reach_is_known"
            )
        ]
        indexes = [models.Index(fields=["user"], name="people_in_directory", condition=Q(in_directory=True))]

    def __str__(self) -> str:
        return f"privacy of {self.user_id}"


class Preferences(models.Model):
    """How the site looks for a person, on whatever device they log in (kernel.look has the choices)."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="preferences")
    look = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("preferences")
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return f"preferences of {self.user_id}"
