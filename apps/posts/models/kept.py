"""What people keep for themselves: bookmarks, drafts, how they like to post."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from apps.posts.models.posts import Audience, Post

FOLDER_NAME = 40
NOTE_LIMIT = 500


class Folder(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="folders", db_index=False)
    name = models.CharField(_("name"), max_length=FOLDER_NAME)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("folder of bookmarks")
        verbose_name_plural = _("folders of bookmarks")
        constraints = [models.UniqueConstraint("owner", Lower("name"), name="folder_once_per_owner")]

    def __str__(self) -> str:
        return f"folder {self.pk}"


class Bookmark(models.Model):
    """Seen by nobody else, not even as a number."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="bookmarks", db_index=False)
    post = models.ForeignKey(Post, models.CASCADE, related_name="bookmarks")
    folder = models.ForeignKey(Folder, models.SET_NULL, null=True, blank=True, related_name="bookmarks")
    note = models.CharField(_("note"), max_length=NOTE_LIMIT, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    remind_at = models.DateTimeField(_("remind me"), null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("bookmark")
        verbose_name_plural = _("bookmarks")
        constraints = [models.UniqueConstraint(fields=["person", "post"], name="bookmark_once")]
        indexes = [
            models.Index(fields=["person", "-id"], name="bookmarks_newest"),
            models.Index(
                fields=["remind_at"], name="reminders_due", condition=Q(remind_at__isnull=False, reminded_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"bookmark of {self.person_id}"


class Failure(models.TextChoices):
    """Why a post did not go out when its time came, and what its author can do."""

    SUSPENDED = "suspended", _("Your account was suspended at that time. Send it when you may write again.")
    AUDIENCE = "audience", _("Whom it was for is gone, or may not be shown what it quotes. Choose who should see it.")
    QUOTE = "quote", _("The post it quotes is gone, or may no longer be quoted. Edit it to send it without.")
    LIMIT = "limit", _("You had posted a lot in that hour. Send it now, or choose another time.")
    CONTENT = "content", _("Something in it needs another look. Edit it, and send it from there.")
    BROKEN = "broken", _("Something broke on our side. Send it now, or choose another time.")


class Draft(models.Model):
    """What somebody is writing, or has written for later (`publish_at`). Its id is the key of the post it becomes, so
    that it becomes one post however often it is sent, and a late save cannot bring back what is out.
    """

    id = models.UUIDField(primary_key=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts", db_index=False)
    content = models.JSONField(default=dict)  # what the composer sends (posts.drafts.Content)
    revision = models.PositiveIntegerField(default=1)  # raised by every save: two devices notice one another
    publish_at = models.DateTimeField(_("goes out"), null=True, blank=True)
    failed_because = models.CharField(max_length=200, blank=True)  # why it did not go out; "" while it has not failed
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        indexes = [
            models.Index(fields=["author", "-updated_at", "-id"], name="drafts_newest"),
            models.Index(
                fields=["publish_at"], name="drafts_due", condition=Q(publish_at__isnull=False, failed_because="")
            ),
        ]

    def __str__(self) -> str:
        return f"draft of {self.author_id}"


class PostPreferences(models.Model):
    """How a person likes to post and to read. No row: the usual."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="post_preferences"
    )
    audience = models.SmallIntegerField(_("post to"), choices=Audience.choices, null=True, blank=True)
    unfolds_warnings = models.BooleanField(_("open posts with a content warning"), default=False)

    class Meta:
        verbose_name = _("posting preferences")
        verbose_name_plural = _("posting preferences")

    def __str__(self) -> str:
        return f"posting preferences of {self.person_id}"
