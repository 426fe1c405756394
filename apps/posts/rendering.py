"""From what somebody wrote to what everybody reads: mentions, hashtags, links."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils.safestring import SafeString

from apps.graph import selectors as graph
from apps.kernel import text
from apps.posts.models import Audience, Post

if TYPE_CHECKING:
    from apps.accounts.models import User

MENTIONS = 20  # people one text may name; the rest stays plain text


def render(body: str, mentioned: Iterable["User"] = ()) -> SafeString:
    """Clean text as HTML. Only the given people are linked: a name that is no link tells nothing about anybody."""
    links = {person.username: person.get_absolute_url() for person in mentioned}
    return text.render_markup(body, mentions=links, tag_url=tag_url)


def tag_url(name: str) -> str:
    return reverse("posts:tag", args=[name])


def people_named(body: str, *, actor: "User", audience: int, university_id: int | None, author: "User") -> list["User"]:
    """Whom the text names, of those whom the actor may see and who may see a post of that audience by that author."""
    names = sorted(text.find_mentions(body))[:MENTIONS]
    if not names:
        return []
    people = graph.people_visible_to(actor).filter(username__in=names).exclude(pk=actor.pk)
    if author.pk != actor.pk:
        people = people.filter(pk__in=graph.people_visible_to(author).values("pk"))
    if audience == Audience.CAMPUS:
        people = people.filter(Q(pk=author.pk) | Q(university=university_id))
    elif audience == Audience.FOLLOWERS:
        people = people.filter(Q(pk=author.pk) | Q(following_edges__followee=author))
    return list(people)


def people_named_under(post: Post, body: str, *, actor: "User") -> list["User"]:
    """The same for a comment under `post`: only who may see the post is named."""
    return people_named(body, actor=actor, audience=post.audience, university_id=post.university_id, author=post.author)
