"""Which of many people a post is for, asked by whoever tells them of it. Shown to nobody."""

from collections.abc import Iterable

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Q

from apps.kernel import text
from apps.posts import rendering
from apps.posts.models import MutedThread, Post

# A word of theirs stands somewhere in the text: more than QUIET finds, which looks for whole words.
_MAY_BE_QUIET = """
    SELECT DISTINCT person_id FROM posts_mutedword
    WHERE person_id = ANY (%s::bigint[]) AND (until IS NULL OR until > now()) AND position(word IN %s) > 0"""


def readers_among(post: Post, people: Iterable[int]) -> set[int]:
    """Those of the people who may see the post, loaded with its author; of a repost, the post itself. One query."""
    found = get_user_model().objects.filter(rendering.readers(post), Q(pk__in=list(people)), is_active=True)
    return set(found.values_list("pk", flat=True))


def spared(post: Post, people: Iterable[int]) -> set[int]:
    """Those of the people who muted the thread, or a word that may stand in the post or what it passes on.

    Three queries.
    """
    wanted = list(people)
    shown = [post.pk, *([post.repost_of_id] if post.repost_of_id else [])]
    muters = MutedThread.objects.filter(person__in=wanted, post__in=shown)
    quiet = set(muters.values_list("person_id", flat=True))
    said = Post.objects.filter(pk__in=[*shown, *([post.quoted_id] if post.quoted_id else [])])
    words = text.fold("\n".join(part for texts in said.values_list("body", "warning") for part in texts))
    with connection.cursor() as cursor:
        cursor.execute(_MAY_BE_QUIET, [wanted, words])
        return quiet | {person_id for (person_id,) in cursor.fetchall()}
