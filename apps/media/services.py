"""Writes of link cards: wanted by who links there, filled in by a worker, forgotten when nobody links there."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from apps.kernel import safe_fetch
from apps.kernel.outbox import publish
from apps.media import reading
from apps.media.addresses import digest_of, host_of, normalised
from apps.media.events import LinkReady, LinkWanted
from apps.media.models import LinkCard

PAGE_BYTES = 512_000
PAGE_SECONDS = 5.0
PAGE_TYPES = ("text/html", "application/xhtml+xml")
FRESH = timedelta(days=7)
KEPT = timedelta(days=30)  # without anybody who links there
BATCH = 1_000
AWAY = ("unreachable", "timeout")  # may be back tomorrow


@transaction.atomic
def want_card(*, url: str) -> LinkCard | None:
    """The one card of this address, which a worker fills in, in a moment, when it is new or a week old.

    None for what is no plain web address. May run twice, and in many posts at once.
    """
    address = normalised(url)
    if not address:
        return None
    card, is_new = LinkCard.objects.get_or_create(digest=digest_of(address), defaults={"url": address})
    if is_new or (card.fetched_at and card.fetched_at < timezone.now() - FRESH):
        publish(LinkWanted(card_id=card.pk), actor_id=None)
    return card


def fetch_card(*, card_id: int) -> None:
    """Ask the page what it says of itself, and remember. For workers; never inside a transaction. May run twice.

    A card that was filled in this week is left alone: a hundred may have wanted it at once. A page that is away for
    the moment keeps what it said before.
    """
    card = LinkCard.objects.filter(pk=card_id).first()
    now = timezone.now()
    if card is None or (card.fetched_at and card.fetched_at > now - FRESH):
        return
    try:
        page = safe_fetch.get(card.url, max_bytes=PAGE_BYTES, timeout=PAGE_SECONDS, types=PAGE_TYPES, cut=True)
        _remember(card, reading.read(page), now)
    except safe_fetch.FetchError as error:
        if error.reason in AWAY and card.is_shown:
            LinkCard.objects.filter(pk=card_id).update(fetched_at=now)
        else:
            _remember(card, reading.Said(), now)


@transaction.atomic
def _remember(card: LinkCard, said: reading.Said, now: datetime) -> None:
    is_ready = bool(said.title)
    shown = {
        "state": LinkCard.State.READY if is_ready else LinkCard.State.NOTHING,
        "site": (said.site or host_of(card.url)[: reading.SITE]) if is_ready else "",
        "title": said.title,
        "description": said.description if is_ready and said.description != said.title else "",
    }
    was_shown = card.is_shown
    is_news = any(getattr(card, name) != value for name, value in shown.items()) and (is_ready or was_shown)
    if LinkCard.objects.filter(pk=card.pk).update(fetched_at=now, **shown) and is_news:
        publish(LinkReady(card_id=card.pk), actor_id=None)


def purge_cards() -> int:
    """Forgets cards that nothing has pointed to for KEPT; returns how many. Apps above point here by foreign keys."""
    before = timezone.now() - KEPT
    old = Q(fetched_at__lt=before) | Q(fetched_at=None, created_at__lt=before)
    unused = LinkCard.objects.filter(old)
    for pointer in LinkCard._meta.get_fields(include_hidden=True):
        if pointer.one_to_many and pointer.related_model:
            pointing = pointer.related_model._base_manager.filter(**{pointer.field.name: OuterRef("pk")})  # type: ignore[union-attr]
            unused = unused.filter(~Exists(pointing))
    total = 0
    while pks := list(unused.values_list("pk", flat=True)[:BATCH]):
        total += LinkCard.objects.filter(pk__in=pks).delete()[0]
    return total
