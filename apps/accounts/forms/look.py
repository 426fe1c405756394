"""Which clock a person's pages and mails go by."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

AREAS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """(area, [(name in the tz database, place)]), both sorted. Names without an area are old spellings of others."""
    found: dict[str, list[tuple[str, str]]] = {area: [] for area in AREAS}
    for name in sorted(available_timezones()):
        area, _slash, place = name.partition("/")
        if area in found:
            found[area].append((name, place.replace("_", " ").replace("/", ", ")))
    return list(found.items())


class TimeZoneForm(forms.Form):
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["time_zone"]
        usual = _("The site's own (%(zone)s)") % {"zone": settings.TIME_ZONE}
        field.choices = [("", usual), ("UTC", "UTC"), *zones()]  # type: ignore[attr-defined]
        field.help_text = _("Times on pages and in mails are told by this clock.")
