"""What a password may be: long, not what everybody takes, not what everybody knows of its owner."""

import re
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.kernel import text

SHORTEST, LONGEST = 12, 128  # signs; nothing is cut off
PASSWORD_HELP = gettext_lazy("At least 12 characters. A few words in a row are easy to remember.")
LEAST_LEFT = 8  # signs besides the words below
LEAST_SIGNS = 5  # different ones
OF_THE_PLACE = frozenset(["campus", "connect", "university", "college", "student", "password", "welcome", "login"])


class LengthValidator:
    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < SHORTEST:
            raise ValidationError(
                _("Make it at least 12 characters long. A few words in a row are easy to remember."),
                "password_too_short",
            )
        if len(password) > LONGEST:
            raise ValidationError(_("Make it at most 128 characters long."), "password_too_long")

    def get_help_text(self) -> str:
        return str(PASSWORD_HELP)


class CommonValidator(CommonPasswordValidator):
    """Django's 20,000 most used ones, also with digits or signs around them; a few signs again and again; 123, abc."""

    def validate(self, password: str, user: Any = None) -> None:
        folded = text.fold(password)
        core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
        if {folded, core} & self.passwords or len(set(folded)) < LEAST_SIGNS or _is_a_row(folded):
            raise ValidationError(
                _("Many people use this one, so it is tried first. Put a few words of your own in a row."),
                "password_too_common",
            )

    def get_help_text(self) -> str:
        return _("Not one that many people use.")


class ContextValidator:
    """Words of the site, the campus and the person may stand in it, but must not be most of it."""

    def validate(self, password: str, user: Any = None) -> None:
        left = folded = text.fold(password)
        for word in sorted(_words_about(user), key=len, reverse=True):
            left = left.replace(word, "")
        if left != folded and len(re.sub(r"\W", "", left)) < LEAST_LEFT:
            raise ValidationError(
                _("It is made of your name, your address or this campus, which others know. Add words of your own."),
                "password_too_similar",
            )

    def get_help_text(self) -> str:
        return _("Not your name, your address or your university.")


def _is_a_row(folded: str) -> bool:
    """Whether most signs follow on the one before, or repeat it."""
    steps = [abs(ord(a) - ord(b)) <= 1 for a, b in pairwise(folded)]
    return 2 * sum(steps) > len(steps)


def _words_about(user: Any) -> set[str]:
    university = getattr(user, "university", None)
    about = [settings.SITE_NAME, *(getattr(user, name, "") for name in ("username", "name", "email"))]
    about += [university.name, university.slug] if university else []
    words = {word for told in about for word in re.split(r"[\W_]+", text.fold(str(told or "")))}
    return {word for word in words | OF_THE_PLACE if len(word) > 3}
