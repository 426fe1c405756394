"""What people feel about what others wrote: one reaction a person and thing (PO2)."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.posts.models.comments import Comment
from apps.posts.models.posts import Post


class Feeling(models.IntegerChoices):
    """Words, because they say what they mean. The numbers are kept for good; the order here is the order shown."""

    LIKE = 1, _("like")
    THANKS = 2, _("thanks")
    ME_TOO = 3, _("me too")
    WELL_DONE = 4, _("well done")
    FUNNY = 5, _("made me laugh")
    SORRY = 6, _("sorry to hear")


class Reaction(models.Model):
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reactions", db_index=False)
    post = models.ForeignKey(Post, models.CASCADE, related_name="reaction_edges", db_index=False)
    feeling = models.SmallIntegerField(choices=Feeling.choices, db_default=Feeling.LIKE, default=Feeling.LIKE)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        constraints = [models.UniqueConstraint(fields=["person", "post"], name="react_once")]
        indexes = [models.Index(fields=["post", "-id"], name="reactions_of_post")]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.post_id}: {self.get_feeling_display()}"


class CommentReaction(models.Model):
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="comment_reactions", db_index=False
    )
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="reaction_edges", db_index=False)
    feeling = models.SmallIntegerField(choices=Feeling.choices, db_default=Feeling.LIKE, default=Feeling.LIKE)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("reaction to a comment")
        verbose_name_plural = _("reactions to comments")
        constraints = [models.UniqueConstraint(fields=["person", "comment"], name="react_to_comment_once")]
        indexes = [models.Index(fields=["comment", "-id"], name="reactions_of_comment")]

    def __str__(self) -> str:
        return f"{self.person_id} on comment {self.comment_id}: {self.get_feeling_display()}"
