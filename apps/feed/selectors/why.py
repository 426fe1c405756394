"""Why a post is shown (FE4): a line on cards where it is not plain, and the whole of it on request."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.feed import arms, reading
from apps.feed.models import FeedItem
from apps.feed.reading import Item
from apps.posts import selectors as posts

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.posts.models import Post

Reason = FeedItem.Reason

# What hangs on posts that are shown for a hashtag, or because several people passed them on.
_FACTS = arms.planned_once(f"""
SELECT p.repost_of_id, w.name, NULL FROM posts_post p
{arms.ORIGINAL}
JOIN graph_follow f ON f.followee_id = p.author_id AND f.follower_id = %(me)s
JOIN accounts_user w ON w.id = p.author_id AND w.is_active
WHERE p.repost_of_id = ANY (ARRAY(SELECT unnest(%(roots)s::bigint[]))) AND {arms.SHOWN}
UNION ALL
SELECT t.post_id, NULL, h.name FROM posts_posttag t JOIN posts_hashtag h ON h.id = t.tag_id
WHERE t.post_id = ANY (ARRAY(SELECT unnest(%(tagged)s::bigint[]))) AND t.tag_id = ANY ({arms.TAGS})""")


@dataclass(frozen=True, slots=True)
class Asked:
    """The roots of posts of which facts are asked."""

    roots: tuple[int, ...] = ()
    tagged: tuple[int, ...] = ()


@dataclass(slots=True)
class Facts:
    """Of one post: who of the people the viewer follows passed it on, and which followed hashtags it carries."""

    passed_on_by: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)


def asked_of(items: Iterable[Item], rows: Mapping[int, "Post"]) -> Asked:
    """What there may be more to say of. `rows` are those of the items, as they are read live."""
    items = list(items)
    return Asked(
        roots=tuple(item.root for item in items if item.reason == Reason.REPOST and _is_passed_on_twice(item, rows)),
        tagged=tuple(item.root for item in items if item.reason == Reason.TAG),
    )


def facts_of(viewer: "User", asked: Asked) -> dict[int, Facts]:
    """By root. One query, none where nobody but who is named already passed anything on, and nothing stands there for a
    hashtag.
    """
    found: dict[int, Facts] = {}
    if not asked.roots and not asked.tagged:
        return found
    for root, person, tag in reading.fetch(_FACTS, viewer, roots=list(asked.roots), tagged=list(asked.tagged)):
        facts = found.setdefault(root, Facts())
        if person is not None:
            facts.passed_on_by.append(person)
        else:
            facts.tags.append(tag)
    return found


def _is_passed_on_twice(item: Item, rows: Mapping[int, "Post"]) -> bool:
    post = rows.get(item.post_id)
    return bool(post and post.passed_on and post.passed_on.repost_count > 1)


def lines(facts: Mapping[int, Facts], items: Sequence[Item], missed: Sequence[Item]) -> dict[int, SafeString]:
    """By id, the line above the acts of a card: only where who wrote it, or passed it on, does not say it already."""
    found = {item.post_id: _line(item, facts.get(item.root, Facts())) for item in items}
    found |= {item.post_id: _because(_("it came while you were away")) for item in missed}
    return {post_id: line for post_id, line in found.items() if line}


def sentence(post: "Post", item: Item, facts: Facts) -> str:
    """The same for every post, as a sentence."""
    names = {"name": post.author.name}
    match item.reason:
        case Reason.OWN:
            return _("You wrote this.")
        case Reason.MUTUAL:
            return _("You and %(name)s follow one another.") % names
        case Reason.REPOST:
            return _("%(name)s, whom you follow, passed it on.") % names
        case Reason.TAG if facts.tags:
            return _("You follow #%(tag)s.") % {"tag": facts.tags[0]}
        case Reason.TAG:
            return _("You follow a hashtag of it.")
        case Reason.BOOST:
            return posts.boost_reason(item.root) or _("It is shown to more people for a while.")
    return _("You follow %(name)s.") % names


def _line(item: Item, facts: Facts) -> SafeString | None:
    if item.reason == Reason.TAG and facts.tags:
        return _because(format_html(_("you follow {tag}"), tag=_tag(facts.tags[0])))
    if item.reason == Reason.BOOST:
        return _because(posts.boost_reason(item.root) or _("it is shown to more people for a while"))
    if item.reason == Reason.REPOST and len(facts.passed_on_by) > 1:
        return _because(_passed_on(facts.passed_on_by))
    return None


def _passed_on(names: Sequence[str]) -> SafeString:
    first, second, *others = names
    if not others:
        return format_html(_("<bdi>{}</bdi> and <bdi>{}</bdi> passed it on"), first, second)
    one = "<bdi>{first}</bdi>, <bdi>{second}</bdi> and one more passed it on"
    many = "<bdi>{first}</bdi>, <bdi>{second}</bdi> and {count} more passed it on"
    count = len(others)
    return format_html(ngettext(one, many, count), first=first, second=second, count=count)


def _tag(name: str) -> SafeString:
    return format_html("<bdi>#{}</bdi>", name)


def _because(what: str) -> SafeString:
    """A phrase with its small word, as one string, so that a translator can move the word."""
    return format_html(
        '<p class="why"><span>{}</span></p>',
        format_html(_('<span class="word">because</span> {reason}'), reason=what),
    )
