"""What cards look like before they are anybody's: each template once for every shape it has, with slots for values.

Posts, authors and links are stood in for by things whose values are slots, so a template reads as if it drew one post.
"""

import datetime as dt
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.auth import get_user_model
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString

from apps.kernel import text
from apps.kernel.fragments import Shape, slot
from apps.kernel.templatetags.ui import stamp
from apps.media import selectors as media
from apps.posts.models import COMMENT_LIMIT, Comment, Post

if TYPE_CHECKING:
    from apps.accounts.models import User

NOTHING = SafeString("")
# Where a slot will not do, because an address or a date is made of the value: these, which nobody has.
ID, POST_ID = 2**63 - 1, 2**63 - 2
USERNAME = "stands.for.a.username"
MOMENT = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


class LinkLook(NamedTuple):
    names_site: bool
    has_description: bool


class LinkValues(NamedTuple):
    look: LinkLook
    values: dict[str, SafeString]


class CardLook(NamedTuple):
    """What decides which parts of its template a card has."""

    is_guest: bool
    is_short: bool
    is_long: bool
    is_edited: bool
    is_warned: bool
    link: LinkLook | None


class CommentLook(NamedTuple):
    role: str
    may_reply: bool
    is_host: bool
    is_folded: bool


@cache
def card(look: CardLook, _language: str | None) -> Shape:
    context = {name: getattr(look, name) for name in ("is_guest", "is_short", "is_long")}
    context["link"] = _link(look.link) if look.link else None
    return _of_post("posts/_card.html", context, is_edited=look.is_edited, is_warned=look.is_warned)


@cache
def quote(is_warned: bool, has_poll: bool, _language: str | None) -> Shape:
    return _of_post("posts/_quote.html", {}, is_warned=is_warned, has_poll=has_poll)


def _of_post(
    template: str, context: dict[str, Any], *, is_warned: bool, is_edited: bool = False, has_poll: bool = False
) -> Shape:
    post = Post(
        pk=ID,
        created_at=MOMENT,
        edited_at=MOMENT if is_edited else None,
        warning=slot("warning") if is_warned else "",
        is_quote=False,  # whether a link is shown below is in the look
        has_poll=has_poll,
    )
    context |= {"post": post, "author": _author(), "html": slot("html")}
    return Shape(render_to_string(template, context), id=str(ID), username=USERNAME, stamp=stamp(MOMENT))


@cache
def comment(look: CommentLook, _language: str | None) -> Shape:
    context = look._asdict() | {
        "comment": Comment(pk=ID, post_id=POST_ID, created_at=MOMENT, folded_at=MOMENT if look.is_folded else None),
        "author": _author(),
        "html": slot("html"),
        "limit": COMMENT_LIMIT,
    }
    stand_ins = {"id": str(ID), "username": USERNAME, "stamp": stamp(MOMENT)}
    if look.may_reply and look.role != "guest":  # the answer form goes to the post
        stand_ins["post_id"] = str(POST_ID)
    return Shape(render_to_string("posts/_comment.html", context), **stand_ins)


@cache
def gone(_language: str | None) -> Shape:
    return Shape(render_to_string("posts/_gone.html"))


@cache
def react_button(_language: str | None) -> Shape:
    return Shape(render_to_string("posts/_react_button.html", {"react_url": slot("react_url")}))


def _author() -> SimpleNamespace:
    address = get_user_model()(username=USERNAME).get_absolute_url()
    shown = {name: slot(name) for name in ("name", "initials", "hue", "land")}
    return SimpleNamespace(**shown, get_absolute_url=lambda: address)


def _link(look: LinkLook) -> SimpleNamespace:
    host = slot("host")
    return SimpleNamespace(
        url=slot("url"),
        host=host,
        site=slot("site") if look.names_site else host,
        title=slot("title"),
        description=slot("description") if look.has_description else "",
        hue=slot("link_hue"),
        scene=slot("scene"),
    )


def of_author(author: "User", language: str | None) -> dict[str, SafeString]:
    """What fills the slots of an author."""
    known = _of_author(author.username, author.name)
    if author.verified_until is None or not author.is_verified:
        return known
    return {**known, "badge": _badge(timezone.localtime(author.verified_until).date(), language)}


@lru_cache(maxsize=2048)
def _of_author(username: str, name: str) -> dict[str, SafeString]:
    hue, land = text.hue_and_land(username)
    shown = {"name": name, "username": username, "initials": text.initials(name), "hue": hue, "land": land}
    return {"badge": NOTHING} | {key: escape(value) for key, value in shown.items()}


@lru_cache(maxsize=512)
def _badge(until: dt.date, _language: str | None) -> SafeString:
    person = SimpleNamespace(is_verified=True, verified_until=until)
    return SafeString(render_to_string("components/verified.html", {"person": person}).strip())


def of_link(link: dict[str, str]) -> LinkValues:
    """The look of a link card, and what fills its slots."""
    return _of_link(**link)


@lru_cache(maxsize=512)
def _of_link(url: str, site: str, title: str, description: str) -> LinkValues:
    card = media.card_of({"url": url, "site": site, "title": title, "description": description})
    shown = {name: escape(getattr(card, name)) for name in ("url", "host", "site", "title", "description", "scene")}
    return LinkValues(LinkLook(site != card.host, bool(description)), shown | {"link_hue": escape(card.hue)})
