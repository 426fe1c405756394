"""`{% kept %}`: a part of the page's frame, rendered once for each key.

    {% kept "rail" section theme with me=request.user.get_absolute_url %} … {% slot "me" %} … {% endkept %}

The frame is the dearest part of a cached page: its words are translated and its addresses looked up anew each time.
What
stands inside must depend on nothing but the language and the values named in the tag, which are compared by their text.
What differs from person to person goes into slots, as in kernel.fragments: they are filled each time, and one rendering
serves everybody. It is kept in this process only, for as long as it lives; with DEBUG on nothing is kept.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from contextvars import ContextVar

from django import template
from django.conf import settings
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from apps.kernel.fragments import MARK, Parts, fill, squeezed

register = template.Library()
MOST = 2_000  # parts kept, about 3 kB each
_kept: OrderedDict[tuple[str | None, ...], Parts] = OrderedDict()
_lock = threading.Lock()
_is_inside: ContextVar[bool] = ContextVar("rendering what will be kept", default=False)


class KeptNode(template.Node):
    child_nodelists = ()  # blocks are looked for at each rendering, and none may stand in a part that is kept

    def __init__(self, inside: NodeList, values: list[FilterExpression], slots: Mapping[str, FilterExpression]) -> None:
        self.nodelist, self.values, self.slots = inside, values, slots

    def render(self, context: Context) -> SafeString:
        parts = self._parts(context)
        if len(parts) == 1:
            return SafeString(parts[0])
        return fill(parts, {name: conditional_escape(self.slots[name].resolve(context)) for name in set(parts[1::2])})

    def _parts(self, context: Context) -> Parts:
        if settings.DEBUG:
            return self.nodelist.render(context).split(MARK)
        key = (get_language(), *(str(value.resolve(context, ignore_failures=True)) for value in self.values))
        with _lock:
            if key in _kept:
                _kept.move_to_end(key)
                return _kept[key]
        if self.slots and _is_inside.get():
            raise template.TemplateSyntaxError(
                "a part with slots cannot stand in another: it would keep what fills them"
            )
        token = _is_inside.set(True)
        try:
            made = tuple(squeezed(self.nodelist.render(context)).split(MARK))
        finally:
            _is_inside.reset(token)
        with _lock:
            _kept[key] = made
            while len(_kept) > MOST:
                _kept.popitem(last=False)
        return made


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """The first value names the part; all of them together are the key. After `with`: the slots inside."""
    words, slots = token.split_contents()[1:], {}
    if "with" in words:
        at = words.index("with")
        words, named = words[:at], words[at + 1 :]
        slots = token_kwargs(named, parser)
        if named or not slots:
            raise template.TemplateSyntaxError("after `with` kept needs name=value for each slot")
    values = [parser.compile_filter(word) for word in words]
    if not values:
        raise template.TemplateSyntaxError("kept needs a name, and every value that its inside depends on")
    inside = parser.parse(["endkept"])
    parser.delete_first_token()
    return KeptNode(inside, values, slots)
