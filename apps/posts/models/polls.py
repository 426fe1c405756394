"""Polls: one a post, with what people chose."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.posts.models.posts import Post

QUESTION_LIMIT = 140
OPTION_LIMIT = 80
OPTIONS = range(2, 11)  # how many a poll may have


class Poll(models.Model):
    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="asked")
    question = models.CharField(_("question"), max_length=QUESTION_LIMIT, blank=True)
    is_multiple = models.BooleanField(_("several answers"), default=False)
    is_anonymous = models.BooleanField(_("nobody sees who voted"), default=True)
    hides_results = models.BooleanField(_("results only after voting"), default=False)
    closes_at = models.DateTimeField(_("closes"))
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)  # when the end was announced
    voter_count = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")
        indexes = [models.Index(fields=["closes_at"], name="open_polls", condition=models.Q(closed_at=None))]

    def __str__(self) -> str:
        return f"poll of {self.post_id}"


class PollOption(models.Model):
    poll = models.ForeignKey(Poll, models.CASCADE, related_name="options", db_index=False)
    place = models.PositiveSmallIntegerField()  # from 0
    text = models.CharField(_("answer"), max_length=OPTION_LIMIT)
    vote_count = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("answer of a poll")
        verbose_name_plural = _("answers of polls")
        constraints = [models.UniqueConstraint(fields=["poll", "place"], name="option_once_per_place")]

    def __str__(self) -> str:
        return self.text


class Ballot(models.Model):
    """What one person chose: the places of the options. One row a person and poll, so a vote counts once."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="ballots", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="ballots")
    choices = ArrayField(models.PositiveSmallIntegerField())
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [
            models.UniqueConstraint(fields=["poll", "person"], name="vote_once"),
            models.CheckConstraint(condition=models.Q(choices__len__gt=0), name="vote_for_something"),
        ]

    def __str__(self) -> str:
        return f"vote in {self.poll_id}"
