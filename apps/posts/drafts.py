"""What somebody is writing: kept as it was typed, right or wrong, so that nothing is lost on the way to a post."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.http import QueryDict

from apps.posts.content import Extras, PollPlan
from apps.posts.models import Quoting, Replies

DAY = 24  # hours
LARGEST = 20_000  # characters of all that was typed; a draft may be longer than a post, not without end


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One composer's fields. Numbers that are none are the usual ones; texts are as they were typed."""

    body: str = ""
    audience: str = ""  # "2", or "3:17" for a circle and its id; "" for the usual one
    warning: str = ""
    replies: int = int(Replies.EVERYONE)
    quoting: int = int(Quoting.EVERYONE)
    quoted_id: int | None = None
    poll_question: str = ""
    poll_options: tuple[str, ...] = ()
    poll_multiple: bool = False
    poll_anonymous: bool = True
    poll_hides: bool = False
    poll_hours: int = DAY
    publish_at: str = ""  # "2026-11-20T18:00", by the writer's clock

    @classmethod
    def of_form(cls, data: QueryDict) -> "Content":
        """What a form holds. A box that is not ticked is not sent, so a form without a poll has none of them ticked."""
        audience, circle = data.get("audience") or "", data.get("circle") or ""
        return cls(
            body=_whole(data.get("body") or ""),
            audience=_whole(f"{audience}:{circle}" if circle and ":" not in audience else audience),
            warning=_whole(data.get("warning") or ""),
            replies=_number(data.get("replies"), int(Replies.EVERYONE)),
            quoting=_number(data.get("quoting"), int(Quoting.EVERYONE)),
            quoted_id=_number(data.get("quote"), 0) or None,
            poll_question=_whole(data.get("poll_question") or ""),
            poll_options=tuple(_whole(option) for option in data.getlist("poll_options")),
            poll_multiple=bool(data.get("poll_multiple")),
            poll_anonymous=bool(data.get("poll_anonymous")),
            poll_hides=bool(data.get("poll_hides")),
            poll_hours=_number(data.get("poll_hours"), DAY),
            publish_at=_whole(data.get("publish_at") or ""),
        )

    @classmethod
    def of_json(cls, kept: object) -> "Content":
        """What was kept, by whichever release: names it does not know are passed over, and values that are none."""
        if not isinstance(kept, Mapping):
            return cls()
        usual = cls()
        known = {field.name: _like(kept.get(field.name), getattr(usual, field.name)) for field in fields(cls)}
        number = kept.get("quoted_id")
        return cls(**known | {"quoted_id": number if type(number) is int else None})

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"poll_options": list(self.poll_options)}

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed: what was only chosen is not worth a draft."""
        return not "".join([self.body, self.warning, self.poll_question, *self.poll_options]).strip()

    @property
    def size(self) -> int:
        return sum(map(len, [self.body, self.audience, self.warning, self.poll_question, *self.poll_options]))

    @property
    def address(self) -> tuple[int, int | None]:
        """The audience (-1 for none), and the id of a circle."""
        written, _colon, circle = self.audience.partition(":")
        return _number(written, -1), _number(circle, 0) or None

    @property
    def poll(self) -> PollPlan | None:
        """None while neither a question nor an answer is written. Lines left empty are no answers."""
        options = tuple(option for option in self.poll_options if option.strip())
        if not options and not self.poll_question.strip():
            return None
        return PollPlan(
            options=options,
            question=self.poll_question,
            is_multiple=self.poll_multiple,
            is_anonymous=self.poll_anonymous,
            hides_results=self.poll_hides,
            hours=self.poll_hours,
        )

    @property
    def extras(self) -> Extras:
        return Extras(
            warning=self.warning,
            replies=self.replies,
            quoting=self.quoting,
            quoted_id=self.quoted_id,
            poll=self.poll,
        )


BLANK = Content()


def _whole(text: str) -> str:
    """Without what no row can hold: U+0000 and halves of characters."""
    return "".join(c for c in text if c != "\x00" and not "\ud800" <= c <= "\udfff")


def _number(written: str | None, usual: int) -> int:
    """A number as an id or a choice is one."""
    is_one = bool(written) and written is not None and written.isascii() and written.isdecimal() and len(written) < 19
    return int(written) if is_one and written is not None else usual


def _like(value: object, usual: Any) -> Any:
    """The value when it is of the usual one's type, else the usual one. A list is a tuple of its texts."""
    if isinstance(usual, tuple):
        return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list | tuple) else usual
    return value if type(value) is type(usual) else usual
