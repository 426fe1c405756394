import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

REASONS = [(0, "Own"), (1, "Follow"), (2, "Mutual"), (3, "Repost"), (4, "Tag"), (5, "Boost")]


class Migration(migrations.Migration):
    dependencies = [
        ("feed", "0001_initial"),
        ("posts", "0004_sharing_polls_bookmarks_drafts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("feeditem", "reason", models.SmallIntegerField(choices=REASONS, default=1))
            ]
        ),
        migrations.CreateModel(
            name="Affinity",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "author_id", "reader_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("author_id", models.BigIntegerField()),
                ("reader_id", models.BigIntegerField()),
                ("value", models.SmallIntegerField()),
            ],
            options={
                "verbose_name": "affinity",
                "verbose_name_plural": "affinities",
                "indexes": [models.Index(fields=["reader_id"], name="affinities_of_reader")],
            },
        ),
        migrations.CreateModel(
            name="ScoreRun",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("upto", models.BigIntegerField(default=0)),
                ("changed", models.BigIntegerField(default=0)),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={"verbose_name": "refresh of scores", "verbose_name_plural": "refreshes of scores"},
        ),
        migrations.CreateModel(
            name="LessLike",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("until", models.DateTimeField(verbose_name="until")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="less_like",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="less_like", to="posts.post"
                    ),
                ),
            ],
            options={
                "verbose_name": "less like this",
                "verbose_name_plural": "less like this",
                "indexes": [models.Index(fields=["until"], name="less_like_by_end")],
                "constraints": [models.UniqueConstraint(fields=("person", "post"), name="less_like_once")],
            },
        ),
    ]
