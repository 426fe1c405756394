"""What people have in common with somebody, as far as that person may see it.

Everything here takes people annotated with `near`, as the directory does, and answers for the newest of them.
"""

from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from apps.accounts.models import PersonCourse, PersonInterest, Profile, User
from apps.accounts.selectors.facets import STUDYING, within

LOOKED_AT = 10  # times as many candidates as are wanted, since some may not be shown


def shared_courses(people: "QuerySet[User]", viewer: User, limit: int) -> dict[int, list[str]]:
    """Codes of the courses of the viewer's latest term that these people are seen to take, too. Two queries."""
    own = PersonCourse.objects.filter(person=viewer)
    term = own.order_by("-year", "-season").values("year", "season").first()
    if term is None:
        return {}
    others = PersonCourse.objects.filter(**term, course__in=own.filter(**term).values("course")).exclude(person=viewer)
    return _by_person(others, people.filter(within("courses")), "course__code", limit)


def shared_interests(people: "QuerySet[User]", viewer: User, limit: int) -> dict[int, list[str]]:
    """Interests of the viewer that these people are seen to have, too. One query."""
    own = PersonInterest.objects.filter(person=viewer).values("interest")
    others = PersonInterest.objects.filter(interest__in=own).exclude(person=viewer)
    return _by_person(others, people.filter(within("interests")), "interest__name", limit)


def same_programme(people: "QuerySet[User]", viewer: User, limit: int) -> dict[int, list[str]]:
    """The programme of those who are seen to study what the viewer does, in the same year: the newest, LOOKED_AT times
    as many as may be found, since a large campus has tens of thousands. Two queries.
    """
    own = Profile.objects.filter(user=viewer).exclude(programme="").values_list("programme", "year").first()
    if own is None or own[1] is None:
        return {}
    alike = STUDYING.annotate(key=Lower("programme")).filter(key=own[0].lower(), year=own[1])
    newest = alike.exclude(pk=viewer.pk).order_by("-user").values("pk")[: LOOKED_AT * limit]
    seen = people.filter(Q(within("programme")), Q(within("year")), role=viewer.role, pk__in=newest)
    found = seen.order_by("-pk").values_list("pk", flat=True)[:limit]
    return {pk: [own[0]] for pk in found}


def _by_person(edges: Any, people: "QuerySet[User]", word: str, limit: int) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for person, said in (
        edges.filter(person__in=people.values("pk")).order_by("-person", word).values_list("person", word)[:limit]
    ):
        found.setdefault(person, []).append(said)
    return found
