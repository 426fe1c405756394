"""What people feel about posts and comments: one reaction a person and thing, counted where it is shown."""

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from apps.kernel import limits
from apps.kernel.errors import Invalid
from apps.kernel.outbox import publish
from apps.posts import events
from apps.posts.models import Comment, CommentReaction, Feeling, Post, Reaction
from apps.safety import policies as safety

if TYPE_CHECKING:
    from apps.accounts.models import User


@dataclass(frozen=True, slots=True)
class Felt:
    """What is felt about a post or a comment after a press, by the names under which the row has it."""

    reaction: int | None  # the actor's own
    reaction_count: int
    reactions: dict[str, int]


@transaction.atomic
def react(*, actor: "User", post: Post, feeling: int | None) -> Felt:
    """Makes this the actor's one reaction to the post, or none; returns how the numbers stand now.

    May run twice. Invalid for a feeling there is not. The caller has made sure that the post is visible.
    """
    _check(actor, feeling)
    before = _set(Reaction, {"person": actor, "post": post}, feeling)
    if before != feeling:
        _announce(before, feeling, post_id=post.pk, comment_id=None, actor=actor)
    return _count("posts_post", post.pk, before, feeling)


@transaction.atomic
def react_to_comment(*, actor: "User", comment: Comment, feeling: int | None) -> Felt:
    """`react` for a comment."""
    _check(actor, feeling)
    before = _set(CommentReaction, {"person": actor, "comment": comment}, feeling)
    if before != feeling:
        _announce(before, feeling, post_id=comment.post_id, comment_id=comment.pk, actor=actor)
    return _count("posts_comment", comment.pk, before, feeling)


def _check(actor: "User", feeling: int | None) -> None:
    safety.require_may_write(actor)
    if feeling is not None and feeling not in Feeling.values:
        raise Invalid(_("Choose one of the words."))
    limits.check("post.react", person_id=actor.pk, address=None)


def _set(model: "type[Reaction] | type[CommentReaction]", whose: dict[str, Any], feeling: int | None) -> int | None:
    """What it was before; of fifty at once each sees what the one before has left."""
    edge = None
    while edge is None:
        if feeling is not None:
            with suppress(IntegrityError):  # another tab's, taken back between the two looks of get_or_create
                _edge, created = model.objects.get_or_create(defaults={"feeling": feeling}, **whose)
                if created:
                    return None
        edge = model.objects.select_for_update(no_key=True).filter(**whose).first()
        if edge is None and feeling is None:
            return None
        # Else it was taken back in this very moment by another tab: once more.
    before = edge.feeling
    if feeling is None:
        edge.delete()
    elif feeling != before:
        edge.feeling = feeling
        edge.save(update_fields=["feeling"])
    return before


def _count(table: str, pk: int, before: int | None, after: int | None) -> Felt:
    """Moves the counters on the row itself, in one statement."""
    change = (after is not None) - (before is not None)
    moved = {str(kind): by for kind, by in ((before, -1), (after, 1)) if kind is not None and before != after}
    counts = "reactions"
    values: list[Any] = []
    for kind, by in moved.items():
        counts = f"jsonb_set({counts}, ARRAY[%s], to_jsonb(coalesce((reactions->>%s)::int, 0) + %s))"
        values = [*values, kind, kind, by]
    with connection.cursor() as cursor:
        if moved:
            cursor.execute(
                f"UPDATE {table} SET reaction_count = reaction_count + %s, reactions = {counts}"  # noqa: S608
                " WHERE id = %s RETURNING reaction_count, reactions",
                [change, *values, pk],
            )
        else:
            cursor.execute(f"SELECT reaction_count, reactions FROM {table} WHERE id = %s", [pk])  # noqa: S608
        count, said = cursor.fetchone() or (0, {})
    # This connection hands JSON over as text.
    return Felt(after, int(count), json.loads(said) if isinstance(said, str) else said)


def _announce(before: int | None, after: int | None, *, post_id: int, comment_id: int | None, actor: "User") -> None:
    """A change of words is no news: nobody is told twice that somebody felt something."""
    if before is not None and after is not None:
        return
    kind = events.ReactionRemoved if after is None else events.ReactionAdded
    publish(kind(post_id=post_id, comment_id=comment_id, person_id=actor.pk), actor_id=actor.pk)
