"""Mail on a person's own machine: kept as files, and told on the console, so that a code can be copied from there."""

import secrets
from collections.abc import Sequence
from pathlib import Path

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

log = structlog.get_logger(__name__)


class LocalMailBackend(BaseEmailBackend):
    """Writes each mail into EMAIL_FILE_PATH (as .eml, for any mail program) and its text to the log."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            path = folder / f"{timezone.now():%Y%m%d-%H%M%S}-{secrets.token_hex(4)}.eml"
            path.write_bytes(message.message().as_bytes())
            log.info(f"Mail for {', '.join(message.to)}: {message.subject}\n\n{str(message.body).strip()}\n")
        return len(email_messages)
