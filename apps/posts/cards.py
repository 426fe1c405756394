"""Finished entries for lists: the common part of each from kernel.fragments, the viewer's bits filled in."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.accounts import selectors as accounts
from apps.kernel.fragments import Fragments, fill
from apps.kernel.templatetags.ui import ago, exact
from apps.posts.models import Audience, Comment, Post

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

CARD = Fragments("posts/_card.html")
SHORT, LONG = 120, 900  # characters of HTML: set larger below, folded above


def draw(
    posts: Sequence[Post], viewer: "User | AnonymousUser", *, why: Mapping[int, str] | None = None, whole: bool = False
) -> list[SafeString]:
    """The cards of posts loaded by posts.live, in their order. No query.

    `why` tells by id why a post is shown; `whole` shows long texts to the end.
    """
    named = {_key(post, viewer, whole): post for post in posts}

    def render(missing: Iterable[str]) -> dict[str, str]:
        return {key: _render(named[key], viewer, whole) for key in missing}

    parts = CARD.get(named, render)
    return [
        fill(parts[key], like_bits(post) | _card_bits(post, viewer, (why or {}).get(post.pk, "")))
        for key, post in named.items()
    ]


def studies(post: Post, viewer: "User | AnonymousUser") -> str:
    """What the author does here, as far as they show it to the viewer: "Physics, 2nd year"."""
    author = post.author
    relation = accounts.Reach.EVERYONE
    if viewer.pk == author.pk:
        relation = accounts.Reach.NOBODY
    elif author.posts_for == accounts.Reach.FOLLOWERS:  # or the viewer would not have the post
        relation = accounts.Reach.FOLLOWERS
    elif viewer.is_authenticated and viewer.university_id and viewer.university_id == author.university_id:
        relation = accounts.Reach.CAMPUS
    if relation < author.profile_for:
        return ""
    chosen = {"programme": post.programme_reach, "year": post.year_reach}
    reach = {name: int(level) for name, level in chosen.items() if level is not None}
    programme = post.programme if accounts.reach_of(reach, "programme") <= relation else ""
    year = post.year if accounts.reach_of(reach, "year") <= relation else None
    return accounts.headline(programme or "", year, author.role)


def audience_of(post: Post, viewer: "User | AnonymousUser") -> str:
    """To whom it is addressed, in words. A circle's name is for its author alone."""
    if post.audience == Audience.CIRCLE and viewer.pk == post.author_id:
        return post.circle_name or _("You alone")
    return str(post.get_audience_display())


def _card_bits(post: Post, viewer: "User | AnonymousUser", why: str) -> dict[str, str]:
    known = studies(post, viewer)
    return {
        "comments": str(post.comment_count - post.unheard or ""),
        "when": ago(post.created_at),
        "exact": exact(post.created_at),
        "why": why,
        "audience": audience_of(post, viewer),
        "studies": format_html('<span class="meta"><bdi>{}</bdi></span>', known) if known else "",
    }


def like_bits(thing: Post | Comment) -> dict[str, str]:
    """What the Like button shows, and what a press of it would send."""
    return {
        "liked": "true" if thing.liked else "false",
        "wish": "0" if thing.liked else "1",
        "likes": str(thing.like_count or ""),
    }


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
    role = role_of(viewer, post.author_id)
    return f"{post.pk}.{post.version}.{author_mark(post.author)}.{role}{'.whole' if whole else ''}"


def _render(post: Post, viewer: "User | AnonymousUser", whole: bool) -> str:
    """Nothing personal goes in here: everybody of the same role gets these very bytes."""
    length = len(post.body_html)
    context = {
        "post": post,
        "author": post.author,
        "role": role_of(viewer, post.author_id),
        "html": SafeString(post.body_html),  # made by kernel.text.render_markup, sanitised there
        "is_short": length < SHORT,
        "is_long": length > LONG and not whole,
    }
    return render_to_string("posts/_card.html", context)
