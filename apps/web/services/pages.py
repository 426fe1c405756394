"""Writes of the site's own pages: a draft, its publication, and who agreed to what."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.kernel import cache, text
from apps.kernel.errors import Conflict, Invalid
from apps.web import selectors
from apps.web.models import Agreement, PageVersion

if TYPE_CHECKING:
    from apps.accounts.models import User


@transaction.atomic
def write_draft(
    *, actor: "User", slug: str, body: str, change: str, asks_again: bool, draft: PageVersion | None = None
) -> PageVersion:
    """A new draft, or `draft` with other words. Conflict when it was published meanwhile.

    Drafts of one page are numbered under an advisory lock, so that two at once do not take the same number.
    """
    if asks_again and slug not in selectors.AGREED_TO:
        raise Invalid(fields={"asks_again": _("Members agree to the rules and the privacy notice only.")})
    fields = {"body": text.clean(body), "change": text.clean_name(change), "asks_again": asks_again}
    if draft is not None:
        if not PageVersion.objects.filter(pk=draft.pk, published_at=None).update(**fields):
            raise Conflict(_("This version was published meanwhile. Write a new one."))
        draft.refresh_from_db()
        return draft
    selectors.lock_page(slug)
    last = PageVersion.objects.filter(slug=slug).aggregate(last=Max("number"))["last"] or 0
    return PageVersion.objects.create(slug=slug, number=last + 1, created_by=actor, **fields)


@transaction.atomic
def publish(*, actor: "User", draft: PageVersion) -> PageVersion:
    """From now on this is the page. Published once: a second call, and an older draft than the page, are a Conflict.

    Readers see it within half a minute, members who must agree are asked within 10 s (XP4).
    """
    selectors.lock_page(draft.slug)
    in_force = selectors.version_in_force(draft.slug)
    if in_force is not None and in_force.number >= draft.number:
        raise Conflict(_("A newer version is in force. Write a new draft."))
    if not PageVersion.objects.filter(pk=draft.pk, published_at=None).update(published_at=Now()):
        raise Conflict(_("This version is published already."))
    draft.refresh_from_db()
    cache.invalidate("pages")
    return draft


@transaction.atomic
def agree(*, actor: "User", versions: list[PageVersion], at: datetime | None = None) -> int:
    """Note that the actor agrees to these published versions; how many are new. Idempotent, safe in a race."""
    before = Agreement.objects.filter(person=actor, version__in=versions).count()
    moment = {"at": at} if at else {}
    rows = [Agreement(person=actor, version=version, **moment) for version in versions if version.published_at]
    Agreement.objects.bulk_create(rows, ignore_conflicts=True)
    return Agreement.objects.filter(person=actor, version__in=versions).count() - before
