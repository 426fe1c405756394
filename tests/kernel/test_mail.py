"""Mail on a person's own machine."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives
from pytest_django import Settings


def test_it_is_kept_as_a_file_and_told_on_the_console(
    tmp_path: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    from django.core.mail import get_connection

    settings.EMAIL_FILE_PATH = tmp_path / "new" / "mail"
    mail = EmailMultiAlternatives("Your code", "It is\n\nABCD-1234\n", "a@x.example", ["b@x.example"])
    mail.attach_alternative("<p>It is <b>ABCD-1234</b></p>", "text/html")
    with caplog.at_level("INFO"):
        assert get_connection("apps.kernel.mail.LocalMailBackend").send_messages([mail]) == 1
    [path] = settings.EMAIL_FILE_PATH.iterdir()
    kept = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (kept["To"], kept["Subject"]) == ("b@x.example", "Your code")
    assert "ABCD-1234" in caplog.text
