"""Who felt what about a post or a comment, as far as the viewer may know of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.graph import selectors as graph
from apps.kernel import cursors
from apps.kernel.errors import Invalid
from apps.posts.models import Comment, CommentReaction, Feeling, Post, Reaction

if TYPE_CHECKING:
    from apps.accounts.models import User

PAGE = 30
ICONS = {
    Feeling.LIKE: "heart",
    Feeling.THANKS: "hand-heart",
    Feeling.ME_TOO: "users",
    Feeling.WELL_DONE: "award",
    Feeling.FUNNY: "laugh",
    Feeling.SORRY: "flower-2",
}


@dataclass(frozen=True, slots=True)
class Word:
    """One of the words, how many say it, and whether the viewer does."""

    feeling: int
    label: str
    icon: str
    people: int
    is_mine: bool
    is_asked: bool  # whether only those who say it are listed


@dataclass(frozen=True, slots=True)
class Who:
    person: "User"
    label: str
    icon: str


@dataclass(frozen=True, slots=True)
class Reacted:
    words: list[Word]
    total: int
    asked: int | None  # the word that is asked for; None for all of them
    people: list[Who]
    next: str  # cursor of the page after this one, "" at the end


def reacted(viewer: "User", thing: Post | Comment, *, word: str = "", cursor: str = "") -> Reacted:
    """What is felt about a thing that the viewer may see, and by whom, newest first.

    Nobody is named of whom the viewer may not know; they are among the numbers. Two queries. Invalid for a word there
    is not.
    """
    asked = _asked(word)
    edges: QuerySet[Any] = Reaction.objects.filter(post=thing) if isinstance(thing, Post) else _of_comment(thing)
    own = edges.filter(person=viewer).values_list("feeling", flat=True).first()
    here = edges.filter(graph.may_know(viewer, "person"), person__is_active=True, person__is_confirmed=True)
    if asked is not None:
        here = here.filter(feeling=asked)
    page = cursors.keyset_page(here.select_related("person"), by=("-id",), after=cursor or None, size=PAGE)
    words = [
        Word(one.value, str(one.label), ICONS[one], thing.reactions.get(str(one.value), 0), own == one, asked == one)
        for one in Feeling
    ]
    people = [Who(edge.person, str(Feeling(edge.feeling).label), ICONS[Feeling(edge.feeling)]) for edge in page.items]
    return Reacted(words, thing.reaction_count, asked, people, page.next or "")


def _of_comment(comment: Comment) -> QuerySet[CommentReaction]:
    return CommentReaction.objects.filter(comment=comment)


def _asked(word: str) -> int | None:
    if not word:
        return None
    if word not in {str(value) for value in Feeling.values}:
        raise Invalid(_("Choose one of the words."))
    return int(word)
