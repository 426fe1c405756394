"""A poll as one viewer is shown it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from apps.kernel.templatetags.ui import Clock
from apps.posts.content import PollPlan
from apps.posts.models import Post

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


@dataclass(frozen=True, slots=True)
class Answer:
    place: int
    text: str
    votes: int
    percent: int  # of the people who voted; with several answers they may add up to more than 100
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a poll a viewer is shown. `votes` and `percent` of the answers are 0 while results are hidden."""

    question: str
    answers: tuple[Answer, ...]
    voters: int
    is_multiple: bool
    is_anonymous: bool
    is_closed: bool
    has_results: bool  # whether numbers are shown: to who has voted, to its author, and to all where none are hidden
    has_voted: bool
    closes_at: datetime

    @property
    def closes(self) -> str:
        """When it ends, or ended, by the reader's clock: "today 18:00", "Fri 18:00", "21 Nov, 18:00"."""
        local, today = timezone.localtime(self.closes_at), timezone.localdate()
        clock = date_format(local, pgettext("a time of day, as a Django date format", "H:i"))
        days = (local.date() - today).days
        if days == 0:
            return _("today %(time)s") % {"time": clock}
        if days == 1:
            return _("tomorrow %(time)s") % {"time": clock}
        if 1 < days < 7:
            return date_format(local, pgettext("a day of this week and a time, as a Django date format", "D H:i"))
        return date_format(local, pgettext("a day and a time, as a Django date format", "j M, H:i"))


def shown(
    post: Post, viewer: "User | AnonymousUser", now: datetime | None = None, chosen: Collection[int] = ()
) -> Shown:
    """The poll of a post loaded by posts.live (`post.poll` is there). No query.

    `chosen` are places that a form shall show ticked before they are sent, in place of what the viewer has chosen.
    """
    poll = post.poll or {}
    now = now or timezone.now()
    closes_at = datetime.fromisoformat(poll["closes_at"])
    mine = set(poll["mine"] or [])
    is_closed = closes_at <= now
    is_open_book = not poll["hides"] or viewer.pk == post.author_id
    has_results = is_closed or bool(mine) or is_open_book
    voters = poll["voters"]
    answers = tuple(
        Answer(
            place=place,
            text=text,
            votes=votes if has_results else 0,
            percent=round(100 * votes / voters) if has_results and voters else 0,
            is_mine=place in (chosen or mine),
        )
        for place, (text, votes) in enumerate(poll["options"])
    )
    return Shown(
        question=poll["question"],
        answers=answers,
        voters=voters,
        is_multiple=poll["multiple"],
        is_anonymous=poll["anonymous"],
        is_closed=is_closed,
        has_results=has_results,
        has_voted=bool(mine),
        closes_at=closes_at,
    )


def planned(plan: PollPlan) -> Shown:
    """A poll that is not asked yet, as it would stand in the card."""
    return Shown(
        question=plan.question.strip(),
        answers=tuple(Answer(place, said.strip(), 0, 0, False) for place, said in enumerate(plan.options)),
        voters=0,
        is_multiple=plan.is_multiple,
        is_anonymous=plan.is_anonymous,
        is_closed=False,
        has_results=False,
        has_voted=False,
        closes_at=timezone.now() + timedelta(hours=plan.hours),
    )


def draw(
    post: Post,
    viewer: "User | AnonymousUser",
    *,
    is_changing: bool = False,
    chosen: Collection[int] = (),
    csrf: str = "",
) -> SafeString:
    """The poll as it stands in a card: a form to who may still choose, else what was chosen.

    With a `csrf` token the form sends the vote by itself. In a card it has none, because cards are drawn for no one
    request: scripts send the vote from there, and without them the form leads to a page that asks again with a token.
    """
    poll = shown(post, viewer, chosen=chosen)
    is_form = viewer.is_authenticated and not poll.is_closed and (is_changing or not poll.has_voted)
    may_change = viewer.is_authenticated and poll.has_voted and not poll.is_closed
    flags = Flags(is_form=is_form, is_guest=not viewer.is_authenticated, may_change=may_change, csrf=csrf)
    if csrf:
        return _render(post.pk, poll, flags)
    return _drawn(post.pk, poll, flags, poll.closes, Clock().exact(poll.closes_at), get_language())


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    is_form: bool
    is_guest: bool
    may_change: bool
    csrf: str


@lru_cache(maxsize=2048)
def _drawn(post_id: int, poll: Shown, flags: Flags, _closes: str, _exact: str, _language: str | None) -> SafeString:
    """Kept in this process for whoever is shown the same, by a clock that says the same."""
    return _render(post_id, poll, flags)


def _render(post_id: int, poll: Shown, flags: Flags) -> SafeString:
    context = {name: getattr(flags, name) for name in ("is_form", "is_guest", "may_change", "csrf")}
    return render_to_string("posts/_poll.html", context | {"post": Post(pk=post_id), "poll": poll})


def nobody_sees() -> str:
    return _("Nobody sees who voted in this poll.")


def vote_first() -> str:
    return _("The results of this poll are shown to who has voted.")


def choose_one() -> str:
    return _("Choose one of the answers.")
