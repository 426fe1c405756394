"""What a text points to elsewhere."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.kernel import text
from apps.media.addresses import host_of

SCENES = ("hall", "square", "tree", "stairs")  # drawn, of static/img/scenes.svg


class LinkCard(models.Model):
    """What a page elsewhere says of itself, fetched once by a worker for everybody who links to it."""

    class State(models.IntegerChoices):
        WAITING = 0, _("waiting")
        READY = 1, _("ready")
        NOTHING = 2, _("nothing to show")  # the page cannot be reached, says nothing, or must not be asked

    url = models.TextField(_("address"))
    digest = models.CharField(max_length=64, unique=True, editable=False)  # SHA-256 of the address
    state = models.SmallIntegerField(choices=State.choices, default=State.WAITING)
    site = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=200, blank=True)
    description = models.CharField(max_length=400, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("link card")
        verbose_name_plural = _("link cards")

    def __str__(self) -> str:
        return self.url[:80]

    @property
    def host(self) -> str:
        return host_of(self.url)

    @property
    def hue(self) -> int:
        return text.hue_and_land(self.host)[0]

    @property
    def scene(self) -> str:
        return SCENES[text.hue_and_land(self.host)[1] - 1]

    @property
    def is_shown(self) -> bool:
        return self.state == self.State.READY
