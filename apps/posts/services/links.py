"""The card of the first page elsewhere that a post links to."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http.request import validate_host

from apps.kernel import limits, text
from apps.media import services as media
from apps.posts import policies
from apps.posts.models import Post

if TYPE_CHECKING:
    from apps.accounts.models import User

BATCH = 500  # posts drawn anew in one transaction


def attach_link(post: Post, *, before: str = "") -> None:
    """Gives a post whose text has just been written the card of its first link elsewhere, or none.

    `before` is the text it replaces: while it begins with the same link nothing changes, so a card that was dismissed
    stays so. The caller has the post's row, in its transaction.
    """
    url = first_link(post.body)
    if before and url == first_link(before):
        return
    card = media.want_card(url=url) if url else None
    if post.link_card_id != (card.pk if card else None):
        post.link_card = card
        post.save(update_fields=["link_card"])


def first_link(body: str) -> str:
    """The first address of a text that leads to another site; empty when there is none."""
    return next((url for url in text.find_links(body) if not is_ours(url)), "")


def is_ours(url: str) -> bool:
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return False
    own = [urlsplit(settings.SITE_URL).hostname or "", *settings.ALLOWED_HOSTS]
    return validate_host(host, [name for name in own if name and name != "*"])


@transaction.atomic
def remove_card(*, actor: "User", post: Post) -> None:
    """Takes the card off the actor's own post; an edit that leads elsewhere gives it another. May run twice."""
    policies.require_author(actor, post)
    limits.check("post.remove_card", person_id=actor.pk, address=None)
    Post.objects.filter(pk=post.pk).exclude(link_card=None).update(link_card=None, version=F("version") + 1)


def draw_anew(*, card_id: int) -> int:
    """Has the posts with this card drawn anew, a batch in a transaction; returns how many. May run twice."""
    total, last = 0, 0
    while pks := _some(card_id, last):
        with transaction.atomic():
            rows = Post.objects.filter(pk__in=pks).order_by("pk").select_for_update(no_key=True)
            held = list(rows.values_list("pk", flat=True))
            total += Post.objects.filter(pk__in=held).update(version=F("version") + 1)
        last = pks[-1]
    return total


def _some(card_id: int, after: int) -> list[int]:
    rows = Post.objects.filter(link_card=card_id, pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:BATCH])
