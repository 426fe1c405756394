"""Every write of posts, comments and likes. Each announces what happened; nothing here knows who listens."""

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.graph import services as graph
from apps.kernel import ids, limits, text
from apps.kernel.errors import Invalid, NotFound
from apps.kernel.outbox import DomainEvent, publish
from apps.posts import events, policies, rendering
from apps.posts.models import (
    BODY_LIMIT,
    COMMENT_LIMIT,
    DEEPEST,
    STEP,
    Comment,
    CommentLike,
    Hashtag,
    Like,
    Mention,
    Post,
    PostTag,
)
from apps.safety import policies as safety

if TYPE_CHECKING:
    from apps.accounts.models import User

UNDO = timedelta(hours=1)  # how long what was deleted can be brought back
KEPT = timedelta(days=30)  # how long the row of what was deleted stays
TAGS = 20  # hashtags of one post that are filed; more are only links


@transaction.atomic
def create_post(*, actor: "User", body: str, audience: int, key: uuid.UUID, circle_id: int | None = None) -> Post:
    """A new post, or the one this form (`key`) has already made, unchanged, however often it is sent.

    Invalid (with fields) when the text is empty or longer than BODY_LIMIT, or the audience is not one of the actor's;
    a circle is named by `circle_id`.
    """
    safety.require_may_write(actor)
    sent = Post.objects.filter(author=actor, key=key).first()
    if sent is not None:
        return sent
    body = _checked(body, BODY_LIMIT)
    if fault := policies.fault_of_audience(actor, audience, circle_id):
        raise Invalid(fields={"audience": fault})
    if circle_id is not None and not graph.hold_circle(actor=actor, circle_id=circle_id):
        raise Invalid(fields={"audience": _("This circle is gone.")})
    limits.check("post.create", person_id=actor.pk, address=None)
    draft = Post(
        author=actor,
        university_id=actor.university_id,
        audience=audience,
        circle_id=circle_id,
        body=body,
        key=key,
    )
    named = rendering.people_named(body, actor=actor)
    draft.body_html = rendering.render(body, named)
    Post.objects.bulk_create([draft], ignore_conflicts=True)  # waits for the same form being sent right now
    post = Post.objects.get(author=actor, key=key)
    if post.pk == draft.pk:
        _file_under_tags(post)
        publish(events.PostCreated(post_id=post.pk, author_id=actor.pk), actor_id=actor.pk)
        _tell_named(named, post=post, comment=None, actor=actor)
    return post


@transaction.atomic
def delete_post(*, actor: "User", post: Post) -> None:
    """Takes the post out of sight; its author can bring it back for UNDO. May run twice. Forbidden to others."""
    policies.require_author(actor, post)
    limits.check("post.delete", person_id=actor.pk, address=None)
    if Post.objects.filter(pk=post.pk, deleted_at=None).update(deleted_at=Now()):
        publish(events.PostDeleted(post_id=post.pk, author_id=post.author_id), actor_id=actor.pk)


@transaction.atomic
def restore_post(*, actor: "User", post: Post) -> None:
    """Undo of delete_post within UNDO. May run twice. Forbidden to others, NotFound when it is too late."""
    policies.require_author(actor, post)
    safety.require_may_write(actor)
    if Post.objects.filter(pk=post.pk, deleted_at__gt=timezone.now() - UNDO).update(deleted_at=None):
        publish(events.PostRestored(post_id=post.pk, author_id=post.author_id), actor_id=actor.pk)
    elif Post.objects.filter(pk=post.pk, deleted_at__isnull=False).exists():
        raise NotFound(_("This was deleted too long ago to bring it back."))


@transaction.atomic
def add_comment(*, actor: "User", post: Post, body: str, parent: Comment | None, key: uuid.UUID) -> Comment:
    """A new comment, or the one this form (`key`) has already made. The caller has made sure that both are visible.

    Invalid (with fields) when the text is empty or longer than COMMENT_LIMIT; NotFound when the post is deleted now.
    """
    safety.require_may_write(actor)
    sent = Comment.objects.filter(author=actor, key=key).first()
    if sent is not None:
        return sent
    if parent is not None and parent.post_id != post.pk:
        raise NotFound(_("The comment you answer is gone."))
    body = _checked(body, COMMENT_LIMIT)
    limits.check("comment.create", person_id=actor.pk, address=None)
    named = rendering.people_named(body, actor=actor)
    draft = _placed(
        Comment(post=post, author=actor, parent=parent, body=body, body_html=rendering.render(body, named), key=key)
    )
    Comment.objects.bulk_create([draft], ignore_conflicts=True)
    comment = Comment.objects.get(author=actor, key=key)
    if comment.pk == draft.pk:
        _count_comment(comment, 1)
        publish(_about(events.CommentCreated, comment), actor_id=actor.pk)
        _tell_named(named, post=post, comment=comment, actor=actor)
    return comment


@transaction.atomic
def delete_comment(*, actor: "User", comment: Comment) -> None:
    """Takes the comment out of sight; answers to it stay. Its author can bring it back for UNDO. May run twice."""
    policies.require_author(actor, comment)
    limits.check("post.delete", person_id=actor.pk, address=None)
    if Comment.objects.filter(pk=comment.pk, deleted_at=None).update(deleted_at=Now()):
        _count_comment(comment, -1)
        publish(_about(events.CommentDeleted, comment), actor_id=actor.pk)


