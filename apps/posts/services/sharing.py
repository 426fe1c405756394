"""Writes of passing on: repost, quote, detach. What is passed on is counted on the post itself."""

import uuid
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.graph import services as graph
from apps.kernel import limits
from apps.kernel.errors import Invalid
from apps.kernel.outbox import publish
from apps.posts import events, policies
from apps.posts.models import Post
from apps.safety import policies as safety

if TYPE_CHECKING:
    from apps.accounts.models import User


@transaction.atomic
def repost(*, actor: "User", post: Post, audience: int, circle_id: int | None = None) -> Post:
    """The actor's one live repost of the post: a new one, or the one there is, whoever it is addressed to.

    Invalid for an audience that is not the actor's or wider than the post's own, Forbidden for a post that was
    written for some people only. The caller has made sure that the post is visible and no repost itself.
    """
    safety.require_may_write(actor)
    policies.require_may_pass_on(actor, post, audience)
    if fault := policies.fault_of_audience(actor, audience, circle_id):
        raise Invalid(fields={"audience": fault})
    _alone(actor.pk, post.pk)
    if there := _live(actor, post):
        return there
    limits.check("post.share", person_id=actor.pk, address=None)
    if circle_id is not None and not graph.hold_circle(actor=actor, circle_id=circle_id):
        raise Invalid(fields={"audience": _("This circle is gone.")})
    made = Post.objects.create(
        author=actor,
        university_id=actor.university_id,
        audience=audience,
        circle_id=circle_id,
        repost_of=post,
        key=uuid.uuid4(),
    )
    count_share(post.pk, 1)
    publish(events.PostCreated(post_id=made.pk, author_id=actor.pk), actor_id=actor.pk)
    share = events.PostShared(post_id=post.pk, share_id=made.pk, person_id=actor.pk, is_quote=False)
    publish(share, actor_id=actor.pk)
    return made


@transaction.atomic
def unrepost(*, actor: "User", post: Post) -> Post | None:
    """Takes the actor's repost back, and returns it (`restore_post` undoes this); None when there is none."""
    there = _live(actor, post)
    if there is None or not Post.objects.filter(pk=there.pk, deleted_at=None).update(deleted_at=Now()):
        return None
    count_again(there, -1)
    publish(events.PostDeleted(post_id=there.pk, author_id=actor.pk), actor_id=actor.pk)
    return there


@transaction.atomic
def detach_quote(*, actor: "User", quote: Post) -> None:
    """Takes the actor's post out of somebody's quote of it, whose text stays. May run twice. Forbidden to others."""
    policies.require_quoted(actor, quote)
    limits.check("post.share", person_id=actor.pk, address=None)
    if _attached(quote).filter(detached_at=None).update(detached_at=Now(), version=F("version") + 1):
        _recount_quote(quote, -1)
        event = events.QuoteDetached(post_id=quote.quoted_id or 0, quote_id=quote.pk, author_id=actor.pk)
        publish(event, actor_id=actor.pk)


@transaction.atomic
def reattach_quote(*, actor: "User", quote: Post) -> None:
    """Undo of detach_quote. May run twice. Forbidden to others."""
    policies.require_quoted(actor, quote)
    if _attached(quote).exclude(detached_at=None).update(detached_at=None, version=F("version") + 1):
        _recount_quote(quote, 1)
        update = events.PostUpdated(post_id=quote.pk, author_id=quote.author_id, is_text=False, is_audience=False)
        publish(update, actor_id=actor.pk)


def count_share(post_id: int, by: int) -> None:
    """Moves the number of reposts and quotes of a post."""
    Post.objects.filter(pk=post_id).update(repost_count=F("repost_count") + by)


def count_again(share: Post, by: int) -> None:
    """For a repost or a quote that has just been deleted (-1) or brought back (1) in this transaction, which holds its
    row: moves the number of the post it passes on. Nothing for any other post, and for a quote that is detached.
    """
    if not (share.repost_of_id or share.quoted_id):
        return
    row = Post.objects.filter(pk=share.pk, detached_at=None).values_list("repost_of_id", "quoted_id").first()
    if row is not None and (passed_on := row[0] or row[1]):
        count_share(passed_on, by)


def is_reposted_again(post: Post) -> bool:
    """Whether its author has another live repost of the same post, so that this one cannot come back beside it; what is
    said holds until the transaction ends.
    """
    if not post.repost_of_id:
        return False
    _alone(post.author_id, post.repost_of_id)
    others = Post.objects.filter(author=post.author_id, repost_of=post.repost_of_id, deleted_at=None)
    return others.exclude(pk=post.pk).exists()


def _alone(person_id: int, post_id: int) -> None:
    """Whoever reposts a post, or brings a repost of it back, waits for the same person's other tabs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"repost:{person_id}:{post_id}"])


def _live(actor: "User", post: Post) -> Post | None:
    return Post.objects.filter(author=actor, repost_of=post, deleted_at=None).first()


def _attached(quote: Post) -> QuerySet[Post]:
    return Post.objects.filter(pk=quote.pk, quoted__isnull=False)


def _recount_quote(quote: Post, by: int) -> None:
    """The row is held since it was changed, so what it says now is what it says at the end."""
    if Post.objects.filter(pk=quote.pk, deleted_at=None).exists() and quote.quoted_id:
        count_share(quote.quoted_id, by)
