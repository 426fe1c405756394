"""Mutes of threads and words: nobody else learns of any."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from apps.kernel import cache, limits, text
from apps.kernel.errors import Invalid
from apps.posts import keeping, selectors
from apps.posts.models import MutedThread, MutedWord, Post

if TYPE_CHECKING:
    from apps.accounts.models import User


@transaction.atomic
def mute_thread(*, actor: "User", post: Post) -> None:
    """The post and what is said under it stay out of the actor's lists. May run twice; the post is visible."""
    limits.check("mute", person_id=actor.pk)
    MutedThread.objects.get_or_create(person=actor, post=post)
    _forget_lists(actor)


@transaction.atomic
def unmute_thread(*, actor: "User", post_id: int) -> None:
    """May run twice, and for a post that is gone."""
    limits.check("mute", person_id=actor.pk)
    MutedThread.objects.filter(person=actor, post=post_id).delete()
    _forget_lists(actor)


@transaction.atomic
def mute_word(*, actor: "User", word: str, lasts: timedelta | None) -> MutedWord:
    """Mutes a word or a phrase, in whatever spelling, for good or for so long; a new wish replaces the one before.

    Invalid (with fields) when there is nothing to find in it, it is too long, or keeping.MUTED_WORDS are muted.
    """
    limits.check("mute", person_id=actor.pk)
    folded = text.fold(text.clean_name(word))
    MutedWord.objects.filter(person=actor, until__lte=timezone.now()).delete()
    if fault := keeping.fault_of_muted_word(actor, folded):
        raise Invalid(fields={"word": fault})
    until = timezone.now() + lasts if lasts is not None else None
    made, _created = MutedWord.objects.update_or_create(person=actor, word=folded, defaults={"until": until})
    _forget_lists(actor)
    return made


@transaction.atomic
def unmute_word(*, actor: "User", word: MutedWord) -> None:
    keeping.require_own(actor, word.person_id)
    limits.check("mute", person_id=actor.pk)
    word.delete()
    _forget_lists(actor)


def purge_muted_words() -> int:
    """Forgets those that have run out; they count as none from that moment on anyway. Returns how many."""
    return MutedWord.objects.filter(until__lte=timezone.now()).delete()[0]


def _forget_lists(person: "User") -> None:
    cache.invalidate(selectors.quiet_tag(person.pk))
