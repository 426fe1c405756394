"""Which rows `manage.py demo` made, so that `demo --remove` takes exactly those."""

from django.db import models


class DemoMark(models.Model):
    """One row made by the demo that something else could be mistaken for: a person, a university, a hashtag.

    What hangs on those (posts, follows, likes) goes with them and needs no mark.
    """

    model = models.CharField(max_length=60)  # "accounts.User"
    object_id = models.BigIntegerField()

    class Meta:
        verbose_name = "demo mark"
        verbose_name_plural = "demo marks"
        constraints = [models.UniqueConstraint(fields=["model", "object_id"], name="demo_mark_once")]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id}"
