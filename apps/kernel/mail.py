"""Mails that handlers send, and what becomes of mail on a person's own machine."""

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import timezone

log = structlog.get_logger(__name__)


def send(template: str, *, to: str, context: Mapping[str, Any]) -> None:
    """One mail out of emails/<template>_subject.txt, .txt and .html. For handlers (queue "mail"), never in a request.

    Raises what the mail server says: the outbox tries again.
    """
    words = dict(context)
    subject = " ".join(render_to_string(f"emails/{template}_subject.txt", words).split())
    mail = EmailMultiAlternatives(subject, render_to_string(f"emails/{template}.txt", words).strip(), to=[to])
    mail.attach_alternative(render_to_string(f"emails/{template}.html", words), "text/html")
    mail.send()


class LocalMailBackend(BaseEmailBackend):
    """Writes each mail into EMAIL_FILE_PATH (as .eml, for any mail program) and its text to the log.

    So a code can be copied from the console.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            path = folder / f"{timezone.now():%Y%m%d-%H%M%S}-{secrets.token_hex(4)}.eml"
            path.write_bytes(message.message().as_bytes())
            log.info(f"Mail for {', '.join(message.to)}: {message.subject}\n\n{str(message.body).strip()}\n")
        return len(email_messages)
