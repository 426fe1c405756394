"""What may be typed: usernames, and what people say in their profiles.

allauth asks `username_validators`; our services ask the functions that begin with `check_`.
"""

import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from apps.kernel import text

if TYPE_CHECKING:
    from apps.accounts.models import ProfileField

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


# --- profiles -----------------------------------------------------------------------------------------------------

SIGN_LONGEST = 16  # characters: a family is one sign of seven
ANSWER_LONGEST = 500
COURSE_CODE = re.compile(r"\w[\w ./-]{0,15}")
COURSE_TITLE_LONGEST = 120
NUMBER = re.compile(r"-?[0-9]{1,15}([.,][0-9]{1,6})?")
web_address = URLValidator(["http", "https"], message=_("Write the whole address, for example https://example.org/me."))


def check_sign(sign: str) -> str:
    """The emoji of a status. ValidationError when it is no sign: words belong beside it."""
    if len(sign) > SIGN_LONGEST or not any(unicodedata.category(c) in ("So", "Me") for c in sign):
        raise ValidationError(_("Choose one emoji; words go into the field beside it."))
    return sign


def check_course(written: str) -> tuple[str, str]:
    """(code, title) of "math 210: Linear algebra" or of a code alone. ValidationError when it has no code."""
    code, _colon, title = written.partition(":")
    code, title = text.clean_name(code).upper(), text.clean_name(title)
    if not COURSE_CODE.fullmatch(code) or len(title) > COURSE_TITLE_LONGEST:
        raise ValidationError(_("Write each course as its code, or as “MATH 210: Linear algebra”."))
    return code, title


def check_answer(field: "ProfileField", raw: str) -> str:
    """An answer to a question of staff as it is kept. ValidationError when it does not fit, or must not be empty."""
    is_long = field.kind == field.Kind.LONG
    value = text.clean(raw) if is_long else text.clean_name(raw)
    if not value:
        if field.is_required:
            raise ValidationError(_("Everybody answers this one."))
        return ""
    if len(value) > ANSWER_LONGEST:
        raise ValidationError(_("At most %(count)s characters."), params={"count": ANSWER_LONGEST})
    if field.kind == field.Kind.CHOICE and value not in field.options:
        raise ValidationError(_("Choose one of the list."))
    if field.kind == field.Kind.NUMBER and not NUMBER.fullmatch(value):
        raise ValidationError(_("Write a number."))
    if field.kind == field.Kind.LINK:
        web_address(value)
    if field.kind == field.Kind.DATE:
        _check_date(value)
    return value


def _check_date(value: str) -> None:
    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise ValidationError(_("Write a date as year-month-day, for example 2026-11-20.")) from error
