"""Who follows whom and who asks to, who wants nothing to do with whom, and what people keep to themselves."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

CIRCLE_NAME = 40  # characters
NOTE_LIMIT = 1_000


class Follow(models.Model):
    follower = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="following_edges", db_index=False
    )
    followee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="follower_edges", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("follow")
        verbose_name_plural = _("follows")
        constraints = [
            models.UniqueConstraint(fields=["follower", "followee"], name="follow_once"),
            models.CheckConstraint(condition=~Q(follower=F("followee")), name="follow_somebody_else"),
        ]
        # Fan-out walks an author's followers in id order without touching the table.
        indexes = [models.Index(fields=["followee", "follower"], name="follow_by_followee")]

    def __str__(self) -> str:
        return f"{self.follower_id} follows {self.followee_id}"


@pghistory.track(
    pghistory.InsertEvent("blocked"),
    pghistory.DeleteEvent("unblocked"),
    model_name="BlockEvent",
    fields=["blocker", "blocked"],
)
class Block(models.Model):
    """One person's wish; its effect is the same in both directions (ID6)."""

    blocker = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="blocks_made", db_index=False)
    blocked = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="blocks_received", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="block_once"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="block_somebody_else"),
        ]
        indexes = [models.Index(fields=["blocked", "blocker"], name="block_by_blocked")]

    def __str__(self) -> str:
        return f"{self.blocker_id} blocks {self.blocked_id}"


class FollowRequest(models.Model):
    """Somebody asks to follow a private profile. Until it is granted, who asks is a stranger (lesson 9)."""

    follower = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="requests_made", db_index=False)
    followee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="requests_received", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("request to follow")
        verbose_name_plural = _("requests to follow")
        constraints = [
            models.UniqueConstraint(fields=["follower", "followee"], name="ask_once"),
            models.CheckConstraint(condition=~Q(follower=F("followee")), name="ask_somebody_else"),
        ]
        indexes = [models.Index(fields=["followee", "-created_at", "-id"], name="requests_by_followee")]

    def __str__(self) -> str:
        return f"{self.follower_id} asks to follow {self.followee_id}"


class Mute(models.Model):
    """A person not wanted in one's lists for a while; they never learn of it."""

    muter = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mutes_made", db_index=False)
    muted = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mutes_received")
    until = models.DateTimeField(_("until"), null=True, blank=True)  # None: until undone
    with_notifications = models.BooleanField(_("and what they make me be told"), default=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("mute")
        verbose_name_plural = _("mutes")
        constraints = [
            models.UniqueConstraint(fields=["muter", "muted"], name="mute_once"),
            models.CheckConstraint(condition=~Q(muter=F("muted")), name="mute_somebody_else"),
        ]

    def __str__(self) -> str:
        return f"{self.muter_id} mutes {self.muted_id}"


class Circle(models.Model):
    """A named set of one's followers to write to. Its members never learn its name, nor who else is in it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="circles", db_index=False)
    name = models.CharField(_("name"), max_length=CIRCLE_NAME)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("circle")
        verbose_name_plural = _("circles")
        constraints = [models.UniqueConstraint("owner", Lower("name"), name="circle_once_per_owner")]

    def __str__(self) -> str:
        return f"circle {self.pk}"


class CircleMember(models.Model):
    """A follower of the owner; whoever stops following has left."""

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="members", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="circles_in", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("member of a circle")
        verbose_name_plural = _("members of circles")
        constraints = [models.UniqueConstraint(fields=["circle", "person"], name="in_a_circle_once")]
        indexes = [models.Index(fields=["person", "circle"], name="circles_of_person")]

    def __str__(self) -> str:
        return f"{self.person_id} in circle {self.circle_id}"


class PersonNote(models.Model):
    """What somebody wrote about a person for themselves alone; nobody else ever reads it, staff neither."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notes_made", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notes_received")
    text = models.TextField(_("note"), max_length=NOTE_LIMIT)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("note about a person")
        verbose_name_plural = _("notes about people")
        constraints = [models.UniqueConstraint(fields=["author", "person"], name="note_once_per_person")]

    def __str__(self) -> str:
        return f"note of {self.author_id} about {self.person_id}"


class FollowCount(models.Model):
    """Denormalised counters (PO3's rule): changed with F() in the same transaction as the edge."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="follow_count"
    )
    followers = models.PositiveIntegerField(default=0)
    following = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("follow counter")
        verbose_name_plural = _("follow counters")

    def __str__(self) -> str:
        return f"{self.person_id}: {self.followers} followers, follows {self.following}"
