"""Writes of accounts: people and sessions, and one module for each of the other things a person may change."""

from apps.accounts.services.people import (
    confirm,
    end_all_sessions,
    end_session,
    register,
    set_active,
    set_standing,
    touch_last_seen,
    update_profile,
)

__all__ = [
    "confirm",
    "end_all_sessions",
    "end_session",
    "register",
    "set_active",
    "set_standing",
    "touch_last_seen",
    "update_profile",
]
