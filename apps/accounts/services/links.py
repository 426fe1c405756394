"""Proof that a link of a profile is its person's: the page there links back to the profile with rel="me" (ID2)."""

from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from apps.accounts.events import ProfileLinkDue
from apps.accounts.models import ProfileLink, User
from apps.kernel import cache, limits, safe_fetch
from apps.kernel.errors import NotFound
from apps.kernel.http import absolute
from apps.kernel.outbox import publish

PAGE_BYTES = 1_000_000
PAGE_SECONDS = 5.0
PAGE_TYPES = ("text/html", "application/xhtml+xml")
PIECE = 8_192  # characters read between two looks for the link
UNENDED = 250_000  # characters of a tag or script whose end is waited for; each look begins at its start
CHECK_EVERY = timedelta(days=7)
BATCH = 200
PATIENCE = timedelta(days=30)  # how long a page that cannot be reached keeps the mark it once earned


def check_link(*, link_id: int) -> None:
    """Ask the page whether it links back, and remember the answer. For workers; never inside a transaction.

    A page without the link loses the mark at once, one that cannot be reached after PATIENCE. May run twice; a link
    removed meanwhile is left alone.
    """
    link = ProfileLink.objects.select_related("person").filter(pk=link_id).first()
    if link is None:
        return
    now = timezone.now()
    try:
        page = safe_fetch.get(link.url, max_bytes=PAGE_BYTES, timeout=PAGE_SECONDS, types=PAGE_TYPES)
        own = _site(page.url) == _site(link.url)  # what leads on to another site proves nothing about this one
        proved_at = now if own and links_back(page.text, page.url, absolute(link.person.get_absolute_url())) else None
    except safe_fetch.FetchError as error:
        is_away = error.reason in ("unreachable", "timeout")
        proved_at = link.proved_at if is_away and link.proved_at and link.proved_at > now - PATIENCE else None
    with transaction.atomic():
        ProfileLink.objects.filter(pk=link_id).update(proved_at=proved_at, checked_at=now)
        if (proved_at is None) != (link.proved_at is None):
            cache.invalidate(f"person:{link.person_id}")


@transaction.atomic
def check_again(*, actor: User, link_id: int) -> None:
    """Have one's link looked at once more, in a moment. NotFound when it is not theirs."""
    if not ProfileLink.objects.filter(person=actor, pk=link_id).exists():
        raise NotFound("link")
    limits.check("link.check", person_id=actor.pk)
    publish(ProfileLinkDue(person_id=actor.pk, link_id=link_id), actor_id=actor.pk)


@transaction.atomic
def recheck_links() -> int:
    """Have the links looked at whose last check is a week old, the oldest first, and return how many."""
    due = Q(checked_at=None) | Q(checked_at__lt=timezone.now() - CHECK_EVERY)
    links = list(
        ProfileLink.objects.filter(due, person__is_active=True)
        .order_by(F("checked_at").asc(nulls_first=True))
        .select_for_update(skip_locked=True, of=("self",), no_key=True)[:BATCH]
    )
    ProfileLink.objects.filter(pk__in=[link.pk for link in links]).update(checked_at=timezone.now())
    for link in links:
        publish(ProfileLinkDue(person_id=link.person_id, link_id=link.pk), actor_id=None)
    return len(links)


def links_back(html: str, page: str, profile: str) -> bool:
    """Whether a page, found at this address, holds an <a> or <link> with rel="me" to the profile.

    What the parser cannot make sense of ends the search: the page is a stranger's, and may be built to keep us busy.
    """
    wanted, reader = _place(profile), _MeLinks()
    if wanted is None:  # SITE_URL is not set, so nobody can link here
        return False
    for start in range(0, len(html), PIECE):
        try:
            reader.feed(html[start : start + PIECE])
        except AssertionError:  # what html.parser raises for some malformed declarations
            return False
        if any(_place(href, page) == wanted for href in reader.taken()):
            return True
        if len(reader.rawdata) > UNENDED:
            return False
    return False


def _site(address: str) -> str:
    """The host of a web address that was fetched, with and without www. the same."""
    return (urlsplit(address).hostname or "").encode("idna").decode().removeprefix("www.")


def _place(address: str, base: str = "") -> tuple[str, str] | None:
    """What makes two web addresses one: neither scheme nor letter case, nor a slash at the end."""
    try:
        parts = urlsplit(urljoin(base, address))
    except ValueError:
        return None
    if parts.scheme not in ("http", "https"):
        return None
    return parts.netloc.lower(), unquote(parts.path).rstrip("/").lower()


class _MeLinks(HTMLParser):
    """Collects where links with rel="me" lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("a", "link"):
            given = dict(attrs)
            if "me" in (given.get("rel") or "").lower().split():
                self.found.append(given.get("href") or "")

    def taken(self) -> list[str]:
        found, self.found = self.found, []
        return found
