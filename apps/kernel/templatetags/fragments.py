"""`{% slot "name" %}`: where kernel.fragments fills in what belongs to one viewer."""

from django import template
from django.utils.safestring import SafeString

from apps.kernel.fragments import MARK

register = template.Library()


@register.simple_tag
def slot(name: str) -> SafeString:
    return SafeString(f"{MARK}{name}{MARK}")
