"""The talk under a post."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel.ids import snowflake
from apps.posts.models.posts import Post

COMMENT_LIMIT = 2_000
DEEPEST = 4  # depth of a comment runs from 0 to 4; an answer to a comment at 4 stands beside it
STEP = 16  # hexadecimal digits one id takes in a comment's path


class Comment(models.Model):
    id = models.BigIntegerField(primary_key=True, default=snowflake, editable=False)
    post = models.ForeignKey(Post, models.CASCADE, related_name="comments", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="comments")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="replies")
    depth = models.PositiveSmallIntegerField(default=0)
    # Ids of the ancestors and itself, STEP digits each: sorting by it is reading order, a subtree is a prefix.
    path = models.CharField(max_length=STEP * (DEEPEST + 1), editable=False, db_collation="C")
    body = models.TextField(_("text"), max_length=COMMENT_LIMIT)
    body_html = models.TextField(editable=False)
    reaction_count = models.PositiveIntegerField(default=0, editable=False)
    reactions = models.JSONField(default=dict, db_default={}, editable=False)  # how many of each kind
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    hidden_at = models.DateTimeField(null=True, blank=True, editable=False)
    folded_at = models.DateTimeField(null=True, blank=True, editable=False)  # by the author of the post, for all

    # Put on by the query that loads a thread:
    reaction: int | None  # the viewer's own
    readable: bool  # for the viewer, or only there because answers to it are
    muted: bool  # whoever wrote it, by the viewer
    answered: str  # name of whoever is answered; "" when nobody is, or nobody the viewer may see

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [models.UniqueConstraint(fields=["author", "key"], name="comment_once_per_form")]
        indexes = [models.Index(fields=["post", "path"], name="comment_in_reading_order")]

    def __str__(self) -> str:
        return f"comment {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("posts:comment_detail", args=[self.pk])
