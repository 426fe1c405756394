"""What of a feed a person wants to see: their own choice, remembered (feed.FeedState), shown while it holds."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.posts import selectors as posts


class Kind(models.TextChoices):
    ALL = "", gettext_lazy("Everything")
    ORIGINALS = "originals", gettext_lazy("No reposts")
    POLLS = "polls", gettext_lazy("Polls")
    LINKS = "links", gettext_lazy("With a link")
    QUOTES = "quotes", gettext_lazy("Quotes")


class Whose(models.TextChoices):
    ALL = "", gettext_lazy("Everybody you follow")
    FRIENDS = "friends", gettext_lazy("Friends")
    TAGS = "tags", gettext_lazy("Hashtags you follow")


class Since(models.TextChoices):
    ALL = "", gettext_lazy("At any time")
    DAY = "day", gettext_lazy("In the last day")
    WEEK = "week", gettext_lazy("In the last week")
    MONTH = "month", gettext_lazy("In the last month")


AGES = {Since.DAY: timedelta(days=1), Since.WEEK: timedelta(days=7), Since.MONTH: timedelta(days=30)}


@dataclass(frozen=True, slots=True)
class Filters:
    """Empty values keep everything."""

    kind: str = ""
    whose: str = ""
    tag: str = ""  # folded, without the hash
    since: str = ""

    @property
    def is_active(self) -> bool:
        return self != NONE

    @property
    def age(self) -> timedelta | None:
        return AGES[Since(self.since)] if self.since else None

    @property
    def words(self) -> list[str]:
        """What is kept, to be read aloud: "Polls, friends, #choir, in the last week"."""
        said = []
        if self.kind:
            said.append(str(Kind(self.kind).label))
        if self.whose:
            said.append(str(Whose(self.whose).label))
        if self.tag:
            said.append(f"#{self.tag}")
        if self.since:
            said.append(str(Since(self.since).label))
        return said

    def kept(self) -> dict[str, str]:
        """What is stored: nothing of what is not chosen."""
        return {name: value for name, value in asdict(self).items() if value}


NONE = Filters()


def filters_of(sent: Mapping[str, Any]) -> Filters:
    """From a form, an address or what is stored; a value nobody offers keeps everything."""
    kind, whose, since = (str(sent.get(name) or "") for name in ("kind", "whose", "since"))
    return Filters(
        kind=kind if kind in Kind.values else "",
        whose=whose if whose in Whose.values else "",
        tag=posts.tag_name(str(sent.get("tag") or "")),
        since=since if since in Since.values else "",
    )


def choices() -> dict[str, list[tuple[str, str]]]:
    """What the form offers, by field."""
    fields: tuple[tuple[str, type[models.TextChoices]], ...] = (("kind", Kind), ("whose", Whose), ("since", Since))
    return {name: [(value, str(label)) for value, label in of.choices] for name, of in fields}


def nothing_left() -> str:
    return _("Nothing of what you follow fits what you asked for.")
