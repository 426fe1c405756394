"""Writes of how the site looks for a person, on whatever device, and which clock it goes by."""

from collections.abc import Mapping
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Preferences, User
from apps.kernel import look as looks
from apps.kernel.errors import Invalid


@transaction.atomic
def keep_look(*, actor: User, look: Mapping[str, str]) -> dict[str, str]:
    """These choices from now on, the others as they were; an empty or unknown one is given back. All of them, after."""
    Preferences.objects.bulk_create([Preferences(user=actor)], ignore_conflicts=True)
    preferences = Preferences.objects.select_for_update(no_key=True).get(user=actor)
    kept = {name: value for name, value in looks.known(preferences.look).items() if name not in look}
    preferences.look = kept | looks.known(look)
    preferences.save(update_fields=["look"])
    return dict(preferences.look)


@transaction.atomic
def set_time_zone(*, actor: User, name: str) -> None:
    """Times of pages and mails in this zone of the tz database; "" means the site's. Idempotent."""
    if name and name not in available_timezones():
        raise Invalid(fields={"time_zone": _("We do not know this time zone.")})
    User.objects.filter(pk=actor.pk).update(time_zone=name)
    actor.time_zone = name
