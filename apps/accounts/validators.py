"""What a username may be. allauth asks `username_validators`; our services ask `check_username`."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

SHORTEST, LONGEST = 3, 30
PLAIN = re.compile(r"[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*")

# Names that would speak for the site, mean a group of people in a mention, or stand in one of its addresses.
KEPT_BACK = """
about abuse account accounts admin administrator all anonymous api billing bookmarks campus channel communities contact
deleted everyone events explore feed follow followers following health help here home info legal login logout mail me
memorials messages moderation moderator moderators mod news nobody noreply notifications null official people postmaster
posts press privacy report resources robots root rules search security settings share signup site staff static status
study styleguide support sysadmin system tags team terms undefined university webmaster you
"""
RESERVED = frozenset(KEPT_BACK.split())


def is_plain(username: str) -> None:
    if not SHORTEST <= len(username) <= LONGEST or not PLAIN.fullmatch(username):
        raise ValidationError(
            _("Use 3 to 30 of the letters a to z, digits and underscores; dots only between them."),
            code="username_plain",
        )


def is_free(username: str) -> None:
    if username.lower() in RESERVED:
        raise ValidationError(_("This username is kept back. Please choose another one."), code="username_reserved")


username_validators = [is_plain, is_free]


def check_username(username: str) -> None:
    """ValidationError unless somebody may take this name."""
    for validator in username_validators:
        validator(username)
