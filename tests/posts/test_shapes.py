"""A card that is filled into its shape is, byte for byte, what its template makes of the post itself."""

import datetime as dt
import itertools
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString
from hypothesis import example, given
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.kernel.fragments import MARK, Shape, slot, squeezed
from apps.kernel.templatetags.ui import Clock
from apps.media.models import LinkCard
from apps.posts import cards, comment_cards, rendering, shapes
from apps.posts.models import COMMENT_LIMIT, Comment, Feeling, Post

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
HOSTILE = """<script>alert("x")</script> & 'y' %(id)s %s %% {{ name }} \u202eevil \u05e9\u05dc\u05d5\u05dd \u0645"""
# A line's end in a name is no line of the template (see `squeezed`), and PostgreSQL takes no NUL.
WORDS = st.text(st.characters(exclude_characters="\n\x00", exclude_categories=["Cs"]), min_size=1, max_size=30)
NAMES = st.from_regex(r"[a-z0-9_]{1,12}([.][a-z0-9_]{1,12})?", fullmatch=True)
TEXTS = st.sampled_from(["Hello", "word " * 400, "```\na\n\n   b\n```", "a\n\nb @bob #tag https://a.example/?a=1&b=2"])
FLAGS = (False, True)


def by_template(template: str, context: dict[str, Any], values: dict[str, SafeString]) -> str:
    """The template given the things themselves, with every slot that it writes itself filled in."""
    html = squeezed(render_to_string(template, context))
    for name, value in values.items():
        html = html.replace(slot(name), value)
    assert MARK not in html
    return html


def author(username: str, name: str, *, is_verified: bool) -> User:
    until = dt.datetime(2999, 7, 3, tzinfo=dt.UTC) if is_verified else None
    return User(pk=5, username=username, name=name, verified_until=until)


@st.composite
def posts(draw: st.DrawFn) -> Post:
    """As posts.live loads them, of all kinds."""
    post = Post(
        pk=draw(st.integers(1, 2**62)),
        author=author(draw(NAMES), draw(WORDS), is_verified=draw(st.booleans())),
        body_html=rendering.render(draw(TEXTS)),
        warning=draw(st.just("") | WORDS),
        is_quote=draw(st.booleans()),
        has_poll=draw(st.booleans()),
        created_at=draw(st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2026, 11, 20), timezones=st.just(dt.UTC))),
        edited_at=draw(st.none() | st.just(NOON)),
        reaction_count=draw(st.integers(0, 3)),
    )
    post.link = None
    if draw(st.booleans()):
        post.link = {"url": f"https://a.example/?{draw(WORDS)}", "title": draw(WORDS)}
        post.link |= {"site": draw(st.just("a.example") | WORDS), "description": draw(st.just("") | WORDS)}
    return with_bits(post)


def with_bits(post: Post) -> Post:
    """What the query puts on it of the viewer and the author."""
    bits: dict[str, Any] = {
        "reaction": Feeling.SORRY,
        "is_saved": True,
        "is_shared": True,
        "poll": None,
        "passed_on": None,
    }
    bits |= {"unheard": 0, "programme": "Law", "programme_reach": None, "year": 2, "year_reach": None}
    post.__dict__.update(bits)
    return post


def hostile() -> Post:
    link = {"url": f"https://a.example/{HOSTILE}", "site": HOSTILE, "title": HOSTILE, "description": HOSTILE}
    post = Post(pk=77, author=author("eve.x", HOSTILE, is_verified=True), warning=HOSTILE, created_at=NOON)
    post.body_html, post.link = rendering.render(HOSTILE), link
    return with_bits(post)


