"""Finished entries for lists: the common part of each from kernel.fragments, the viewer's bits filled in."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from apps.kernel.fragments import Fragments, fill
from apps.kernel.templatetags.ui import ago
from apps.posts.models import Comment, Post

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
        fill(parts[key], like_bits(post) | _card_bits(post, (why or {}).get(post.pk, "")))
        for key, post in named.items()
    ]


def _card_bits(post: Post, why: str) -> dict[str, str]:
    return {"comments": str(post.comment_count or ""), "when": ago(post.created_at), "why": why}


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


def author_mark(author: "User", more: str | None = "") -> str:
    """Changes when anything does that a card shows of its author."""
    shown = "\n".join([author.username, author.name, more or ""])
    return f"{zlib.crc32(shown.encode()):x}"


def _key(post: Post, viewer: "User | AnonymousUser", whole: bool) -> str:
    role = role_of(viewer, post.author_id)
    return f"{post.pk}.{post.version}.{author_mark(post.author, post.programme)}.{role}{'.whole' if whole else ''}"


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