@transaction.atomic
def restore_comment(*, actor: "User", comment: Comment) -> None:
    """Undo of delete_comment within UNDO. May run twice. Forbidden to others, NotFound when it is too late."""
    policies.require_author(actor, comment)
    safety.require_may_write(actor)
    if Comment.objects.filter(pk=comment.pk, deleted_at__gt=timezone.now() - UNDO).update(deleted_at=None):
        _count_comment(comment, 1)
        publish(_about(events.CommentRestored, comment), actor_id=actor.pk)
    elif Comment.objects.filter(pk=comment.pk, deleted_at__isnull=False).exists():
        raise NotFound(_("This was deleted too long ago to bring it back."))


@transaction.atomic
def set_like(*, actor: "User", post: Post, liked: bool) -> int:
    """Makes the wish true, whatever it was before, and returns the number of likes as it is now."""
    safety.require_may_write(actor)
    limits.check("post.like", person_id=actor.pk, address=None)
    if _set_edge(Like.objects.filter(person=actor, post=post), {"person": actor, "post": post}, liked):
        Post.objects.filter(pk=post.pk).update(like_count=F("like_count") + (1 if liked else -1))
        _announce_reaction(liked, post_id=post.pk, comment_id=None, actor=actor)
    return Post.objects.values_list("like_count", flat=True).get(pk=post.pk)


@transaction.atomic
def set_comment_like(*, actor: "User", comment: Comment, liked: bool) -> int:
    """Makes the wish true, whatever it was before, and returns the number of likes as it is now."""
    safety.require_may_write(actor)
    limits.check("post.like", person_id=actor.pk, address=None)
    edges = CommentLike.objects.filter(person=actor, comment=comment)
    if _set_edge(edges, {"person": actor, "comment": comment}, liked):
        Comment.objects.filter(pk=comment.pk).update(like_count=F("like_count") + (1 if liked else -1))
        _announce_reaction(liked, post_id=comment.post_id, comment_id=comment.pk, actor=actor)
    return Comment.objects.values_list("like_count", flat=True).get(pk=comment.pk)


def purge_deleted() -> int:
    """Forgets what was deleted KEPT ago: posts whole, comments their text, because answers stand under them."""
    before = timezone.now() - KEPT
    posts, _by_model = Post.objects.filter(deleted_at__lt=before).delete()
    return posts + Comment.objects.filter(deleted_at__lt=before).exclude(body="").update(body="", body_html="")


def _checked(body: str, limit: int) -> str:
    if fault := policies.fault_of_text(body, limit):
        raise Invalid(fields={"body": fault})
    return text.clean(body)


def _placed(comment: Comment) -> Comment:
    """Depth and path under the parent. Below DEEPEST an answer stands beside what it answers."""
    comment.pk = ids.snowflake()
    own, parent = f"{comment.pk:0{STEP}x}", comment.parent
    if parent is None:
        comment.depth, comment.path = 0, own
    elif parent.depth < DEEPEST:
        comment.depth, comment.path = parent.depth + 1, parent.path + own
    else:
        comment.depth, comment.path = DEEPEST, parent.path[:-STEP] + own
    return comment


def _count_comment(comment: Comment, by: int) -> None:
    """NotFound, and with it nothing done, when the post was deleted meanwhile and the comment would be a new one."""
    posts = Post.objects.filter(pk=comment.post_id)
    if not posts.filter(deleted_at=None).update(comment_count=F("comment_count") + by):
        if by > 0:
            raise NotFound(_("This post is gone."))
        posts.update(comment_count=F("comment_count") + by)


def _set_edge(
    edges: "models.QuerySet[Like] | models.QuerySet[CommentLike]", values: dict[str, object], wanted: bool
) -> bool:
    """Whether anything changed: of fifty at once exactly one counts."""
    if wanted:
        _edge, created = edges.get_or_create(defaults=values, **values)
        return created
    deleted, _by_model = edges.delete()
    return bool(deleted)


def _file_under_tags(post: Post) -> None:
    names = text.find_hashtags(post.body)[:TAGS]
    if not names:
        return
    # In one order everywhere, so that two posts with the same new tags never wait for one another in a circle.
    Hashtag.objects.bulk_create([Hashtag(name=name) for name in sorted(names)], ignore_conflicts=True)
    tags = Hashtag.objects.filter(name__in=names)
    PostTag.objects.bulk_create([PostTag(post=post, tag=tag, created_at=post.created_at) for tag in tags])


def _tell_named(named: list["User"], *, post: Post, comment: Comment | None, actor: "User") -> None:
    """Only who may read it there; the others are linked all the same (rendering.people_named)."""
    where: dict[str, Post | Comment] = {"comment": comment} if comment else {"post": post}
    told = rendering.people_told(named, post=post)
    Mention.objects.bulk_create([Mention(person=person, **where) for person in told])
    for person in told:
        event = events.Mentioned(
            post_id=post.pk, comment_id=comment.pk if comment else None, author_id=actor.pk, person_id=person.pk
        )
        publish(event, actor_id=actor.pk)


def _announce_reaction(liked: bool, *, post_id: int, comment_id: int | None, actor: "User") -> None:
    kind = events.ReactionAdded if liked else events.ReactionRemoved
    publish(kind(post_id=post_id, comment_id=comment_id, person_id=actor.pk), actor_id=actor.pk)


def _about(
    kind: type[events.CommentCreated] | type[events.CommentDeleted] | type[events.CommentRestored], comment: Comment
) -> DomainEvent:
    return kind(comment_id=comment.pk, post_id=comment.post_id, author_id=comment.author_id)
