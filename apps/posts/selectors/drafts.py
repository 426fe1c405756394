"""A person's drafts and posts that wait for their time: read by nobody else."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from apps.accounts import selectors as accounts
from apps.graph import selectors as graph
from apps.kernel.cache import cached
from apps.kernel.errors import NotFound
from apps.posts.drafts import Content
from apps.posts.models import Audience, Draft, Failure, Post

if TYPE_CHECKING:
    from apps.accounts.models import User

EXCERPT = 240  # characters


@dataclass(frozen=True, slots=True)
class DraftCounts:
    drafts: int
    scheduled: int
    failed: int  # of those scheduled, did not go out


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """One line of the list of drafts, or of what waits."""

    id: UUID
    excerpt: str
    audience: str  # in words
    has_poll: bool
    has_quote: bool
    updated_at: datetime
    publish_at: datetime | None
    failure: str  # why it did not go out and what to do; "" while it has not failed


def drafts_tag(person_id: int) -> str:
    """The cache tag of how many drafts somebody has."""
    return f"drafts:{person_id}"


def draft_for(viewer: "User", draft_id: UUID) -> Draft:
    """A draft of the viewer's own, scheduled or not. NotFound else."""
    row = Draft.objects.filter(author=viewer, pk=draft_id).first()
    if row is None:
        raise NotFound("draft")
    return row


def kept_content(viewer: "User", draft_id: UUID) -> Content:
    """What a draft held last. Nothing for one that is a post by now; NotFound for one that never was the viewer's."""
    row = Draft.objects.filter(author=viewer, pk=draft_id).first()
    if row is None and not Post.objects.filter(author=viewer, key=draft_id).exists():
        raise NotFound("draft")
    return Content.of_json(row.content) if row else Content()


def revision_of(viewer: "User", draft_id: UUID) -> int:
    """0 when there is no such draft."""
    return Draft.objects.filter(author=viewer, pk=draft_id).values_list("revision", flat=True).first() or 0


def composer_address(draft: Draft) -> str:
    """Where one goes on with it."""
    return f"{reverse('posts:new')}?draft={draft.pk}"


def zone_name(viewer: "User") -> str:
    """By whose clock the viewer's times are told and written."""
    return str(accounts.zone_of(viewer))


def draft_counts(viewer: "User") -> DraftCounts:
    """No query while kept; forgotten when a draft comes, goes, or changes between the two lists."""
    return cached("drafts", viewer.pk, tags=[drafts_tag(viewer.pk)], make=lambda: _counted(viewer))


def drafts_of(viewer: "User") -> list[DraftRow]:
    """Newest first, all of them: there are at most fifty. One query, and one for circles while they are not kept."""
    rows = Draft.objects.filter(author=viewer, publish_at=None).order_by("-updated_at", "-pk")
    return _listed(viewer, list(rows))


def scheduled_of(viewer: "User") -> list[DraftRow]:
    """Those that did not go out, then those that will, soonest first."""
    rows = Draft.objects.filter(author=viewer, publish_at__isnull=False).order_by("publish_at", "pk")
    return sorted(_listed(viewer, list(rows)), key=lambda row: not row.failure)


def audience_in_words(content: Content, circles: dict[int, str]) -> str:
    audience, circle_id = content.address
    if circle_id is not None and audience == Audience.CIRCLE:
        return _("Circle: %(name)s") % {"name": circles[circle_id]} if circle_id in circles else _("A circle")
    return str(Audience(audience).label) if audience in Audience.values else _("Nobody chosen yet")


def _counted(viewer: "User") -> DraftCounts:
    waits = Q(publish_at__isnull=False)
    counts = Draft.objects.filter(author=viewer).aggregate(
        drafts=Count("pk", filter=~waits),
        scheduled=Count("pk", filter=waits),
        failed=Count("pk", filter=waits & ~Q(failed_because="")),
    )
    return DraftCounts(**counts)


def _listed(viewer: "User", rows: list[Draft]) -> list[DraftRow]:
    circles = dict(graph.circles_of(viewer)) if rows else {}
    return [_row(row, Content.of_json(row.content), circles) for row in rows]


def _row(row: Draft, content: Content, circles: dict[int, str]) -> DraftRow:
    said = content.body.strip() or content.poll_question.strip() or content.warning.strip()
    return DraftRow(
        id=row.pk,
        excerpt=Truncator(" ".join(said.split())).chars(EXCERPT),
        audience=audience_in_words(content, circles),
        has_poll=content.poll is not None,
        has_quote=content.quoted_id is not None,
        updated_at=row.updated_at,
        publish_at=row.publish_at,
        failure=str(Failure(row.failed_because).label) if row.failed_because in Failure.values else "",
    )
