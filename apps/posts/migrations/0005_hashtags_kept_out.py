import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

GROUP = "Moderators"  # of the app moderation, which stands above this one
MAY = {"view_hashtag": "Can view hashtag", "change_hashtag": "Can change hashtag"}


def let_moderators(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Permissions are usually made after all migrations; the group needs its two now."""
    content_type, _made = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="posts", model="hashtag"
    )
    group, _made = apps.get_model("auth", "Group").objects.get_or_create(name=GROUP)
    for codename, name in MAY.items():
        permission, _made = apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=content_type, codename=codename, defaults={"name": name}
        )
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("posts", "0004_sharing_polls_bookmarks_drafts"),
    ]

    operations = [
        migrations.CreateModel(
            name="HashtagAct",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("name", models.CharField(max_length=64, verbose_name="name")),
                (
                    "is_kept_out",
                    models.BooleanField(db_default=False, default=False, verbose_name="kept out of trends"),
                ),
                (
                    "kept_out_because",
                    models.CharField(blank=True, db_default="", editable=False, max_length=200, verbose_name="reason"),
                ),
            ],
            options={"abstract": False},
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hashtag",
            trigger=pgtrigger.compiler.Trigger(
                name="judged_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition=(
                        'WHEN (OLD."is_kept_out" IS DISTINCT FROM (NEW."is_kept_out") '
                        'OR OLD."kept_out_because" IS DISTINCT FROM (NEW."kept_out_because"))'
                    ),
                    func=(
                        'INSERT INTO "posts_hashtagact" ("is_kept_out", "kept_out_because", "name", "pgh_context_id", '
                        '"pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."is_kept_out", '
                        'NEW."kept_out_because", NEW."name", _pgh_attach_context(), NOW(), \'judged\', NEW."id"); '
                        "RETURN NULL;"
                    ),
                    hash="c7bf0bc45b7a5feede3b7c0c9c06092371b51e75",
                    operation="UPDATE",
                    pgid="pgtrigger_judged_update_08a59",
                    table="posts_hashtag",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="hashtagact",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="hashtagact",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="acts",
                to="posts.hashtag",
            ),
        ),
        migrations.RunPython(let_moderators, migrations.RunPython.noop),
    ]
