"""The timeline: a bounded projection of posts that can be rebuilt at any time (DESIGN.md 6)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class FeedItem(models.Model):
    """One post in one person's timeline. Range-partitioned by day of `created_at`, 8 days kept.

    No unique index on purpose: fan-out is idempotent by (post, chunk), readers are distinct by post. The
    composite key exists for the ORM only; migration 0001 makes the table.
    """

    class Reason(models.IntegerChoices):
        OWN = 0
        FOLLOW = 1
        MUTUAL = 2
        REPOST = 3  # somebody who is followed passed it on
        TAG = 4  # it carries a hashtag that is followed; never in a row, only at read
        BOOST = 5  # shown to more people for a while; likewise

    pk = models.CompositePrimaryKey("user_id", "created_at", "post_id")
    user_id = models.BigIntegerField()
    post_id = models.BigIntegerField()
    created_at = models.DateTimeField()  # the post's
    score = models.SmallIntegerField(default=0)  # what of it moves slowly, 0 to 32 (ranking.STORED)
    reason = models.SmallIntegerField(choices=Reason.choices, default=Reason.FOLLOW)

    class Meta:
        db_table = "feed_item"

    def __str__(self) -> str:
        return f"post {self.post_id} for {self.user_id}"


class PulledAuthor(models.Model):
    """An author with so many followers that readers fetch the posts instead of being written to (FE1).

    Every post up to `last_post_at` is fetched, every later one is written: `last_post_at` never goes back, so a post
    that was once fetched is fetched for good, and one that is written is missing nowhere. The note goes when all
    it speaks of has left the horizon.
    """

    author_id = models.BigIntegerField(primary_key=True)
    last_post_at = models.DateTimeField()  # of the newest post that was not written to timelines

    class Meta:
        verbose_name = "author pulled at read"

    def __str__(self) -> str:
        return f"author {self.author_id}"


class Affinity(models.Model):
    """How much a reader had to do with an author they follow in the last thirty days, 1 to 8 (feed.affinity).

    Made anew every night from what people did; no row is none at all.
    """

    pk = models.CompositePrimaryKey("author_id", "reader_id")
    author_id = models.BigIntegerField()
    reader_id = models.BigIntegerField()
    value = models.SmallIntegerField()

    class Meta:
        verbose_name = "affinity"
        verbose_name_plural = "affinities"
        indexes = [models.Index(fields=["reader_id"], name="affinities_of_reader")]

    def __str__(self) -> str:
        return f"{self.reader_id} to {self.author_id}: {self.value}"


class ScoreRun(models.Model):
    """How far the nightly refresh of scores has come on one day: a run that was stopped goes on from there."""

    day = models.DateField(primary_key=True)
    upto = models.BigIntegerField(default=0)  # readers with ids up to this one are done
    changed = models.BigIntegerField(default=0)  # rows whose score or reason was another
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "refresh of scores"
        verbose_name_plural = "refreshes of scores"

    def __str__(self) -> str:
        return f"scores of {self.day}"


class LessLike(models.Model):
    """A post somebody wants to see less like: it is out of their home feed, and its author stands lower in it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="less_like", db_index=False)
    post = models.ForeignKey("posts.Post", models.CASCADE, related_name="less_like")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("less like this")
        verbose_name_plural = _("less like this")
        constraints = [models.UniqueConstraint(fields=["person", "post"], name="less_like_once")]
        indexes = [models.Index(fields=["until"], name="less_like_by_end")]

    def __str__(self) -> str:
        return f"{self.person_id} wants less like {self.post_id}"


class FeedState(models.Model):
    """How one person reads their home page, on all their devices. No row: as everybody begins."""

    class View(models.TextChoices):
        RANKED = "ranked", _("For you")
        LATEST = "latest", _("Latest")

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="feed_state", verbose_name=_("person")
    )
    view = models.CharField(_("order"), max_length=8, choices=View.choices, default=View.RANKED)
    filters = models.JSONField(_("filters"), default=dict, blank=True)  # feed.filters.Filters
    # Everything up to here was scrolled past; null until somebody has scrolled at all.
    seen_until = models.DateTimeField(null=True, blank=True)
    # Where reading stopped: a post, the cursor of the page it stood on, and when that was.
    place_post = models.BigIntegerField(null=True, blank=True)
    place_cursor = models.TextField(blank=True)
    place_at = models.DateTimeField(null=True, blank=True)
    # The absence that has just ended; null when there was none, or nothing more is to be said about it.
    away_since = models.DateTimeField(null=True, blank=True)
    back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("way of reading the feed")
        verbose_name_plural = _("ways of reading the feed")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(place_post=None, place_at=None, place_cursor="")
                | models.Q(place_post__isnull=False, place_at__isnull=False),
                name="place_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(away_since=None, back_at=None) | models.Q(back_at__gt=models.F("away_since")),
                name="absence_ends_later",
            ),
            models.CheckConstraint(condition=models.Q(view__in=["ranked", "latest"]), name="view_is_known"),
        ]

    def __str__(self) -> str:
        return f"feed of {self.person_id}"


class TagScore(models.Model):
    """How much a hashtag is talked about, with forward decay in log space: nothing has to be computed anew
    (STORAGE.md 5, feed.tags). Can be made from the posts at any time.
    """

    university_id = models.BigIntegerField(default=0)  # its authors'; 0: of all together
    tag = models.ForeignKey("posts.Hashtag", models.CASCADE, related_name="+", db_index=False)
    score = models.FloatField()

    class Meta:
        verbose_name = "score of a hashtag"
        verbose_name_plural = "scores of hashtags"
        constraints = [models.UniqueConstraint(fields=["university_id", "tag"], name="score_tag_once")]
        indexes = [
            models.Index(fields=["university_id", "-score"], name="tags_by_score"),
            models.Index(fields=["tag"], name="scores_of_tag"),
        ]

    def __str__(self) -> str:
        return f"tag {self.tag_id} at {self.university_id}"


class TagUse(models.Model):
    """That somebody used a hashtag within an hour: however often, it counts once."""

    tag = models.ForeignKey("posts.Hashtag", models.CASCADE, related_name="+", db_index=False)
    hour = models.DateTimeField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = "use of a hashtag"
        verbose_name_plural = "uses of hashtags"
        constraints = [models.UniqueConstraint(fields=["tag", "hour", "person"], name="count_tag_once_an_hour")]
        indexes = [models.Index(fields=["hour"], name="tag_uses_by_hour")]

    def __str__(self) -> str:
        return f"tag {self.tag_id} by {self.person_id}"
