"""Reads of accounts. Who may see whom is not decided here: graph.selectors.people_visible_to is the gate to people."""

from apps.accounts.models.reach import Reach
from apps.accounts.selectors.people import (
    SEEN_EVERY,
    active_people,
    ids_beginning,
    is_address_taken,
    is_username_taken,
    normalise_email,
    people_beginning,
    person_by_login,
    person_by_username,
    person_of_session,
    profile_of,
    sessions_of,
    universities,
    university_for_email,
    university_hue,
    ways_in,
)

__all__ = [
    "SEEN_EVERY",
    "Reach",
    "active_people",
    "ids_beginning",
    "is_address_taken",
    "is_username_taken",
    "normalise_email",
    "people_beginning",
    "person_by_login",
    "person_by_username",
    "person_of_session",
    "profile_of",
    "sessions_of",
    "universities",
    "university_for_email",
    "university_hue",
    "ways_in",
]
