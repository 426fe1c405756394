"""Finished entries for lists: the common part of each from kernel.fragments, the viewer's bits filled in."""

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Protocol

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.accounts import selectors as accounts
from apps.kernel.fragments import MARK, Fragments, Parts, fill
from apps.kernel.icons import icon
from apps.kernel.templatetags.ui import Clock
from apps.posts import polls
from apps.posts.models import Audience, Feeling, Post
from apps.posts.preferences import preferences_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

CARD = Fragments("posts/_card.html")
QUOTE = Fragments("posts/_quote.html")
SHORT, LONG = 100, 800  # characters: set larger below, folded above
LINE = 45  # characters that a line which ends counts for
TAG = re.compile(r"<(/?\w+)[^>]*>")
LINES = frozenset({"br", "/p", "/li", "/div", "/figure"})
NOTHING, LIKE, CIRCLE = SafeString(""), str(Feeling.LIKE.value), int(Audience.CIRCLE)
EVERYONE, CAMPUS, FOLLOWERS, NOBODY = (
    int(accounts.Reach[name]) for name in ("EVERYONE", "CAMPUS", "FOLLOWERS", "NOBODY")
)


def draw(
    posts: Sequence[Post], viewer: "User | AnonymousUser", *, why: Mapping[int, str] | None = None, whole: bool = False
) -> list[SafeString]:
    """The cards of posts loaded by posts.live, in their order. One query for those that were never drawn, else none.

    A repost is drawn as the post it passes on. `why` tells by id why a post is shown; `whole` shows long texts to the
    end. A post whose text is changed in this very moment is left out.
    """
    return list(draw_by_id(posts, viewer, why=why, whole=whole).values())


def draw_by_id(
    posts: Sequence[Post], viewer: "User | AnonymousUser", *, why: Mapping[int, str] | None = None, whole: bool = False
) -> dict[int, SafeString]:
    """`draw`, each card by the id of its post, for lists that put something of their own beside it."""
    drawn = [(post, post.passed_on if post.repost_of_id and post.passed_on else post) for post in posts]
    parts = _parts(CARD, [shown for _post, shown in drawn], viewer, whole)
    quotes = _quotes([shown for _post, shown in drawn], viewer)
    unfolds = any(shown.warning for _post, shown in drawn) and preferences_of(viewer).unfolds_warnings
    clock, cards = Clock(), {}
    for post, shown in drawn:
        part = parts.get(shown.pk)
        if part is None:
            continue
        bits = _card_bits(shown, viewer, clock, (why or {}).get(post.pk, NOTHING))
        bits |= {
            "quote": quotes.get(shown.pk, NOTHING),
            "poll": polls.draw(shown, viewer) if shown.poll else NOTHING,
            "passed_on": _passed_on(post, viewer) if shown is not post else NOTHING,
            "unfold": " open" if unfolds else "",
        }
        cards[post.pk] = fill(part, bits)
    return cards


def quote_of(post: Post, viewer: "User | AnonymousUser") -> SafeString:
    """A post as it stands in another one, loaded by posts.live. At most one query."""
    part = _parts(QUOTE, [post], viewer, False).get(post.pk)
    return fill(part, _quote_bits(post, viewer, Clock())) if part is not None else _gone_quote()


def _quotes(posts: Sequence[Post], viewer: "User | AnonymousUser") -> dict[int, SafeString]:
    """What the quotes among them quote; one sentence stands for all that the viewer is not shown."""
    quoting = [post for post in posts if post.is_quote]
    if not quoting:
        return {}
    parts = _parts(QUOTE, [post.passed_on for post in quoting if post.passed_on], viewer, False)
    clock, drawn = Clock(), {}
    for post in quoting:
        original = post.passed_on
        part = parts.get(original.pk) if original else None
        drawn[post.pk] = fill(part, _quote_bits(original, viewer, clock)) if part and original else _gone_quote()
    return drawn


def _gone_quote() -> SafeString:
    return format_html('<p class="slip slip-body meta">{}</p>', _("The post that was quoted here is not shown."))


def _parts(kept: Fragments, posts: Iterable[Post], viewer: "User | AnonymousUser", whole: bool) -> dict[int, Parts]:
    """By the id of the post; those are missing whose text is changed just now."""
    named = {_key(post, viewer, whole): post for post in posts}
    found = kept.get(
        named, lambda missing: _render(kept.template, [(key, named[key]) for key in missing], viewer, whole)
    )
    return {named[key].pk: part for key, part in found.items()}


def studies(post: Post, viewer: "User | AnonymousUser", language: str | None) -> str:
    """What the author does here, as far as they show it to the viewer: "Physics, 2nd year"."""
    author = post.author
    relation = EVERYONE
    if viewer.pk == author.pk:
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


def _circle_of(post: Post, viewer: "User | AnonymousUser") -> str:
    """The name of the circle it is addressed to, which is for its author alone; else empty."""
    if post.audience != CIRCLE or viewer.pk != post.author_id:
        return ""
    return post.circle_name or _("You alone")


