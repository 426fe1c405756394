"""Boosts with their history, the Moderators' permission to make them, and the way to one's own deleted posts."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

MAY = {"add_boost": "Can add boost", "change_boost": "Can change boost", "view_boost": "Can view boost"}


def let_moderators_boost(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Permissions are usually made after all migrations; the group needs these now. Going back keeps the group."""
    content_type, _made = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="posts", model="boost"
    )
    group, _made = apps.get_model("auth", "Group").objects.get_or_create(name="Moderators")
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
        ("posts", "0005_hashtags_kept_out"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BoostEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("reason", models.CharField(blank=True, max_length=120, verbose_name="shown because")),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="until")),
            ],
            options={"abstract": False},
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(
                condition=models.Q(("deleted_at", None), _negated=True),
                fields=["author", "-deleted_at", "-id"],
                name="own_deleted_posts",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="boost",
            trigger=pgtrigger.compiler.Trigger(
                name="started_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func=(
                        'INSERT INTO "posts_boostevent" ("by_id", "ends_at", "pgh_context_id", "pgh_created_at",'
                        ' "pgh_label", "pgh_obj_id", "post_id", "reason", "starts_at") VALUES (NEW."by_id",'
                        ' NEW."ends_at", _pgh_attach_context(), NOW(), \'started\', NEW."id", NEW."post_id",'
                        ' NEW."reason", NEW."starts_at"); RETURN NULL;'
                    ),
                    hash="acb4c37dc3dd51bee9cd6d86b7408e1eee06e4bf",
                    operation="INSERT",
                    pgid="pgtrigger_started_insert_e02c0",
                    table="posts_boost",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="boost",
            trigger=pgtrigger.compiler.Trigger(
                name="ended_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func=(
                        'INSERT INTO "posts_boostevent" ("by_id", "ends_at", "pgh_context_id", "pgh_created_at",'
                        ' "pgh_label", "pgh_obj_id", "post_id", "reason", "starts_at") VALUES (OLD."by_id",'
                        ' OLD."ends_at", _pgh_attach_context(), NOW(), \'ended\', OLD."id", OLD."post_id",'
                        ' OLD."reason", OLD."starts_at"); RETURN NULL;'
                    ),
                    hash="38b24994ddd123e807c948d398b4d6166f51f917",
                    operation="DELETE",
                    pgid="pgtrigger_ended_delete_e1a33",
                    table="posts_boost",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="boostevent",
            name="by",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="boostevent",
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
            model_name="boostevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="post_by_reason_starts_at_ends_at_events",
                to="posts.boost",
            ),
        ),
        migrations.AddField(
            model_name="boostevent",
            name="post",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="posts.post",
            ),
        ),
        migrations.RunPython(let_moderators_boost, migrations.RunPython.noop),
    ]
