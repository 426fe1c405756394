from django.db import migrations


class Migration(migrations.Migration):
    """Likes become reactions, of which liking is one."""

    dependencies = [("posts", "0002_people")]

    operations = [
        migrations.RenameField("post", "like_count", "reaction_count"),
        migrations.RenameField("comment", "like_count", "reaction_count"),
        migrations.RenameModel("Like", "Reaction"),
        migrations.RenameModel("CommentLike", "CommentReaction"),
    ]
