"""Posts, the talk under them, and what points into them."""

import uuid
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel.ids import snowflake

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

BODY_LIMIT = 5_000  # characters
COMMENT_LIMIT = 2_000
DEEPEST = 4  # depth of a comment runs from 0 to 4; an answer to a comment at 4 stands beside it
STEP = 16  # hexadecimal digits one id takes in a comment's path


class Audience(models.IntegerChoices):
    PUBLIC = 0, _("Everyone")
    CAMPUS = 1, _("Campus")
    FOLLOWERS = 2, _("Followers")
    CIRCLE = 3, _("A circle")


class PostQuerySet(models.QuerySet["Post"]):
    def live(self) -> Self:
        return self.filter(deleted_at=None, hidden_at=None)

    def visible_to(self, viewer: "User | AnonymousUser") -> Self:
        """The one rule of who may see a post (DESIGN.md 2, rule 8)."""
        from apps.posts import policies

        return self.live().filter(policies.may_see(viewer))


class Post(models.Model):
    id = models.BigIntegerField(primary_key=True, default=snowflake, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="posts", db_index=False)
    # The author's university when it was written: an audience is never widened by moving.
    university = models.ForeignKey(
        "accounts.University", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    audience = models.SmallIntegerField(_("audience"), choices=Audience.choices, default=Audience.CAMPUS)
    # The author's circle it is addressed to; when that is deleted, the author alone sees the post.
    circle = models.ForeignKey("graph.Circle", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    body = models.TextField(_("text"), max_length=BODY_LIMIT)
    body_html = models.TextField(editable=False)
    like_count = models.PositiveIntegerField(default=0, editable=False)
    comment_count = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)  # names the rendered card
    key = models.UUIDField(default=uuid.uuid4, editable=False)  # of the form: sent twice is one post
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    hidden_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = PostQuerySet.as_manager()

    # Put on by the query that loads cards:
    liked: bool  # by the viewer
    unheard: int  # comments that are not there for the viewer, because of a block
    circle_name: str | None  # for its author alone
    programme: str | None  # the author's, and whom they show it (accounts.selectors.reach_of); the next two likewise
    programme_reach: str | None
    year: int | None
    year_reach: str | None

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.UniqueConstraint(fields=["author", "key"], name="post_once_per_form"),
            models.CheckConstraint(
                condition=models.Q(circle=None) | models.Q(audience=Audience.CIRCLE), name="circle_of_a_circle_post"
            ),
        ]
        indexes = [
            models.Index(fields=["author", "-created_at", "-id"], name="post_by_author"),
            models.Index(fields=["circle"], name="post_by_circle", condition=~models.Q(circle=None)),
            models.Index(
                fields=["-created_at", "-id"],
                name="post_public_newest",
                condition=models.Q(audience=Audience.PUBLIC, deleted_at=None, hidden_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"post {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("posts:detail", args=[self.pk])

    @property
    def is_gone(self) -> bool:
        return self.deleted_at is not None or self.hidden_at is not None


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
    like_count = models.PositiveIntegerField(default=0, editable=False)
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    hidden_at = models.DateTimeField(null=True, blank=True, editable=False)

    # Put on by the query that loads a thread:
    liked: bool  # by the viewer
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


class Like(models.Model):
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="likes", db_index=False)
    post = models.ForeignKey(Post, models.CASCADE, related_name="likes")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("like")
        verbose_name_plural = _("likes")
        constraints = [models.UniqueConstraint(fields=["person", "post"], name="like_once")]

    def __str__(self) -> str:
        return f"{self.person_id} likes {self.post_id}"


class CommentLike(models.Model):
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="comment_likes", db_index=False)
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="likes")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("like of a comment")
        verbose_name_plural = _("likes of comments")
        constraints = [models.UniqueConstraint(fields=["person", "comment"], name="comment_like_once")]

    def __str__(self) -> str:
        return f"{self.person_id} likes {self.comment_id}"


class Hashtag(models.Model):
    name = models.CharField(_("name"), max_length=64, unique=True)  # case-folded, without the hash

    class Meta:
        verbose_name = _("hashtag")
        verbose_name_plural = _("hashtags")

    def __str__(self) -> str:
        return f"#{self.name}"

    def get_absolute_url(self) -> str:
        return reverse("posts:tag", args=[self.name])


class PostTag(models.Model):
    post = models.ForeignKey(Post, models.CASCADE, related_name="tag_edges", db_index=False)
    tag = models.ForeignKey(Hashtag, models.CASCADE, related_name="post_edges", db_index=False)
    created_at = models.DateTimeField()  # the post's, so that a tag page is one index walk

    class Meta:
        verbose_name = _("hashtag of a post")
        verbose_name_plural = _("hashtags of posts")
        constraints = [models.UniqueConstraint(fields=["post", "tag"], name="tag_once_per_post")]
        indexes = [models.Index(fields=["tag", "-created_at", "-post"], name="posts_of_tag")]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.post_id}"


class Mention(models.Model):
    """A person named in a post or a comment (exactly one of the two)."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mentions")
    post = models.ForeignKey(Post, models.CASCADE, null=True, related_name="mentions")
    comment = models.ForeignKey(Comment, models.CASCADE, null=True, related_name="mentions")

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(post=None, comment__isnull=False) | models.Q(post__isnull=False, comment=None),
                name="mention_in_post_or_comment",
            ),
            models.UniqueConstraint(fields=["person", "post"], name="mention_once_per_post"),
            models.UniqueConstraint(fields=["person", "comment"], name="mention_once_per_comment"),
        ]

    def __str__(self) -> str:
        return f"mention of {self.person_id}"
