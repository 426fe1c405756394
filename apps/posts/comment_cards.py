"""Finished comments: the shape of each (posts.shapes) filled with what it says, answers folded inside."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.kernel import ids
from apps.kernel.templatetags.ui import Clock, stamp
from apps.posts import shapes
from apps.posts.cards import reaction_values, role_of
from apps.posts.models import Comment
from apps.posts.shapes import NOTHING

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Who reads a talk, and what they may do there."""

    viewer: "User | AnonymousUser"
    csrf: str = ""  # the page's token, for the answer forms
    is_host: bool = False  # wrote the post
    may_reply: bool = True
    clock: Clock = field(default_factory=Clock)


def draw(
    rows: Sequence[Comment], reading: Reading, *, under: int | None = None, is_flat: bool = False, is_cut: bool = False
) -> list[SafeString]:
    """Cards of comments in reading order, answers folded together under what they answer.

    `under`: the depth of the one comment that all answer. `is_flat`: all in one line. `is_cut`: the talk goes on.
    Joined, the pieces are whole HTML; one alone may open what another closes.
    """
    depths = [row.depth for row in rows]
    if is_flat or under is not None:
        depths = [0 if under is None else max(1, depth - under) for depth in depths]
    drawn: list[SafeString] = []
    opened: list[int] = []
    for place, (card, depth) in enumerate(zip(_cards(rows, depths, reading), depths, strict=True)):
        while opened and opened[-1] >= depth:
            opened.pop()
            drawn.append(SafeString("</details>"))
        drawn.append(card)
        if place + 1 < len(rows) and depths[place + 1] > depth:
            opened.append(depth)
            drawn.append(_answers(rows, depths, place, is_cut=is_cut))
    return [*drawn, *(SafeString("</details>") for _depth in opened)]


def draw_focus(row: Comment, reading: Reading) -> SafeString:
    """The comment a page is about: shown whatever hides it in the talk, and said so."""
    (card,) = _cards([row], [0], reading, folds=False)
    note = SafeString("")
    if row.folded_at:
        note = format_html('<p class="sheet-body meta">{}</p>', _("The author of the post has hidden this reply."))
    return format_html('<div class="focused">{}{}</div>', note, card)


def _answers(rows: Sequence[Comment], depths: list[int], place: int, *, is_cut: bool) -> SafeString:
    """The line that folds what answers the comment at this place. No number when some of it is on the next page."""
    end = next((one for one in range(place + 1, len(rows)) if depths[one] <= depths[place]), len(rows))
    count = sum(row.readable for row in rows[place + 1 : end])
    said = ngettext("%(count)d answer", "%(count)d answers", count) % {"count": count}
    if end == len(rows) and is_cut:
        said = _("Answers")
    line = '<details class="answers depth-{}" open><summary class="meta">{}</summary>'
    return format_html(line, depths[place], said)


def _cards(
    rows: Sequence[Comment], depths: Sequence[int], reading: Reading, *, folds: bool = True
) -> Iterator[SafeString]:
    language = reading.clock.language
    for row, depth in zip(rows, depths, strict=True):
        if not row.readable:
            yield shapes.gone(language).fill({"id": SafeString(row.pk), "depth": SafeString(depth)})
            continue
        card = shapes.comment(_look(row, reading), language).fill(_values(row, depth, reading))
        yield _folded(row, depth, card) if folds and (row.muted or row.folded_at) else card


def _look(row: Comment, reading: Reading) -> shapes.CommentLook:
    return shapes.CommentLook(
        role=role_of(reading.viewer, row.author_id),
        may_reply=reading.may_reply,
        is_host=reading.is_host,
        is_folded=row.folded_at is not None,
    )


def _folded(row: Comment, depth: int, card: SafeString) -> SafeString:
    """What the viewer has muted, or the author of the post has hidden, can be read, but need not be."""
    said = _("From somebody you muted") if row.muted else _("Hidden by the author")
    fold = '<details class="folded depth-{}" id="folded-{}"><summary class="meta">{}</summary>{}</details>'
    return format_html(fold, depth, row.pk, said, card)


def _values(row: Comment, depth: int, reading: Reading) -> dict[str, SafeString]:
    to = _('<span class="word">to</span> <span dir="auto">{}</span>')
    return (
        shapes.of_author(row.author, reading.clock.language)
        | reaction_values(row, reading.clock.language)
        | {
            "id": SafeString(row.pk),
            "post_id": SafeString(row.post_id),
            "stamp": SafeString(stamp(row.created_at)),
            "html": SafeString(row.body_html),  # made by kernel.text.render_markup, sanitised there
            "when": reading.clock.ago(row.created_at),
            "exact": reading.clock.exact(row.created_at),
            "to": format_html(to, row.answered) if row.answered else NOTHING,
            "csrf": escape(reading.csrf),
            "key": SafeString(ids.uuid7()) if reading.may_reply else NOTHING,
            "depth": SafeString(depth),
        }
    )
