"""What posts make of news from below. Each may run twice."""

from apps.kernel.outbox import subscribe
from apps.media.events import LinkReady
from apps.posts import services
from apps.posts.events import BookmarkDue


@subscribe(LinkReady, queue="default", name="posts.draw_card", atomic=False)  # a page may be linked to by thousands
def draw_card(event: LinkReady) -> None:
    services.draw_anew(card_id=event.card_id)


@subscribe(BookmarkDue, queue="high", name="posts.remind")
def remind(event: BookmarkDue) -> None:
    services.tell_due(bookmark_id=event.bookmark_id)
