"""How far something of a person's reaches. Each level takes in those after it; the person is always within."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reach(models.IntegerChoices):
    EVERYONE = 0, _("Everyone")
    CAMPUS = 1, _("My campus")
    FOLLOWERS = 2, _("My followers")
    FRIENDS = 3, _("Friends")  # they follow one another
    NOBODY = 4, _("Only me")


# What a setting may offer, as choices of its field.
PAGES = [(level.value, level.label) for level in (Reach.EVERYONE, Reach.CAMPUS, Reach.FOLLOWERS)]
FIELDS = [*PAGES, (Reach.NOBODY.value, Reach.NOBODY.label)]
CONTACT = [(level.value, level.label) for level in Reach if level != Reach.NOBODY] + [(Reach.NOBODY.value, _("Nobody"))]
