"""Writes of posts. Each announces what happened; nothing here knows who listens."""

import uuid
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.types.numeric import Int8

from apps.graph import services as graph
from apps.kernel import limits, text
from apps.kernel.cache import invalidate
from apps.kernel.errors import Invalid, NotFound
from apps.kernel.insertion import insert_once
from apps.kernel.outbox import publish
from apps.posts import events, policies, rendering, selectors
from apps.posts.content import PLAIN, Extras
from apps.posts.models import BODY_LIMIT, Draft, Pin, Post
from apps.posts.selectors.drafts import drafts_tag
from apps.posts.selectors.pins import pins_tag
from apps.posts.services.links import attach_link
from apps.posts.services.naming import checked, file_under_tags, tell_named
from apps.posts.services.polls import ask
from apps.posts.services.sharing import count_again, count_share, is_reposted_again
from apps.posts.terms import UNDO
from apps.safety import policies as safety

if TYPE_CHECKING:
    from apps.accounts.models import User


_OF_FORM = """
SELECT (SELECT id FROM posts_post WHERE author_id = %(author)s AND key = %(key)s),
       EXISTS (SELECT FROM posts_draft WHERE author_id = %(author)s AND id = %(key)s)"""


@transaction.atomic
def create_post(
    *,
    actor: "User",
    body: str,
    audience: int,
    key: uuid.UUID,
    circle_id: int | None = None,
    extras: Extras = PLAIN,
) -> Post:
    """A new post, or the one this form (`key`) has already made, unchanged, however often it is sent.

    Invalid (with fields) when the text is empty (and no poll asks anything) or longer than BODY_LIMIT, when the
    audience is not one of the actor's (a circle is named by `circle_id`) or wider than that of what is quoted, and for
    a poll that is none. NotFound or Forbidden when what is quoted may not be.
    """
    safety.require_may_write(actor)
    hold(key)
    sent_id, has_draft = _of_form(actor, key)
    if sent_id:
        return Post.objects.get(pk=sent_id)
    post = check_post(actor=actor, body=body, audience=audience, circle_id=circle_id, extras=extras)
    post.key = key
    limits.check("post.create", person_id=actor.pk, address=None)
    named = rendering.people_named(post.body, actor=actor)
    post.body_html = rendering.render(post.body, named)
    if not insert_once(post):  # by who held no key
        return Post.objects.get(author=actor, key=key)
    _complete(post, extras)
    if has_draft:
        Draft.objects.filter(author=actor, pk=key).delete()
        invalidate(drafts_tag(actor.pk))
    publish(events.PostCreated(post_id=post.pk, author_id=actor.pk), actor_id=actor.pk)
    tell_named(named, post=post, comment=None, actor=actor)
    return post


def hold(key: uuid.UUID, *, wait: bool = True) -> bool:
    """Whoever holds a form's key makes its post, or keeps or deletes its draft, alone until the transaction ends."""
    lock = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(hashtextextended(%s, 0))", [f"post:{key}"])
        return wait or bool(cursor.fetchone()[0])


def _of_form(actor: "User", key: uuid.UUID) -> tuple[int | None, bool]:
    """The id of the post that the form has made already, and whether there is a draft of it. For who holds its key."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_FORM, {"author": Int8(actor.pk), "key": key})
        post_id, has_draft = cursor.fetchone()
    return post_id, has_draft


def check_post(*, actor: "User", body: str, audience: int, circle_id: int | None, extras: Extras) -> Post:
    """The post as it will be, in no table yet. Invalid, NotFound or Forbidden when something about it may not be so."""
    if extras.poll is None or body.strip() or not extras.poll.question.strip():
        body = checked(body, BODY_LIMIT)
    faults = {
        "audience": policies.fault_of_audience(actor, audience, circle_id),
        "warning": policies.fault_of_warning(extras.warning),
        "replies": policies.fault_of_choices(extras.replies, extras.quoting),
        "poll": policies.fault_of_poll(extras.poll),
    }
    if found := {field: fault for field, fault in faults.items() if fault}:
        raise Invalid(fields=found)
    quoted = selectors.post_for(actor, extras.quoted_id) if extras.quoted_id else None
    if quoted is not None:
        policies.require_may_quote(actor, quoted, audience)
    if circle_id is not None and not graph.hold_circle(actor=actor, circle_id=circle_id):
        raise Invalid(fields={"audience": _("This circle is gone.")})
    return Post(
        author=actor,
        university_id=actor.university_id,
        audience=int(audience),  # the post is handed on as it is here: what the table holds, not a member of an enum
        circle_id=circle_id,
        body=text.clean(body),
        warning=text.clean_name(extras.warning),
        replies=int(extras.replies),
        quoting=int(extras.quoting),
        quoted=quoted,
        is_quote=quoted is not None,
        has_poll=extras.poll is not None,
    )


def _complete(post: Post, extras: Extras) -> None:
    """What hangs on a post that has just been made."""
    file_under_tags(post, is_new=True)
    attach_link(post)
    if extras.poll is not None:
        ask(post, extras.poll)
    if post.quoted_id:
        count_share(post.quoted_id, 1)
        share = events.PostShared(post_id=post.quoted_id, share_id=post.pk, person_id=post.author_id, is_quote=True)
        publish(share, actor_id=post.author_id)


@transaction.atomic
def delete_post(*, actor: "User", post: Post) -> None:
    """Takes the post out of sight; its author can bring it back for UNDO. May run twice. Forbidden to others."""
    policies.require_author(actor, post)
    limits.check("post.delete", person_id=actor.pk, address=None)
    if Post.objects.filter(pk=post.pk, deleted_at=None).update(deleted_at=Now()):
        if Pin.objects.filter(post=post).delete()[0]:
            invalidate(pins_tag(actor.pk))
        count_again(post, -1)
        publish(events.PostDeleted(post_id=post.pk, author_id=post.author_id), actor_id=actor.pk)


@transaction.atomic
def restore_post(*, actor: "User", post: Post) -> None:
    """Undo of delete_post within UNDO. May run twice. Forbidden to others, NotFound when it is too late.

    A repost stays deleted when its author has reposted the same post again since.
    """
    policies.require_author(actor, post)
    safety.require_may_write(actor)
    if is_reposted_again(post):
        return
    too_late = timezone.now() - UNDO
    if Post.objects.filter(pk=post.pk, deleted_at__gt=too_late).update(deleted_at=None):
        count_again(post, 1)
        publish(events.PostRestored(post_id=post.pk, author_id=post.author_id), actor_id=actor.pk)
    elif Post.objects.filter(pk=post.pk, deleted_at__lte=too_late).exists():  # not: deleted anew in this moment
        raise NotFound(_("This was deleted too long ago to bring it back."))
