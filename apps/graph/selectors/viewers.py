"""Who looks, for statements that are put into words once for everybody who looks alike (kernel.statements)."""

from typing import TYPE_CHECKING, Any, Literal

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser

if TYPE_CHECKING:
    from apps.accounts.models import User

Kind = Literal["guest", "member", "member of none"]


def kind_of(viewer: "User | AnonymousUser") -> Kind:
    """A guest, a member of a university, a member of none: to each of them posts and people are shown by rules of
    another shape, and to two of one kind by the same, with other ids (`ids_of`).
    """
    if not viewer.is_authenticated:
        return "guest"
    return "member" if viewer.university_id else "member of none"


def ids_of(viewer: "User | AnonymousUser") -> dict[str, Any]:
    """By what the rules for two viewers of one kind differ."""
    if not viewer.is_authenticated:
        return {}
    return {"me": viewer.pk} | ({"university": viewer.university_id} if viewer.university_id else {})


def stand_in(kind: Kind, ids: dict[str, int]) -> "User | AnonymousUser":
    """Somebody of that kind, to build a statement for."""
    if kind == "guest":
        return AnonymousUser()
    return get_user_model()(pk=ids["me"], university_id=ids.get("university"))
