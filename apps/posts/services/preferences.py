"""How a person likes to post and to read."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from apps.kernel import limits
from apps.kernel.cache import invalidate
from apps.kernel.errors import Invalid
from apps.posts import policies
from apps.posts.models import Audience, PostPreferences
from apps.posts.preferences import preferences_tag

if TYPE_CHECKING:
    from apps.accounts.models import User


@transaction.atomic
def set_preferences(*, actor: "User", audience: int | None, unfolds_warnings: bool) -> PostPreferences:
    """`audience` is whom a new post is addressed to at first; None: the usual. May run twice.

    Invalid (with the field) for an audience the actor cannot post to, and for a circle: circles come and go.
    """
    limits.check("post.preferences", person_id=actor.pk, address=None)
    if audience is not None and (audience == Audience.CIRCLE or policies.fault_of_audience(actor, audience)):
        raise Invalid(fields={"audience": _("Choose who should see this.")})
    chosen, _made = PostPreferences.objects.update_or_create(
        person=actor, defaults={"audience": audience, "unfolds_warnings": unfolds_warnings}
    )
    invalidate(preferences_tag(actor.pk))
    return chosen
