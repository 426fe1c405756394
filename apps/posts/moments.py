"""When something shall happen, as a person writes it by their own clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

SOONEST = timedelta(minutes=5)
FURTHEST = timedelta(days=365)
WRITTEN = "%Y-%m-%dT%H:%M"  # as <input type="datetime-local"> has it


def moment_of(written: str, zone: ZoneInfo) -> tuple[datetime | None, str]:
    """The moment that is meant, or what is wrong with what was written; neither for nothing.

    When a clock is put back an hour comes twice: the first is meant. When it is put forward an hour is left out:
    nothing is guessed then.
    """
    if not written.strip():
        return None, ""
    meant = _parsed(written.strip())
    if meant is None:
        return None, _("Write a day and a time.")
    moment = meant.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != meant:
        return None, _("That night the clocks are put forward past this time. Choose another one.")
    return moment, ""


def fault_of_moment(moment: datetime) -> str:
    """What is wrong with a time for a post to go out, as a sentence; empty when nothing is."""
    ahead = moment - timezone.now()
    if ahead < SOONEST:
        return _("Choose a time at least five minutes from now.")
    if ahead > FURTHEST:
        return _("Choose a time within a year.")
    return ""


def written_of(moment: datetime, zone: ZoneInfo) -> str:
    """The moment for an <input type="datetime-local">."""
    return moment.astimezone(zone).strftime(WRITTEN)


def _parsed(written: str) -> datetime | None:
    """A day and a time, with seconds or without; years that no clock shows are none."""
    for pattern in (WRITTEN, f"{WRITTEN}:%S"):
        try:
            meant = datetime.strptime(written[:40], pattern)
        except ValueError:
            continue
        return meant if 2000 < meant.year < 2200 else None
    return None
