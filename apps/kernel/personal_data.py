"""What we keep about people, by model: each app lists its own in `personal_data.py` as PERSONAL_DATA.

A model without an entry fails a test, so nobody adds a table about people without saying how it is shown to them
and how it ends.
"""

from dataclasses import dataclass
from typing import Literal

from apps.kernel import registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One model. `person` is the field that leads to the person it is about; "" when it is about nobody."""

    model: str  # "posts.Post"
    person: str = ""
    export: str = ""  # what the person gets of it; "" when nothing, then `why`
    erase: Literal["delete", "anonymise", "keep"] = "keep"
    retention: str = "as long as the account"
    why: str = ""  # a reason to keep, or not to export


PERSONAL_DATA = [
    Entry(model="kernel.Attempt", erase="keep", retention="2 days", why="holds digests that lead to nobody"),
    Entry(
        model="kernel.Event",
        person="user_id",
        erase="anonymise",
        retention="7 days after all was done",
        why="ids only, no content",
    ),
    Entry(model="kernel.Delivery", erase="keep", retention="7 days", why="ids only, no content"),
    Entry(model="kernel.DemoMark", why="names rows that the demo made"),
    Entry(model="kernel.Heartbeat", why="names processes"),
    Entry(
        model="kernel.Job",
        person="owner",
        export="what you started, when, and what came of it",
        erase="delete",
        retention="30 days after it ended",
    ),
]


def entries() -> dict[str, Entry]:
    """Every entry of every app, by model. ValueError when a model has two."""
    found: dict[str, Entry] = {}
    for module in registry.discover("personal_data"):
        for entry in module.PERSONAL_DATA:
            if entry.model in found:
                raise ValueError(f"{entry.model} has two entries of personal data.")
            found[entry.model] = entry
    return found
