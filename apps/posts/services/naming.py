"""What a text names: hashtags are filed, people are told."""

from typing import TYPE_CHECKING

from apps.kernel import text
from apps.kernel.errors import Invalid
from apps.kernel.outbox import publish
from apps.posts import events, policies, rendering
from apps.posts.models import Comment, Hashtag, Mention, Post, PostTag

if TYPE_CHECKING:
    from apps.accounts.models import User

TAGS = 20  # hashtags of one post that are filed; more are only links


def checked(body: str, limit: int) -> str:
    """The text as it is kept. Invalid, with the field, for one that is empty or too long."""
    if fault := policies.fault_of_text(body, limit):
        raise Invalid(fields={"body": fault})
    return text.clean(body)


def file_under_tags(post: Post, *, is_new: bool = False) -> None:
    """For a post that is new or whose text changed: its tags are those of its text, and no others."""
    names = text.find_hashtags(post.body)[:TAGS]
    if not is_new:
        PostTag.objects.filter(post=post).exclude(tag__name__in=names).delete()
    if not names:
        return
    # In one order everywhere, so that two posts with the same new tags never wait for one another in a circle.
    Hashtag.objects.bulk_create([Hashtag(name=name) for name in sorted(names)], ignore_conflicts=True)
    tags = Hashtag.objects.filter(name__in=names)
    rows = [PostTag(post=post, tag=tag, created_at=post.created_at) for tag in tags]
    PostTag.objects.bulk_create(rows, ignore_conflicts=True)


def tell_named(named: list["User"], *, post: Post, comment: Comment | None, actor: "User") -> None:
    """Only who may read it there; the others are linked all the same (rendering.people_named). Nobody is told twice."""
    if not named:
        return
    where: dict[str, Post | Comment] = {"comment": comment} if comment else {"post": post}
    known = set(Mention.objects.filter(**where).values_list("person", flat=True))
    told = [person for person in rendering.people_told(named, post=post) if person.pk not in known]
    Mention.objects.bulk_create([Mention(person=person, **where) for person in told])
    for person in told:
        event = events.Mentioned(
            post_id=post.pk, comment_id=comment.pk if comment else None, author_id=actor.pk, person_id=person.pk
        )
        publish(event, actor_id=actor.pk)
