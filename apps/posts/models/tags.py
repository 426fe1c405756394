"""Hashtags and mentions: what points from a text to something else."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.posts.models.comments import Comment
from apps.posts.models.posts import Post


@pghistory.track(
    pghistory.UpdateEvent("judged", condition=pghistory.AnyChange("is_kept_out", "kept_out_because")),
    fields=["name", "is_kept_out", "kept_out_because"],
    obj_field=pghistory.ObjForeignKey(related_name="acts"),
    model_name="HashtagAct",
)
class Hashtag(models.Model):
    name = models.CharField(_("name"), max_length=64, unique=True)  # case-folded, without the hash
    # A moderator's word: posts keep it and its page stays, but it is never offered, counted or called a trend.
    is_kept_out = models.BooleanField(_("kept out of trends"), default=False, db_default=False)
    kept_out_because = models.CharField(_("reason"), max_length=200, blank=True, db_default="", editable=False)

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


class TagFollow(models.Model):
    """Whose home feed has the posts of a hashtag."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tags_followed", db_index=False)
    tag = models.ForeignKey(Hashtag, models.CASCADE, related_name="followers")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("followed hashtag")
        verbose_name_plural = _("followed hashtags")
        constraints = [models.UniqueConstraint(fields=["person", "tag"], name="follow_tag_once")]

    def __str__(self) -> str:
        return f"{self.person_id} follows {self.tag_id}"


class MutedWord(models.Model):
    """Posts with this word stay out of the person's lists (home, explore, hashtags)."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="muted_words", db_index=False)
    word = models.CharField(_("word or phrase"), max_length=60)  # folded (kernel.text.fold)
    until = models.DateTimeField(_("until"), null=True, blank=True)  # None: until undone
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("muted word")
        verbose_name_plural = _("muted words")
        constraints = [models.UniqueConstraint(fields=["person", "word"], name="mute_word_once")]

    def __str__(self) -> str:
        return f"{self.person_id} mutes a word"


class MutedThread(models.Model):
    """A talk somebody wants to hear no more of: out of their home feed, and nothing of it is told to them."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="muted_threads", db_index=False)
    post = models.ForeignKey(Post, models.CASCADE, related_name="muted_by")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("muted thread")
        verbose_name_plural = _("muted threads")
        constraints = [models.UniqueConstraint(fields=["person", "post"], name="mute_thread_once")]

    def __str__(self) -> str:
        return f"{self.person_id} mutes {self.post_id}"
