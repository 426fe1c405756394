"""What this app makes of its own news: pages elsewhere are asked by workers only."""

from apps.kernel.outbox import subscribe
from apps.media import services
from apps.media.events import LinkWanted


@subscribe(LinkWanted, queue="media", name="media.fetch_card", atomic=False)  # waits for a stranger
def fetch_card(event: LinkWanted) -> None:
    services.fetch_card(card_id=event.card_id)
