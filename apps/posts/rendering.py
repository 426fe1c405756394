"""From what somebody wrote to what everybody reads: mentions, hashtags, links."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.urls import reverse
from django.utils.safestring import SafeString

from apps.accounts.selectors import Reach
from apps.graph import selectors as graph
from apps.graph.selectors import EVERYBODY
from apps.kernel import text
from apps.posts.models import Audience, Post

if TYPE_CHECKING:
    from apps.accounts.models import User

MENTIONS = 20  # people one text may name; the rest stays plain text
NOBODY = Q(pk__in=[])


def render(body: str, mentioned: Iterable["User"] = ()) -> SafeString:
    """Clean text as HTML. Only the given people are linked: a name that is no link tells nothing about anybody."""
    links = {person.username: person.get_absolute_url() for person in mentioned}
    return text.render_markup(body, mentions=links, tag_url=tag_url)


def tag_url(name: str) -> str:
    return reverse("posts:tag", args=[name])


def people_named(body: str, *, actor: "User") -> list["User"]:
    """Whom a text names and links: those whom the actor may know of, who may know of the actor and let the actor name
    them. Whether they may read the text is not asked: a link, or none, would tell who is in a circle, who follows, and
    who has a block with whom. At most one query.
    """
    names = sorted(text.find_mentions(body))[:MENTIONS]
    if not names:
        return []
    people = graph.people_visible_to(actor).filter(graph.reaching(actor, "mention"), username__in=names)
    return list(people.filter(graph.who_may_know(actor)).exclude(pk=actor.pk))


def people_told(named: list["User"], *, post: Post) -> list["User"]:
    """Those of the people named in the post, or in a comment under it, who may read it there. At most one query."""
    if not named:
        return []
    people = get_user_model().objects.filter(readers(post), pk__in=[person.pk for person in named])
    return list(people.order_by("pk"))


def readers(post: Post) -> Q:
    """policies.may_see from the other end: the people who may see this post."""
    author, addressed = post.author, EVERYBODY
    if post.audience == Audience.CAMPUS:
        addressed = Q(university=post.university_id) if post.university_id else NOBODY
    elif post.audience == Audience.FOLLOWERS:
        addressed = graph.reached_by(author, Reach.FOLLOWERS)
    elif post.audience == Audience.CIRCLE:
        addressed = Q(circles_in__circle=post.circle_id) if post.circle_id else NOBODY
    elif post.audience == Audience.ONLY_ME:
        addressed = NOBODY
    return (Q(pk=author.pk) | (addressed & graph.reached_by(author, author.posts_for))) & graph.not_blocked(author)
