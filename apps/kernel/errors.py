"""One error family (STYLE.md R13): services raise it, one middleware and the socket's router render it."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class AppError(Exception):
    """What a person did that cannot be done, with a stable code, a status, and a sentence they can act on."""

    code = "error"
    status = 400
    message: Text = _("That did not work.")

    def __init__(self, message: Text = "", *, fields: Mapping[str, Text] | None = None) -> None:
        self.detail = message or self.message
        self.fields = dict(fields or {})
        super().__init__(str(self.detail))


class Invalid(AppError):
    code = "invalid"
    message = _("Something in the form needs another look.")


class Forbidden(AppError):
    code = "forbidden"
    status = 403
    message = _("You may see this, but not do that.")


class NotFound(AppError):
    """Also for what exists and may not be seen: the answer is the same."""

    code = "not_found"
    status = 404
    message = _("There is nothing here.")

    def __init__(self, what: str = "") -> None:
        super().__init__()
        self.what = what  # for whoever reads the code or a log; never shown


class Conflict(AppError):
    code = "conflict"
    status = 409
    message = _("Somebody was faster. Reload and try again.")


class TooLarge(AppError):
    code = "too_large"
    status = 413
    message = _("That is too large.")


class RateLimited(AppError):
    """Carries the seconds to wait."""

    code = "rate_limited"
    status = 429
    message = _("That was a lot at once. Take a short break.")

    def __init__(self, message: Text = "", *, retry_after: int = 60) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(AppError):
    code = "unavailable"
    status = 503
    message = _("This is not available right now. Nothing was lost; try again in a moment.")
