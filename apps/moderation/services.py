from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from apps.kernel import limits
from apps.moderation import policies
from apps.moderation.models import Report
from apps.safety.policies import require_may_write

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.moderation.selectors import Target


@transaction.atomic
def file_report(*, actor: "User", target: "Target", category: str, text: str) -> Report:
    """File it once: while a person's report of a thing is open, a second one replaces its reason and words.

    Forbidden for one's own things; RateLimited past the limit. The excerpt is evidence and stays as first seen.
    """
    require_may_write(actor)
    policies.require_can_report(actor, target)
    limits.check("report.file", person_id=actor.pk, address=None)
    report, _created = Report.objects.update_or_create(
        reporter=actor,
        kind=target.kind,
        target_id=target.id,
        closed_at=None,
        defaults={"category": category, "text": text},
        create_defaults={"category": category, "text": text, "author": target.author, "excerpt": target.excerpt},
    )
    return report


@transaction.atomic
def close_report(*, actor: "User", report: Report) -> bool:
    """Mark it as looked at. False when another moderator was faster; the first one stays on record."""
    closed = Report.objects.filter(pk=report.pk, closed_at=None).update(closed_at=timezone.now(), closed_by=actor)
    return bool(closed)
