from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NAME = "Moderators"
MAY = {"view_report": "Can view report", "change_report": "Can change report"}


def make_group(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Permissions are usually made after all migrations; the group needs its two now."""
    content_type, _made = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="moderation", model="report"
    )
    group, _made = apps.get_model("auth", "Group").objects.get_or_create(name=NAME)
    for codename, name in MAY.items():
        permission, _made = apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=content_type, codename=codename, defaults={"name": name}
        )
        group.permissions.add(permission)


class Migration(migrations.Migration):
    """The people who work at the desk. Going back keeps the group: somebody may be in it."""

    dependencies = [
        ("moderation", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_group, migrations.RunPython.noop)]
