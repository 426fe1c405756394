"""What the form to write a post shows."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts import selectors as accounts
from apps.graph import selectors as graph
from apps.kernel import ids
from apps.posts import cards, moments, policies
from apps.posts.drafts import BLANK, Content
from apps.posts.live import visible_rows
from apps.posts.models import (
    BODY_LIMIT,
    OPTION_LIMIT,
    OPTIONS,
    QUESTION_LIMIT,
    WARNING_LIMIT,
    Audience,
    Draft,
    Post,
    Quoting,
    Replies,
)
from apps.posts.preferences import preferences_of
from apps.posts.selectors.drafts import DraftCounts, draft_counts
from apps.posts.selectors.posts import post_for

if TYPE_CHECKING:
    from apps.accounts.models import User

LINES = 4  # for answers of a poll, without a script
HOURS = (1, 6, 24, 3 * 24, 7 * 24, 30 * 24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Composer:
    author: "User"
    key: uuid.UUID  # of the form, and the id of its draft
    content: Content
    audience: str
    audiences: list[tuple[str, str]]  # "2", or "3:17" for a circle and its id
    counts: DraftCounts
    errors: Mapping[str, str] = field(default_factory=dict)  # by field; "" for the whole
    revision: int = 0  # of the draft it shows
    publish_at: datetime | None = None  # of a post that waits
    quote: SafeString | None = None
    zone: str = ""
    limit: int = BODY_LIMIT

    @property
    def is_fresh(self) -> bool:
        """Whether nothing in it is of this person alone but what the caches know."""
        return self.content == BLANK and not self.errors

    @property
    def options(self) -> list[str]:
        written = list(self.content.poll_options)
        return written + [""] * (LINES - len(written))

    @property
    def most_options(self) -> int:
        return OPTIONS[-1]

    @property
    def option_limit(self) -> int:
        return OPTION_LIMIT

    @property
    def question_limit(self) -> int:
        return QUESTION_LIMIT

    @property
    def warning_limit(self) -> int:
        return WARNING_LIMIT

    @property
    def replies(self) -> list[tuple[int, str]]:
        return [(choice.value, str(choice.label)) for choice in Replies]

    @property
    def quoting(self) -> list[tuple[int, str]]:
        return [(choice.value, str(choice.label)) for choice in Quoting]

    @property
    def hours(self) -> list[tuple[int, str]]:
        return [(hours, _how_long(hours)) for hours in HOURS]

    @property
    def is_who_open(self) -> bool:
        usual = (BLANK.replies, BLANK.quoting)
        return "replies" in self.errors or (self.content.replies, self.content.quoting) != usual


def composer(
    viewer: "User",
    *,
    content: Content = BLANK,
    key: uuid.UUID | None = None,
    revision: int = 0,
    errors: Mapping[str, str] | None = None,
) -> Composer:
    """A form with a key of its own: sent twice, it makes one post.

    No query while the viewer's circles, preferences and number of drafts are kept; what it quotes is loaded in two.
    """
    quoted = visible_rows(viewer, [content.quoted_id]).get(content.quoted_id) if content.quoted_id else None
    faults = dict(errors or {})
    if content.quoted_id and quoted is None:
        faults.setdefault("quote", _("The post you quote is not shown to you any more."))
    choices = _audiences(viewer, quoted)
    return Composer(
        author=viewer,
        key=key or ids.uuid7(),
        content=content,
        audience=content.audience or _usual(viewer, [value for value, _label in choices]),
        audiences=choices,
        counts=draft_counts(viewer),
        errors=faults,
        revision=revision,
        quote=cards.quote_of(quoted, viewer) if quoted else None,
        zone=str(timezone.get_current_timezone()),
    )


def draft_composer(viewer: "User", draft: Draft) -> Composer:
    """A draft, or a post that waits, to be gone on with."""
    content = Content.of_json(draft.content)
    if draft.publish_at:
        zone = accounts.zone_of(viewer)
        content = replace(content, publish_at=moments.written_of(draft.publish_at, zone))
    shown = composer(viewer, content=content, key=draft.pk, revision=draft.revision)
    return replace(shown, publish_at=draft.publish_at)


def quotable_post(viewer: "User", post_id: int) -> Post:
    """A post the viewer may quote. NotFound when they may not see it, Forbidden when it may not be passed on."""
    post = post_for(viewer, post_id)
    audiences = policies.audiences_to_pass_on(viewer, post)
    policies.require_may_quote(viewer, post, audiences[0] if audiences else Audience.PUBLIC)
    return post


def _audiences(viewer: "User", quoted: Post | None) -> list[tuple[str, str]]:
    """Whom it can be for: as many as the viewer has, or as the post was written for that they quote."""
    usual = [Audience.PUBLIC, Audience.CAMPUS, Audience.FOLLOWERS, Audience.CIRCLE, Audience.ONLY_ME]
    allowed = usual if quoted is None else policies.audiences_to_pass_on(viewer, quoted)
    choices = []
    for one in allowed:
        if one == Audience.CIRCLE:
            continue
        if one != Audience.CAMPUS or viewer.university_id:
            choices.append((str(one.value), str(one.label)))
    if Audience.CIRCLE in allowed:
        for circle_id, name in graph.circles_of(viewer):
            choices.append((f"{Audience.CIRCLE.value}:{circle_id}", _("Circle: %(name)s") % {"name": name}))
    return choices


def _usual(viewer: "User", possible: list[str]) -> str:
    """What the viewer has chosen as theirs, where that is possible, else the campus, else the first there is."""
    wished = preferences_of(viewer).audience
    for one in (wished, Audience.CAMPUS):
        if one is not None and str(int(one)) in possible:
            return str(int(one))
    return possible[0] if possible else ""


def _how_long(hours: int) -> str:
    if hours < 24:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    days = hours // 24
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
