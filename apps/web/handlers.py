"""What the site does about people's news."""

from apps.accounts.events import PrivacyChanged, UserRegistered
from apps.kernel.cache import invalidate
from apps.kernel.outbox import subscribe
from apps.web import selectors, services


@subscribe(UserRegistered, queue="high", name="web.start_welcome")
def start_welcome(event: UserRegistered) -> None:
    services.start_welcome(person_id=event.person_id)


@subscribe(PrivacyChanged, queue="default", name="web.note_privacy")
def note_privacy(event: PrivacyChanged) -> None:
    services.note_privacy(person_id=event.person_id)


@subscribe(PrivacyChanged, queue="high", name="web.forget_tags")
def forget_tags(event: PrivacyChanged) -> None:
    invalidate(selectors.WEEK_TAG)
