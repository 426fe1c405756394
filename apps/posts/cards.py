"""Finished entries for lists: the shape of each (posts.shapes), filled with what it says and the viewer's bits."""

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Protocol

from django.urls import reverse
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.accounts import selectors as accounts
from apps.kernel.icons import icon
from apps.kernel.templatetags.ui import Clock, stamp
from apps.posts import polls, shapes
from apps.posts.models import Audience, Feeling, Post
from apps.posts.preferences import preferences_of
from apps.posts.shapes import NOTHING

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

Values = dict[str, SafeString]
SHORT, LONG = 100, 800  # characters: set larger below, folded above
LINE = 45  # characters that a line which ends counts for
TAG = re.compile(r"<[^>]*>")
LINE_ENDS = ("\n", "<br>", "</p>", "</li>", "</div>", "</figure>")  # as nh3 writes them
LIKE, CIRCLE = SafeString(Feeling.LIKE.value), int(Audience.CIRCLE)
YES, NO, ON, OFF, OPEN = (SafeString(word) for word in ("true", "false", "1", "0", " open"))
EVERYONE, CAMPUS, FOLLOWERS, NOBODY = (
    int(accounts.Reach[name]) for name in ("EVERYONE", "CAMPUS", "FOLLOWERS", "NOBODY")
)


def draw(
    posts: Sequence[Post], viewer: "User | AnonymousUser", *, why: Mapping[int, str] | None = None, whole: bool = False
) -> list[SafeString]:
    """The cards of posts loaded by posts.live, in their order. No query.

    A repost is drawn as the post it passes on. `why` tells by id why a post is shown; `whole` shows long texts to the
    end.
    """
    return list(draw_by_id(posts, viewer, why=why, whole=whole).values())


def draw_by_id(
    posts: Sequence[Post], viewer: "User | AnonymousUser", *, why: Mapping[int, str] | None = None, whole: bool = False
) -> dict[int, SafeString]:
    """`draw`, each card by the id of its post, for lists that put something of their own beside it."""
    drawn = [(post, post.passed_on if post.repost_of_id and post.passed_on else post) for post in posts]
    unfolds = any(shown.warning for _post, shown in drawn) and preferences_of(viewer).unfolds_warnings
    clock, cards = Clock(), {}
    for post, shown in drawn:
        values = _card_values(shown, viewer, clock)
        values["why"] = conditional_escape(why[post.pk]) if why and post.pk in why else NOTHING
        values["passed_on"] = _passed_on(post, viewer) if shown is not post else NOTHING
        values["unfold"] = OPEN if unfolds else NOTHING
        cards[post.pk] = shapes.card(_look(shown, viewer, whole), clock.language).fill(values)
    return cards


def _look(post: Post, viewer: "User | AnonymousUser", whole: bool) -> shapes.CardLook:
    length, link = length_of(post.body_html), post.link if not post.is_quote else None
    return shapes.CardLook(
        is_guest=not viewer.is_authenticated,
        is_short=length < SHORT and not post.is_quote,
        is_long=length > LONG and not whole,
        is_edited=post.edited_at is not None,
        is_warned=bool(post.warning),
        link=shapes.of_link(link).look if link else None,
    )


def quote_of(post: Post, viewer: "User | AnonymousUser", clock: Clock | None = None) -> SafeString:
    """A post as it stands in another one, loaded by posts.live. No query."""
    clock = clock or Clock()
    shape = shapes.quote(bool(post.warning), post.has_poll, clock.language)
    return shape.fill(_quote_values(post, viewer, clock))


def _gone_quote() -> SafeString:
    return format_html('<p class="slip slip-body meta">{}</p>', _("The post that was quoted here is not shown."))


def studies(post: Post, viewer: "User | AnonymousUser", language: str | None) -> str:
    """What the author does here, as far as they show it to the viewer: "Physics, 2nd year"."""
    author = post.author
    relation = EVERYONE
    if viewer.pk == post.author_id:
        relation = NOBODY
    elif author.posts_for == FOLLOWERS:  # or the viewer would not have the post
        relation = FOLLOWERS
    elif viewer.is_authenticated and viewer.university_id and viewer.university_id == author.university_id:
        relation = CAMPUS
    if relation < author.profile_for:
        return ""
    said = (post.programme or "", post.programme_reach, post.year, post.year_reach)
    return _studies(relation, *said, author.role, language)


@lru_cache(maxsize=4096)
def _studies(
    relation: int,
    programme: str,
    programme_reach: str | None,
    year: int | None,
    year_reach: str | None,
    role: str,
    _language: str | None,
) -> str:
    """Many study the same, so it is put into words once."""
    chosen = {"programme": programme_reach, "year": year_reach}
    reach = {name: int(level) for name, level in chosen.items() if level is not None}
    shown = programme if accounts.reach_of(reach, "programme") <= relation else ""
    return accounts.headline(shown, year if accounts.reach_of(reach, "year") <= relation else None, role)


def audience_of(post: Post, viewer: "User | AnonymousUser") -> str:
    """To whom it is addressed, in words."""
    return _circle_of(post, viewer) or _audiences(get_language())[post.audience]


def _circle_of(post: Post, viewer: "User | AnonymousUser") -> SafeString:
    """The name of the circle it is addressed to, which is for its author alone; else empty."""
    if post.audience != CIRCLE or viewer.pk != post.author_id:
        return NOTHING
    return escape(post.circle_name or _("You alone"))


@cache
def _audiences(_language: str | None) -> dict[int, SafeString]:
    return {one.value: escape(str(one.label)) for one in Audience}


