"""Finished comments: the common part of each from kernel.fragments, the viewer's bits filled in, answers inside."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.kernel import ids
from apps.kernel.fragments import Fragments, Parts, fill
from apps.kernel.templatetags.ui import Clock
from apps.posts.cards import author_mark, reaction_bits, role_of
from apps.posts.models import COMMENT_LIMIT, Comment

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

COMMENT = Fragments("posts/_comment.html")
GONE = Fragments("posts/_gone.html")


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
    named = {_key(row, reading): row for row in rows if row.readable}
    parts = COMMENT.get(named, lambda missing: {key: _render(named[key], reading) for key in missing})
    gone: Parts = ()
    if any(not row.readable for row in rows):
        gone = GONE.get(["gone"], lambda _keys: {"gone": render_to_string("posts/_gone.html")})["gone"]
    for row, depth in zip(rows, depths, strict=True):
        if not row.readable:
            yield fill(gone, {"id": str(row.pk), "depth": str(depth)})
            continue
        card = fill(parts[_key(row, reading)], _bits(row, depth, reading))
        yield _folded(row, depth, card) if folds and (row.muted or row.folded_at) else card


def _folded(row: Comment, depth: int, card: SafeString) -> SafeString:
    """What the viewer has muted, or the author of the post has hidden, can be read, but need not be."""
    said = _("From somebody you muted") if row.muted else _("Hidden by the author")
    fold = '<details class="folded depth-{}" id="folded-{}"><summary class="meta">{}</summary>{}</details>'
    return format_html(fold, depth, row.pk, said, card)


def _bits(row: Comment, depth: int, reading: Reading) -> dict[str, str]:
    to = format_html(_('<span class="word">to</span> <span dir="auto">{}</span>'), row.answered) if row.answered else ""
    times = {"when": reading.clock.ago(row.created_at), "exact": reading.clock.exact(row.created_at)}
    key = str(ids.uuid7()) if reading.may_reply else ""
    return (
        reaction_bits(row, reading.clock.language)
        | times
        | {"to": to, "csrf": reading.csrf, "key": key, "depth": str(depth)}
    )


def _key(row: Comment, reading: Reading) -> str:
    """Names all that the common part is made of; who may reply and who may hide have parts of their own."""
    may = ("r" if reading.may_reply else "") + (("f" if row.folded_at else "h") if reading.is_host else "")
    return f"{row.pk}.{author_mark(row.author)}.{role_of(reading.viewer, row.author_id)}.{may}"


def _render(row: Comment, reading: Reading) -> str:
    """Nothing personal goes in here: everybody of the same role gets these very bytes."""
    context = {
        "comment": row,
        "author": row.author,
        "role": role_of(reading.viewer, row.author_id),
        "may_reply": reading.may_reply,
        "is_host": reading.is_host,
        "html": SafeString(row.body_html),  # made by kernel.text.render_markup, sanitised there
        "limit": COMMENT_LIMIT,
    }
    return render_to_string("posts/_comment.html", context)
