"""The timeline: a bounded projection of posts that can be rebuilt at any time (DESIGN.md 6)."""

from django.db import models


class FeedItem(models.Model):
    """One post in one person's timeline. Range-partitioned by day of `created_at`, 8 days kept.

    No unique index on purpose: fan-out is idempotent by (post, chunk), readers are distinct by post. The
    composite key exists for the ORM only; migration 0001 makes the table.
    """

    class Reason(models.IntegerChoices):
        OWN = 0
        FOLLOW = 1
        MUTUAL = 2

    pk = models.CompositePrimaryKey("user_id", "created_at", "post_id")
    user_id = models.BigIntegerField()
    post_id = models.BigIntegerField()
    created_at = models.DateTimeField()  # the post's
    score = models.SmallIntegerField(default=0)  # relevance and relationship, 0 to 40, known at fan-out
    reason = models.SmallIntegerField(choices=Reason.choices, default=Reason.FOLLOW)

    class Meta:
        db_table = "feed_item"

    def __str__(self) -> str:
        return f"post {self.post_id} for {self.user_id}"


class PulledAuthor(models.Model):
    """An author with so many followers that readers fetch the posts instead of being written to (FE1).

    Kept until the last post that was not written to timelines has left the horizon, so that an author who
    falls below the line again loses nothing.
    """

    author_id = models.BigIntegerField(primary_key=True)
    last_post_at = models.DateTimeField()

    class Meta:
        verbose_name = "author pulled at read"

    def __str__(self) -> str:
        return f"author {self.author_id}"
