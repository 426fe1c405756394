"""What the composer and the comment form send, judged by the services' own rules, so that what was typed stays."""

import uuid
from typing import TYPE_CHECKING, Any

from django import forms

from apps.posts import policies
from apps.posts.models import BODY_LIMIT, COMMENT_LIMIT

if TYPE_CHECKING:
    from apps.accounts.models import User


class _TextForm(forms.Form):
    limit = BODY_LIMIT
    body = forms.CharField(required=False, strip=False)
    key = forms.UUIDField(required=False)

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        if fault := policies.fault_of_text(body, self.limit):
            raise forms.ValidationError(fault)
        return body

    @property
    def first_error(self) -> str:
        return str(next(iter(self.errors.values()))[0])

    def clean_key(self) -> uuid.UUID:
        """A form without a key (a hand-made request) is as good as new each time."""
        return self.cleaned_data["key"] or uuid.uuid4()


class PostForm(_TextForm):
    """`audience` is a number, with "3:17" for a circle and its id; or the id comes as `circle`."""

    audience = forms.CharField(max_length=24)
    circle = forms.CharField(required=False, max_length=20)

    def __init__(self, data: Any, *, author: "User") -> None:
        super().__init__(data)
        self.author = author

    @property
    def audience_sent(self) -> str:
        """What was chosen, so that it stays chosen."""
        return str(self.data.get("audience", ""))[:24]

    def clean(self) -> dict[str, Any]:
        """The audience as services.create_post takes it: `audience` and `circle_id`."""
        cleaned = self.cleaned_data
        written, _colon, circle = cleaned.get("audience", "").partition(":")
        audience, circle_id = _number(written), _number(circle or cleaned.pop("circle", ""))
        cleaned.pop("circle", None)
        if fault := policies.fault_of_audience(self.author, -1 if audience is None else audience, circle_id):
            self.add_error("audience", fault)
        return cleaned | {"audience": audience, "circle_id": circle_id}


def _number(written: str) -> int | None:
    """A number as an id or an audience is one."""
    is_one = written.isascii() and written.isdecimal() and len(written) < 19
    return int(written) if is_one else None


class CommentForm(_TextForm):
    limit = COMMENT_LIMIT
    parent = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