@cache
def _audiences(_language: str | None) -> dict[int, SafeString]:
    return {one.value: escape(str(one.label)) for one in Audience}


def _card_bits(post: Post, viewer: "User | AnonymousUser", clock: Clock, why: str) -> dict[str, str]:
    return (
        _quote_bits(post, viewer, clock)
        | reaction_bits(post, clock.language)
        | {
            "comments": str(post.comment_count - post.unheard or ""),
            "reposts": str(post.repost_count or ""),
            "shared": "true" if post.is_shared else "false",
            "shared_word": _("Reposted by you") if post.is_shared else "",
            "saved": "true" if post.is_saved else "false",
            "save": "0" if post.is_saved else "1",
            "why": why,
            "unlink": _unlink(post, viewer),
        }
    )


def _unlink(post: Post, viewer: "User | AnonymousUser") -> SafeString:
    """Its author may do without the card of a link."""
    if post.link_card_id is None or viewer.pk != post.author_id:
        return NOTHING
    address = reverse("posts:remove_card", args=[post.pk])
    button = '<button class="text-btn" type="submit" form="f" formaction="{}">{}</button>'
    return format_html(button, address, _("Remove link preview"))


def _quote_bits(post: Post, viewer: "User | AnonymousUser", clock: Clock) -> dict[str, str]:
    return {
        "when": clock.ago(post.created_at),
        "exact": clock.exact(post.created_at),
        "audience": _circle_of(post, viewer) or _audiences(clock.language)[post.audience],
        "studies": _beside(studies(post, viewer, clock.language)),
    }


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


def reaction_bits(thing: ReactedTo, language: str | None) -> dict[str, str]:
    """What the reaction button shows, and what a press of it would send: a like, or taking back what was felt."""
    felt = thing.reaction
    return {
        "reacted": "true" if felt else "false",
        "feeling": "" if felt else LIKE,
        "word": _own_word(felt, language),
        "reactions": str(thing.reaction_count or ""),
        "feelings": _feelings(thing, language),
    }


@cache
def _own_word(felt: int | None, language: str | None) -> SafeString:
    """The word on the button: to be heard, and to be seen where it is the viewer's own and no plain like."""
    word = capfirst(Feeling(felt or Feeling.LIKE).label)
    return format_html('<span class="{}" data-word>{}</span>', "vh" if felt in (None, 1) else "word", word)


def reaction_button(react_url: str, thing: ReactedTo) -> SafeString:
    """The button of a card as it is after a press, and beside it the words that stand next to it."""
    context = {"react_url": react_url}
    parts = render_to_string("posts/_react_button.html", context).split(MARK)
    return SafeString(fill(parts, bits := reaction_bits(thing, get_language())) + bits["feelings"])


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
    """The three kinds of card there are of one text: its author's, a member's, a guest's."""
    if not viewer.is_authenticated:
        return "guest"
    return "own" if viewer.pk == author_id else "member"


def author_mark(author: "User") -> str:
    """Changes when anything does that a card shows of its author."""
    shown = "\n".join([author.username, author.name, str(author.verified_until) if author.is_verified else ""])
    return f"{zlib.crc32(shown.encode()):x}"


def _key(post: Post, viewer: "User | AnonymousUser", whole: bool) -> str:
    role = "guest" if not viewer.is_authenticated else "member"
    return f"{post.pk}.{post.version}.{author_mark(post.author)}.{role}{'.whole' if whole else ''}"


def length_of(html: str) -> int:
    """How much room a text takes: its characters, and more for each line that ends before the margin does."""
    ends = sum(tag in LINES for tag in TAG.findall(html)) + html.count("\n")
    return len(TAG.sub("", html)) + LINE * max(0, ends - 1)


def _render(
    template: str, named: list[tuple[str, Post]], viewer: "User | AnonymousUser", whole: bool
) -> dict[str, str]:
    """Nothing personal goes in here: everybody of the same role gets these very bytes. One query for the texts."""
    texts = Post.objects.filter(pk__in=[post.pk for _key, post in named]).select_related("link_card")
    found = {text.pk: text for text in texts.only("body_html", "version", "link_card")}
    made: dict[str, str] = {}
    for key, post in named:
        text = found.get(post.pk)
        if text is None or text.version != post.version:  # changed since the viewer was let see it
            continue
        length = length_of(text.body_html)
        context = {
            "post": post,
            "author": post.author,
            "is_guest": not viewer.is_authenticated,
            "html": SafeString(text.body_html),  # made by kernel.text, sanitised there
            "link": text.link_card if text.link_card and text.link_card.is_shown else None,
            "is_short": length < SHORT and not post.is_quote,
            "is_long": length > LONG and not whole,
            "is_whole": whole,
        }
        made[key] = render_to_string(template, context)
    return made
