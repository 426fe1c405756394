from django.db import migrations, models

# One index for every use: a reader's page, a retracted post and a back-fill all start at the person.
CREATE = """
CREATE TABLE feed_item (
    user_id bigint NOT NULL,
    post_id bigint NOT NULL,
    created_at timestamptz NOT NULL,
    score smallint NOT NULL DEFAULT 0,
    reason smallint NOT NULL DEFAULT 1
) PARTITION BY RANGE (created_at);
CREATE INDEX feed_item_newest ON feed_item (user_id, created_at DESC, post_id DESC);
"""


def make_days(apps, schema_editor):
    from apps.feed import partitions

    partitions.ensure()


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, "DROP TABLE feed_item")],
            state_operations=[
                migrations.CreateModel(
                    name="FeedItem",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "user_id",
                                "created_at",
                                "post_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("user_id", models.BigIntegerField()),
                        ("post_id", models.BigIntegerField()),
                        ("created_at", models.DateTimeField()),
                        ("score", models.SmallIntegerField(default=0)),
                        (
                            "reason",
                            models.SmallIntegerField(choices=[(0, "Own"), (1, "Follow"), (2, "Mutual")], default=1),
                        ),
                    ],
                    options={"db_table": "feed_item"},
                ),
            ],
        ),
        migrations.CreateModel(
            name="PulledAuthor",
            fields=[
                ("author_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("last_post_at", models.DateTimeField()),
            ],
            options={"verbose_name": "author pulled at read"},
        ),
        migrations.RunPython(make_days, migrations.RunPython.noop),
    ]
