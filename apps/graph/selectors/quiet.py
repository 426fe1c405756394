"""What a person keeps to themselves about others: whom they muted, and what they noted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from apps.graph.models import Mute, PersonNote
from apps.graph.selectors.people import PAGE, may_know
from apps.kernel import cursors
from apps.kernel.statements import statement

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

    Viewer = User | AnonymousUser

HOLDS = Q(until=None) | Q(until__gt=Now())  # what has run out counts as none, at once


def is_muted(viewer: Viewer, person: User) -> bool:
    return Mute.objects.filter(HOLDS, muter=viewer.pk, muted=person).exists()


def muted_by(viewer_id: int | None, column: str = "pk") -> Exists:
    """Whether the viewer has muted the person whom `column` names."""
    return Exists(Mute.objects.filter(HOLDS, muter=viewer_id, muted=OuterRef(column)))


def not_muted(viewer: Viewer, column: str = "pk") -> Q:
    """A condition for lists that the viewer did not ask for by name: nobody whom they have muted."""
    return Q() if viewer.pk is None else ~Q(muted_by(viewer.pk, column))


def muters_of(person_id: int) -> set[int]:
    """Who has muted the person, for whoever tells people about them. Shown to nobody."""
    return set(_muters(person=person_id))


@statement
def _muters(*, person: int) -> QuerySet[Any]:
    return Mute.objects.filter(HOLDS, muted=person).values_list("muter_id", flat=True)


def muted_page(viewer: User, after: str = "") -> cursors.Page[Mute]:
    """Whom the viewer has muted, newest first, each with `muted` and their university. One query."""
    here = {"muted__is_active": True, "muted__is_confirmed": True}
    made = Mute.objects.filter(HOLDS, may_know(viewer, "muted"), muter=viewer, **here)
    rows = made.select_related("muted__university")
    return cursors.keyset_page(rows, by=("-created_at", "-id"), after=after or None, size=PAGE)


def mutes_tag(person_id: int) -> str:
    """The cache tag of whatever was put in order without the people this person has muted."""
    return f"mutes:{person_id}"


def note_about(viewer: Viewer, person: User) -> str:
    """What the viewer noted about the person; empty when nothing."""
    notes = PersonNote.objects.filter(author=viewer.pk, person=person)
    return notes.values_list("text", flat=True).first() or ""
