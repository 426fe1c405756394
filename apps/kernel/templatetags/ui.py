"""Small words and pictures of the interface. A builtin library: templates need no `load`.

Rows of long lists are rendered by kernel.fragments; these tags are for everything else.
"""

import datetime as dt
from functools import lru_cache
from typing import Any, Protocol

from django import template
from django.forms import BoundField, CheckboxInput
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from apps.kernel import http, icons

register = template.Library()

register.simple_tag(icons.icon, name="icon")


class Drawn(Protocol):
    """Whoever has a name: a person, a university."""

    @property
    def initials(self) -> str: ...
    @property
    def hue(self) -> int: ...
    @property
    def land(self) -> int: ...


@register.simple_tag
def avatar(of: Drawn, size: str = "", place: bool = False, link: bool = False) -> SafeString:
    """Initials on a small landscape. Always beside the written name, so it is hidden from screen readers."""
    classes = f"avatar hue-{of.hue} land-{of.land}{' is-' + size if size else ''}{' is-place' if place else ''}"
    initials = of.initials[:1] if size == "tiny" else of.initials
    if not link:
        return format_html('<span class="{}" aria-hidden="true">{}</span>', classes, initials)
    address = of.get_absolute_url()  # type: ignore[attr-defined]
    return format_html('<a class="{}" href="{}" tabindex="-1" aria-hidden="true">{}</a>', classes, address, initials)


@register.simple_tag
def absolute(path: str) -> str:
    """The whole address of a path of ours, for what is read elsewhere."""
    return http.absolute(path)


@register.filter
def ago(moment: dt.datetime) -> str:
    """The short form of a time: "now", "4 min", "1 h", "Yesterday", "Tue", "17 Nov", "17 Nov 2024"."""
    now, local = timezone.localtime(), timezone.localtime(moment)
    seconds = (now - local).total_seconds()
    days = (now.date() - local.date()).days
    if seconds < 60:
        return pgettext("a moment ago", "now")
    if seconds < 3600:
        return _("%(count)s min") % {"count": int(seconds // 60)}
    if days == 0 or seconds < 6 * 3600:
        return _("%(count)s h") % {"count": int(seconds // 3600)}
    if days == 1:
        return _("Yesterday")
    if days < 7:
        return _dated(local, pgettext("a day of this week, as a Django date format", "D"))
    if local.year == now.year:
        return _dated(local, pgettext("a day of this year, as a Django date format", "j M"))
    return _dated(local, pgettext("a day, as a Django date format", "j M Y"))


def _dated(local: dt.datetime, pattern: str) -> str:
    """A day or a minute of somebody's clock in their language: the same few are written on every page."""
    return _written(local.replace(tzinfo=None, second=0, microsecond=0), pattern, get_language())


@lru_cache(maxsize=8192)
def _written(minute: dt.datetime, pattern: str, language: str | None) -> str:
    """`minute` has no zone: two moments with one are equal when they are the same instant, whatever the clock says."""
    return date_format(minute, pattern)


@register.filter
def duration(seconds: int) -> str:
    """A wait in words, rounded up: "1 minute", "2 hours"."""
    minutes = -(-seconds // 60)
    if minutes < 90:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    hours = -(-minutes // 60)
    return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}


@register.filter
def exact(moment: dt.datetime) -> str:
    """The whole time: "Thu 20 Nov 2026, 10:38"."""
    return _dated(timezone.localtime(moment), pgettext("a moment, as a Django date format", "D j M Y, H:i"))


@register.simple_tag
def when(moment: dt.datetime, url: str = "") -> SafeString:
    """The time in the margin: short to see, exact on hover and for screen readers, a link where there is one."""
    inside = format_html(
        '<time datetime="{}" data-ago>{}</time><span class="vh">, {}</span>',
        moment.isoformat(timespec="seconds"),
        ago(moment),
        exact(moment),
    )
    if not url:
        return format_html('<span class="when" data-exact="{}">{}</span>', exact(moment), inside)
    return format_html('<a class="when" href="{}" data-exact="{}">{}</a>', url, exact(moment), inside)


BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac", "Mac"))


@register.filter
def device(user_agent: str) -> str:
    """What a browser says of itself, in words a person knows: "Firefox on Windows"."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), _("A browser"))
    system = next((name for sign, name in (*SYSTEMS, ("Linux", "Linux")) if sign in user_agent), _("another system"))
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}


@register.simple_tag
def widget(field: BoundField, **attrs: Any) -> SafeString:
    """The input of a form field in our look."""
    if not isinstance(field.field.widget, CheckboxInput) and not field.use_fieldset:
        attrs["class"] = f"input {attrs.get('class', '')}".strip()
    if str(field.field.widget.attrs.get("placeholder", "")).startswith(str(field.label)):
        attrs.setdefault("placeholder", "")  # a name that is said twice helps nobody
    return field.as_widget(attrs=attrs)


@register.simple_tag
def words() -> SafeString:
    """What our scripts say, as data (the policy allows no script inside a page)."""
    return json_script(
        {
            "now": pgettext("a moment ago", "now"),
            "minutes": _("%(count)s min"),
            "hours": _("%(count)s h"),
            "undo": _("Undo"),
            "retry": _("Try again"),
            "close": _("Close"),
            "copied": _("Copied."),
            "failed": _("That did not reach us. Nothing was lost; try again."),
            "like_failed": _("Your like did not reach us, we took it back."),
            "offline": _("You are offline. What you write stays here until you are back."),
            "draft_kept": _("Your draft from before is back."),
            "left": _("%(count)s characters left"),
            "over": _("%(count)s characters too many"),
            "new_one": _("1 new post"),
            "new_many": _("%(count)s new posts"),
            "people_found": _("%(count)s people found, use the arrow keys"),
            "people": _("People"),
            "chip_remove": _("Remove %(word)s"),
            "chip_removed": _("%(word)s is removed"),
            "icons": static("img/icons.svg"),
        },
        element_id="words",
    )
