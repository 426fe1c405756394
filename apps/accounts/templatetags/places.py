"""`{% settings_groups as groups %}`: the places of settings with their addresses, and where the page stands."""

from dataclasses import dataclass

from django import template
from django.template.context import RequestContext
from django.urls import reverse
from django.utils.functional import Promise

from apps.accounts.places import GROUPS, Place

register = template.Library()


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    title: Promise
    text: Promise
    is_here: bool


@dataclass(frozen=True, slots=True)
class Links:
    title: Promise
    places: list[Link]
    is_beside: bool


@register.simple_tag(takes_context=True)
def settings_groups(context: RequestContext) -> list[Links]:
    match = context["request"].resolver_match
    here = match.view_name if match else ""
    return [Links(group.title, [_link(place, here) for place in group.places], group.is_beside) for group in GROUPS]


def _link(place: Place, here: str) -> Link:
    return Link(reverse(place.name, args=place.args), place.title, place.text, here in (place.name, *place.also))
