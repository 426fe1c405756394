"""Small words and pictures of the interface. A builtin library: templates need no `load`.

Rows of long lists are rendered by kernel.fragments; these tags are for everything else.
"""

import datetime as dt
from functools import cache, lru_cache
from typing import Any, NamedTuple, Protocol

from django import template
from django.forms import BoundField, CheckboxInput
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from apps.kernel import http, icons, text

register = template.Library()
TIME = "H:i"  # in the format of a moment; no other sign of a time may stand there

register.simple_tag(icons.icon, name="icon")
register.simple_tag(icons.here, name="icons_here")


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
    return Clock().ago(moment)


class Clock:
    """What the clock of whoever looks says just now, and in which words: for a list, which asks it for every row."""

    def __init__(self) -> None:
        self.now, self.language = timezone.localtime(), get_language()
        self.words = _words_of_time(self.language)

    def ago(self, moment: dt.datetime) -> SafeString:
        seconds = (self.now - moment).total_seconds()
        if seconds < 60:
            return self.words.now
        if seconds < 3600:
            return SafeString(self.words.minutes % {"count": int(seconds // 60)})
        local = moment.astimezone(self.now.tzinfo)
        days = (self.now.date() - local.date()).days
        if days == 0 or seconds < 6 * 3600:
            return SafeString(self.words.hours % {"count": int(seconds // 3600)})
        if days == 1:
            return self.words.yesterday
        if days < 7:
            return self._dated(local, self.words.weekday)
        return self._dated(local, self.words.day if local.year == self.now.year else self.words.day_and_year)

    def exact(self, moment: dt.datetime) -> SafeString:
        local = moment.astimezone(self.now.tzinfo)
        day = self._dated(local, self.words.moment)
        return SafeString(day.replace(TIME, f"{local.hour:02}:{local.minute:02}"))

    def _dated(self, local: dt.datetime, pattern: str) -> SafeString:
        """A day in a language: the same few are written on every page."""
        return _written(local.date(), pattern, self.language)


class _WordsOfTime(NamedTuple):
    """What is shown as it stands is escaped already."""

    now: SafeString
    minutes: SafeString
    hours: SafeString
    yesterday: SafeString
    weekday: str
    day: str
    day_and_year: str
    moment: str


@cache
def _words_of_time(_language: str | None) -> _WordsOfTime:
    """In the active language, which is the one named."""
    return _WordsOfTime(
        now=escape(pgettext("a moment ago", "now")),
        minutes=escape(_("%(count)s min")),
        hours=escape(_("%(count)s h")),
        yesterday=escape(_("Yesterday")),
        weekday=pgettext("a day of this week, as a Django date format", "D"),
        day=pgettext("a day of this year, as a Django date format", "j M"),
        day_and_year=pgettext("a day, as a Django date format", "j M Y"),
        moment=pgettext("a moment, as a Django date format, in which H:i is the time", "D j M Y, H:i"),
    )


@lru_cache(maxsize=8192)
def _written(day: dt.date, pattern: str, _language: str | None) -> SafeString:
    """With TIME where the time belongs, to be filled in: there are too many minutes to keep one of each."""
    return escape(date_format(day, pattern.replace(TIME, "".join(f"\\{sign}" for sign in TIME))))


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
    return Clock().exact(moment)


@register.filter
def stamp(moment: dt.datetime) -> str:
    """A time for a `datetime` attribute, to the second: "2026-11-20T09:38:00Z"."""
    return f"{moment.astimezone(dt.UTC).isoformat()[:19]}Z"


@register.simple_tag
def when(moment: dt.datetime, url: str = "") -> SafeString:
    """The time in the margin: short to see, exact on hover and for screen readers, a link where there is one."""
    inside = format_html(
        '<time datetime="{}">{}</time> <span class="vh">{}</span>',
        stamp(moment),
        ago(moment),
        exact(moment),
    )
    if not url:
        return format_html('<span class="when">{}</span>', inside)
    return format_html('<a class="when" href="{}">{}</a>', url, inside)


@register.filter
def plain(written: str) -> str:
    """What somebody wrote without its marks, on one line, for a title or a preview."""
    return text.plain(written)


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
            "copy_code": _("Copy the code"),
            "failed": _("That did not reach us. Nothing was lost; try again."),
            "react_failed": _("Your reaction did not reach us, we took it back."),
            "save_failed": _("This did not reach us, we took it back."),
            "offline": _("You are offline. What you write stays here until you are back."),
            "new_one": _("1 new post"),
            "new_many": _("%(count)s new posts"),
            "people_found": _("%(count)s people found, use the arrow keys"),
            "people": _("People"),
            "tags": _("Hashtags"),
            "tags_found": _("%(count)s hashtags found, use the arrow keys"),
            "tag_posts": _("%(count)s posts in 30 days"),
            "chip_remove": _("Remove %(word)s"),
            "chip_removed": _("%(word)s is removed"),
            "reminder": _("You wished to be reminded of a post."),
            "reminder_of": _("You wished to be reminded of a post by %(name)s."),
            "open": _("Open"),
            "icons": static("img/icons.svg"),
            **_of_writing(),
        },
        element_id="words",
    )


def _of_writing() -> dict[str, str]:
    return {
        "draft_kept": _("Your draft from before is back."),
        "draft_saved": _("Saved as a draft"),
        "draft_local": _("Kept on this device only, for now"),
        "draft_other": _("This draft was changed on another device. There it says:"),
        "draft_this": _("Keep what is here"),
        "draft_that": _("Take the other one"),
        "answer_no": _("Answer %(number)s"),
        "left": _("%(count)s characters left"),
        "over": _("%(count)s characters too many"),
    }