def _card_values(post: Post, viewer: "User | AnonymousUser", clock: Clock) -> Values:
    values = _quote_values(post, viewer, clock) | reaction_values(post, clock.language)
    comments = post.comment_count - post.unheard
    values |= {
        "comments": SafeString(comments) if comments else NOTHING,
        "reposts": SafeString(post.repost_count) if post.repost_count else NOTHING,
        "shared": YES if post.is_shared else NO,
        "shared_word": escape(_("Reposted by you")) if post.is_shared else NOTHING,
        "saved": YES if post.is_saved else NO,
        "save": OFF if post.is_saved else ON,
        "quote": _quote_in(post, viewer, clock) if post.is_quote else NOTHING,
        "poll": polls.draw(post, viewer) if post.poll else NOTHING,
    }
    if post.link:
        values |= shapes.of_link(post.link).values | {"unlink": _unlink(post, viewer)}
    return values


def _quote_in(post: Post, viewer: "User | AnonymousUser", clock: Clock) -> SafeString:
    """What it quotes; one sentence stands for all that the viewer is not shown."""
    return quote_of(post.passed_on, viewer, clock) if post.passed_on else _gone_quote()


def _unlink(post: Post, viewer: "User | AnonymousUser") -> SafeString:
    """Its author may do without the card of a link."""
    if viewer.pk != post.author_id:
        return NOTHING
    address = reverse("posts:remove_card", args=[post.pk])
    button = '<button class="text-btn" type="submit" form="f" formaction="{}">{}</button>'
    return format_html(button, address, _("Remove link preview"))


def _quote_values(post: Post, viewer: "User | AnonymousUser", clock: Clock) -> Values:
    values = shapes.of_author(post.author, clock.language) | {
        "id": SafeString(post.pk),
        "stamp": SafeString(stamp(post.created_at)),
        "html": SafeString(post.body_html),  # made by kernel.text, sanitised there
        "when": clock.ago(post.created_at),
        "exact": clock.exact(post.created_at),
        "audience": _circle_of(post, viewer) or _audiences(clock.language)[post.audience],
        "studies": _beside(studies(post, viewer, clock.language)),
    }
    if post.warning:
        values["warning"] = escape(post.warning)
    return values


@lru_cache(maxsize=4096)
def _beside(known: str) -> SafeString:
    return format_html('<span class="meta"><bdi>{}</bdi></span>', known) if known else NOTHING


class ReactedTo(Protocol):
    """What reactions are drawn from: a post, a comment, or the answer to a press."""

    @property
    def reaction_count(self) -> int: ...
    @property
    def reaction(self) -> int | None: ...
    @property
    def reactions(self) -> dict[str, int]: ...


def reaction_values(thing: ReactedTo, language: str | None) -> Values:
    """What the reaction button shows, and what a press of it would send: a like, or taking back what was felt."""
    felt = thing.reaction
    return {
        "reacted": YES if felt else NO,
        "feeling": NOTHING if felt else LIKE,
        "word": _own_word(felt, language),
        "reactions": SafeString(thing.reaction_count) if thing.reaction_count else NOTHING,
        "feelings": _feelings(thing, language),
    }


@cache
def _own_word(felt: int | None, language: str | None) -> SafeString:
    """The word on the button: to be heard, and to be seen where it is the viewer's own and no plain like."""
    word = capfirst(Feeling(felt or Feeling.LIKE).label)
    return format_html('<span class="{}" data-word>{}</span>', "vh" if felt in (None, 1) else "word", word)


def reaction_button(react_url: str, thing: ReactedTo) -> SafeString:
    """The button of a card as it is after a press, and beside it the words that stand next to it."""
    language = get_language()
    values = reaction_values(thing, language) | {"react_url": escape(react_url)}
    return shapes.react_button(language).fill(values) + values["feelings"]


def _feelings(thing: ReactedTo, language: str | None) -> SafeString:
    """The two words most said about it besides "like" and what the viewer says themselves."""
    own = str(thing.reaction)
    said = [(count, int(kind)) for kind, count in thing.reactions.items() if count > 0 and kind not in ("1", own)]
    if not said:
        return NOTHING
    most = sorted(said, key=lambda one: (-one[0], one[1]))[:2]
    return _felt(tuple(kind for _count, kind in most), language)


@cache
def _felt(kinds: tuple[int, ...], _language: str | None) -> SafeString:
    words = ", ".join(str(Feeling(kind).label) for kind in kinds)
    return format_html('<span class="word" data-feelings>{}</span>', words)


def _passed_on(post: Post, viewer: "User | AnonymousUser") -> SafeString:
    """Who passes it on, above the card."""
    if post.author_id == viewer.pk:
        return format_html('<p class="passed-on meta">{}{}</p>', icon("repeat-2", small=True), _("You reposted"))
    name = format_html('<a class="name" href="{}"><bdi>{}</bdi></a>', post.author.get_absolute_url(), post.author.name)
    line = format_html(_("{name} reposted"), name=name)
    return format_html('<p class="passed-on meta">{}<span>{}</span></p>', icon("repeat-2", small=True), line)


def role_of(viewer: "User | AnonymousUser", author_id: int) -> str:
    """The three kinds of comment there are of one text: its author's, a member's, a guest's."""
    if not viewer.is_authenticated:
        return "guest"
    return "own" if viewer.pk == author_id else "member"


@lru_cache(maxsize=2048)
def length_of(html: str) -> int:
    """How much room a text takes: its characters, and more for each line that ends before the margin does."""
    ends = sum(map(html.count, LINE_ENDS))
    return len(TAG.sub("", html)) + LINE * max(0, ends - 1)
