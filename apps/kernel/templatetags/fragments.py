"""`{% slot "name" %}`: where kernel.fragments fills in a value."""

from django import template

from apps.kernel import fragments

register = template.Library()
register.simple_tag(fragments.slot, name="slot")
