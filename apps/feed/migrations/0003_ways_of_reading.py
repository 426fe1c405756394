import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The hundred best of seven days for each university and (0) for everybody: small, because a refresh costs what the view
# holds. Nothing here decides who sees a post: readers ask again. A change of one of these columns has to make the view anew.
TRENDING = """
CREATE MATERIALIZED VIEW feed_trending AS
WITH recent AS (
    SELECT p.id AS post_id, p.university_id, p.audience, a.posts_for,
           2 * p.reaction_count + 3 * p.comment_count AS score
    FROM posts_post p JOIN accounts_user a ON a.id = p.author_id AND a.is_active
    WHERE p.created_at > now() - interval '7 days' AND p.deleted_at IS NULL AND p.hidden_at IS NULL
      AND p.repost_of_id IS NULL AND p.audience IN (0, 1) AND a.posts_for <= 1
      AND (p.reaction_count > 0 OR p.comment_count > 0)
), scoped AS (
    SELECT 0::bigint AS university_id, post_id, score FROM recent WHERE audience = 0 AND posts_for = 0
    UNION ALL
    SELECT university_id, post_id, score FROM recent WHERE university_id IS NOT NULL
), placed AS (
    SELECT *, row_number() OVER (PARTITION BY university_id ORDER BY score DESC, post_id DESC) AS place FROM scoped
)
SELECT university_id, post_id, score, place::smallint AS place FROM placed WHERE place <= 100;
CREATE UNIQUE INDEX feed_trending_once ON feed_trending (university_id, post_id);
CREATE INDEX feed_trending_by_place ON feed_trending (university_id, place);
"""
# Every use of a tag rewrites one row: room on its page keeps the indexes out of it.
ROOM = "ALTER TABLE feed_tagscore SET (fillfactor = 60)"


class Migration(migrations.Migration):
    dependencies = [
        ("feed", "0002_reposts_affinity_less_like"),
        ("posts", "0004_sharing_polls_bookmarks_drafts"),
        ("accounts", "0005_inactive_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="FeedState",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="feed_state",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "view",
                    models.CharField(
                        choices=[("ranked", "For you"), ("latest", "Latest")],
                        default="ranked",
                        max_length=8,
                        verbose_name="order",
                    ),
                ),
                ("filters", models.JSONField(blank=True, default=dict, verbose_name="filters")),
                ("seen_until", models.DateTimeField(blank=True, null=True)),
                ("place_post", models.BigIntegerField(blank=True, null=True)),
                ("place_cursor", models.TextField(blank=True)),
                ("place_at", models.DateTimeField(blank=True, null=True)),
                ("away_since", models.DateTimeField(blank=True, null=True)),
                ("back_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "way of reading the feed",
                "verbose_name_plural": "ways of reading the feed",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("place_at", None), ("place_cursor", ""), ("place_post", None)),
                            models.Q(("place_at__isnull", False), ("place_post__isnull", False)),
                            _connector="OR",
                        ),
                        name="place_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("away_since", None), ("back_at", None)),
                            ("back_at__gt", models.F("away_since")),
                            _connector="OR",
                        ),
                        name="absence_ends_later",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("view__in", ["ranked", "latest"])), name="view_is_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TagScore",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("university_id", models.BigIntegerField(default=0)),
                ("score", models.FloatField()),
                (
                    "tag",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="posts.hashtag",
                    ),
                ),
            ],
            options={
                "verbose_name": "score of a hashtag",
                "verbose_name_plural": "scores of hashtags",
                "indexes": [
                    models.Index(fields=["university_id", "-score"], name="tags_by_score"),
                    models.Index(fields=["tag"], name="scores_of_tag"),
                ],
                "constraints": [models.UniqueConstraint(fields=("university_id", "tag"), name="score_tag_once")],
            },
        ),
        migrations.CreateModel(
            name="TagUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hour", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="posts.hashtag",
                    ),
                ),
            ],
            options={
                "verbose_name": "use of a hashtag",
                "verbose_name_plural": "uses of hashtags",
                "indexes": [models.Index(fields=["hour"], name="tag_uses_by_hour")],
                "constraints": [
                    models.UniqueConstraint(fields=("tag", "hour", "person"), name="count_tag_once_an_hour")
                ],
            },
        ),
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
        migrations.RunSQL(TRENDING, "DROP MATERIALIZED VIEW feed_trending"),
    ]
