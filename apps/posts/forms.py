"""What the composer and the comment form send, judged by the services' own rules, so that what was typed stays."""

import uuid
from typing import TYPE_CHECKING, Any

from django import forms

from apps.posts import policies
from apps.posts.models import BODY_LIMIT, COMMENT_LIMIT, Audience

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
    audience = forms.TypedChoiceField(choices=Audience.choices, coerce=int)

    def __init__(self, data: Any, *, author: "User") -> None:
        super().__init__(data)
        self.author = author

    @property
    def audience_sent(self) -> int | None:
        """What was chosen, as far as it can be read, so that it stays chosen."""
        sent = self.data.get("audience", "")
        return int(sent) if sent in {str(value) for value in Audience.values} else None

    def clean_audience(self) -> int:
        audience: int = self.cleaned_data["audience"]
        if fault := policies.fault_of_audience(self.author, audience):
            raise forms.ValidationError(fault)
        return audience


class CommentForm(_TextForm):
    limit = COMMENT_LIMIT
    parent = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
