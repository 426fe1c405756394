"""Writes of the site itself: its pages, the first-run wizard, the welcome."""

from apps.web.services.hints import close_hint
from apps.web.services.pages import agree, publish, write_draft
from apps.web.services.setup import try_mail
from apps.web.services.welcome import (
    close_checklist,
    follow_several,
    leave_welcome,
    note_privacy,
    pass_step,
    start_welcome,
)

__all__ = [
    "agree",
    "close_checklist",
    "close_hint",
    "follow_several",
    "leave_welcome",
    "note_privacy",
    "pass_step",
    "publish",
    "start_welcome",
    "try_mail",
    "write_draft",
]
