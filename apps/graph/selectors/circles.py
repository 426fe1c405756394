"""Circles. Whatever is read here is for their owner, but `circles_with`: a member learns nothing but the posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count

from apps.graph.models import Circle, CircleMember
from apps.kernel.cache import cached
from apps.kernel.errors import NotFound

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from apps.accounts.models import User


def circles_of(viewer: User) -> list[tuple[int, str]]:
    """(id, name) of the viewer's circles, by name. No query while kept."""
    return cached("circles", viewer.pk, tags=[f"person:{viewer.pk}"], make=lambda: _named(viewer))


def circles_with_sizes(viewer: User) -> QuerySet[Circle]:
    """The viewer's circles by name, each with `size`."""
    return Circle.objects.filter(owner=viewer).annotate(size=Count("members")).order_by("name")


def circle_for(viewer: User, circle_id: int) -> Circle:
    """A circle of the viewer's own. NotFound else."""
    circle = Circle.objects.filter(owner=viewer, pk=circle_id).first()
    if circle is None:
        raise NotFound("circle")
    return circle


def has_circle_named(owner: User, name: str, *, but: Circle | None = None) -> bool:
    """Whether the owner has another circle of this name, in whatever case."""
    same = Circle.objects.filter(owner=owner, name__iexact=name)
    return same.exclude(pk=but.pk).exists() if but else same.exists()


def owns_circle(viewer: User, circle_id: int) -> bool:
    return Circle.objects.filter(owner=viewer, pk=circle_id).exists()


def member_ids(circle: Circle) -> set[int]:
    return set(circle.members.values_list("person_id", flat=True))


def circles_with(viewer: User | AnonymousUser) -> QuerySet[CircleMember]:
    """Rows by which the viewer is in others' circles; a condition for what is addressed to those."""
    return CircleMember.objects.filter(person=viewer.pk)


def _named(viewer: User) -> list[tuple[int, str]]:
    return list(Circle.objects.filter(owner=viewer).order_by("name").values_list("pk", "name"))
