from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from apps.kernel.errors import Forbidden

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.moderation.selectors import Target


def require_can_report(actor: "User", target: "Target") -> None:
    """Forbidden for what the actor wrote, and for the actor: there is "Delete" for that."""
    if target.author.pk == actor.pk:
        raise Forbidden(_("This is yours. You can delete it instead of reporting it."))
