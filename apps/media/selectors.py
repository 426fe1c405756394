"""Reads of media."""

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from apps.media.models import LinkCard

SAID = ("url", "site", "title", "description")


def what_link_says(card_id: str) -> Subquery:
    """What the page linked to says of itself, as data: of the card whose id the outer row has in `card_id`, once it is
    shown (LinkCard.is_shown). No join: a subquery leaves the order of the others to PostgreSQL.
    """
    shown = JSONObject(**{name: name for name in SAID})
    ready = LinkCard.objects.filter(pk=OuterRef(card_id), state=LinkCard.State.READY)
    return Subquery(ready.values(said=shown))


def card_of(said: dict[str, str]) -> LinkCard:
    """The card of which `what_link_says` told; it is in no table."""
    return LinkCard(**said)
