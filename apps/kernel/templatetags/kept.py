"""`{% kept "rail" section request.user.pk … %}…{% endkept %}`: a part of the page's frame, rendered once for each key.

The frame is the dearest part of a cached page: its words are translated and its addresses looked up anew each time.
What stands inside must depend on nothing but the language and the values named in the tag, which are compared by their
text. It is kept in this process only, for as long as it lives; with DEBUG on nothing is kept.
"""

import threading
from collections import OrderedDict

from django import template
from django.conf import settings
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()
MOST = 2_000  # parts kept, about 3 kB each
_kept: OrderedDict[tuple[str | None, ...], SafeString] = OrderedDict()
_lock = threading.Lock()


class KeptNode(template.Node):
    def __init__(self, inside: NodeList, values: list[FilterExpression]) -> None:
        self.nodelist, self.values = inside, values

    def render(self, context: Context) -> SafeString:
        if settings.DEBUG:
            return self.nodelist.render(context)
        key = (get_language(), *(str(value.resolve(context, ignore_failures=True)) for value in self.values))
        with _lock:
            if key in _kept:
                _kept.move_to_end(key)
                return _kept[key]
        made = self.nodelist.render(context)
        with _lock:
            _kept[key] = made
            while len(_kept) > MOST:
                _kept.popitem(last=False)
        return made


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """The first value names the part; all of them together are the key."""
    values = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    if not values:
        raise template.TemplateSyntaxError("kept needs a name, and every value that its inside depends on")
    inside = parser.parse(["endkept"])
    parser.delete_first_token()
    return KeptNode(inside, values)