@given(posts(), st.booleans(), st.booleans())
@example(hostile(), False, False)
@example(hostile(), True, True)
def test_a_card_is_what_its_template_says(post: Post, is_guest: bool, whole: bool) -> None:
    viewer: Any = AnonymousUser() if is_guest else User(pk=6)
    values = cards._card_values(post, viewer, Clock()) | dict.fromkeys(("why", "passed_on", "unfold"), SafeString("w"))
    look = cards._look(post, viewer, whole)
    context = {
        "post": post,
        "author": post.author,
        "is_guest": is_guest,
        "html": post.body_html,
        "link": LinkCard(**post.link) if post.link else None,
        "is_short": look.is_short,
        "is_long": look.is_long,
    }
    assert shapes.card(look, "en").fill(values) == by_template("posts/_card.html", context, values)


@given(posts())
@example(hostile())
def test_a_quote_is_what_its_template_says(post: Post) -> None:
    viewer: Any = User(pk=6)
    values = cards._quote_values(post, viewer, Clock())
    context = {"post": post, "author": post.author, "html": post.body_html}
    assert cards.quote_of(post, viewer) == by_template("posts/_quote.html", context, values)


@given(NAMES, WORDS, TEXTS, st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.sampled_from([5, 6, None]))
@example("eve.x", HOSTILE, HOSTILE, True, True, True, True, 6)
def test_a_comment_is_what_its_template_says(
    username: str,
    name: str,
    body: str,
    verified: bool,
    may_reply: bool,
    is_host: bool,
    is_folded: bool,
    who: int | None,
) -> None:
    comment = Comment(pk=78, post_id=79, created_at=NOON, author=author(username, name, is_verified=verified))
    comment.body_html, comment.folded_at = rendering.render(body), NOON if is_folded else None
    comment.reaction, comment.answered = None, name
    viewer: Any = User(pk=who) if who else AnonymousUser()
    reading = comment_cards.Reading(viewer=viewer, csrf=HOSTILE, may_reply=may_reply, is_host=is_host)
    values = comment_cards._values(comment, 2, reading)
    look = comment_cards._look(comment, reading)
    context = {"comment": comment, "author": comment.author, "html": comment.body_html, "limit": COMMENT_LIMIT}
    context |= {"role": look.role, "may_reply": may_reply, "is_host": is_host}
    assert shapes.comment(look, "en").fill(values) == by_template("posts/_comment.html", context, values)


def every_shape() -> list[Shape]:
    links = [None, *(shapes.LinkLook(*one) for one in itertools.product(FLAGS, repeat=2))]
    looks = [
        shapes.CardLook(is_guest, is_short, is_long, is_edited, is_warned, link)
        for is_guest, is_short, is_long, is_edited, is_warned in itertools.product(FLAGS, repeat=5)
        for link in links
    ]
    said = [
        shapes.CommentLook(role, *flags)
        for role in ("guest", "member", "own")
        for flags in itertools.product(FLAGS, repeat=3)
    ]
    quotes = [shapes.quote(*flags, "en") for flags in itertools.product(FLAGS, repeat=2)]
    return [*(shapes.card(look, "en") for look in looks), *quotes, *(shapes.comment(look, "en") for look in said)]


def test_no_stand_in_is_left_in_a_shape() -> None:
    for shape in every_shape():
        text = "".join(shape._pieces[::2])
        for stand_in in (str(shapes.ID), str(shapes.POST_ID), shapes.USERNAME, str(shapes.MOMENT.year)):
            assert stand_in not in text


def test_a_stand_in_that_is_not_shown_as_it_is_given_is_an_error() -> None:
    """Such as a date that a template begins to write in another way: it would be the same on every card."""
    with pytest.raises(LookupError, match="which stands for stamp"):
        Shape("<time>1 January 9999</time>", stamp="9999-01-01T00:00:00Z")


def test_marks_in_values_open_no_slot() -> None:
    shape = Shape(f"<p>{slot('said')}</p><i>{slot('who')}</i>")
    assert shape.fill({"said": escape(slot("who")), "who": escape("bob")}) == f"<p>{slot('who')}</p><i>bob</i>"
    with pytest.raises(KeyError):
        shape.fill({"said": escape("x")})
