"""Reads of how the site looks for a person, and which clock it goes by."""

from zoneinfo import ZoneInfo

from django.utils import timezone

from apps.accounts.models import Preferences, User
from apps.kernel import look as looks


def look_of_person(person: User) -> dict[str, str]:
    """What they chose, on whatever device; {} when nothing. One query."""
    kept = Preferences.objects.filter(user=person).values_list("look", flat=True).first()
    return looks.known(kept or {})


def zone_of(person: User) -> ZoneInfo:
    """The zone in which times are told to a person: theirs, else the site's. For mails, with timezone.override."""
    return ZoneInfo(person.time_zone or str(timezone.get_default_timezone()))
