"""Writes of the first-run wizard. What it asks is kept in the session until all of it can be written at once."""

from smtplib import SMTPAuthenticationError, SMTPException, SMTPRecipientsRefused, SMTPSenderRefused
from typing import TYPE_CHECKING

import structlog
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from apps.accounts.models import User

log = structlog.get_logger(__name__)


def try_mail(*, actor: "User") -> str:
    """Send one mail to the actor by the site's own mail server, now. "" when it was taken, else why not, in a sentence.

    The one mail that does not go through a worker: what the server answers is what the wizard is asked for. Waits
    for at most EMAIL_TIMEOUT seconds.
    """
    subject = _("Campus Connect can send mail")
    mail = EmailMultiAlternatives(subject, render_to_string("emails/mail_test.txt").strip(), to=[actor.email])
    mail.attach_alternative(render_to_string("emails/mail_test.html"), "text/html")
    try:
        mail.send()
    except (OSError, SMTPException) as error:
        log.warning("setup.mail_failed", error=repr(error))
        return _reason(error)
    return ""


def _reason(error: Exception) -> str:
    match error:
        case SMTPAuthenticationError():
            return _("The mail server does not take the user name and password in EMAIL_URL.")
        case SMTPSenderRefused():
            return _("The mail server does not take mail from the address in DEFAULT_FROM_EMAIL.")
        case SMTPRecipientsRefused():
            return _("The mail server does not take mail to this address.")
        case TimeoutError():
            return _("The mail server did not answer. Is the host in EMAIL_URL right, and the port open?")
        case ConnectionError():
            return _("Nothing answers at the host and port in EMAIL_URL.")
        case OSError() if not isinstance(error, SMTPException):
            return _("The mail server cannot be reached: %(reason)s.") % {"reason": error.strerror or error}
    return _("The mail server refused: %(reason)s") % {"reason": error}
