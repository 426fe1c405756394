"""What the composer and the comment form send, judged by the services' own rules, so that what was typed stays."""

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from apps.accounts import selectors as accounts
from apps.kernel.errors import AppError, Forbidden
from apps.posts import moments, policies, services
from apps.posts.drafts import Content
from apps.posts.models import BODY_LIMIT, COMMENT_LIMIT, Draft, Post

if TYPE_CHECKING:
    from apps.accounts.models import User

T = TypeVar("T")


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


class Refusable:
    """An act that a service may refuse: the reason stands by the field it is about, and what was typed stays."""

    author: "User"
    content: Content
    refusal: AppError | None = None

    def attempt(self, act: Callable[[], T]) -> T | None:
        """What was made, or None when it was refused."""
        try:
            return act()
        except AppError as error:
            if error.status >= 500:
                raise  # nothing that a person could put right
            self.refusal = error
            return None

    @property
    def status(self) -> int:
        return self.refusal.status if self.refusal else 400

    @property
    def faults(self) -> dict[str, str]:
        """Sentences by field, "" for the whole."""
        if self.refusal is None:
            return {}
        if self.refusal.fields:
            return {BESIDE.get(name, name): str(said) for name, said in self.refusal.fields.items()}
        is_about_quote = isinstance(self.refusal, Forbidden) and self.content.quoted_id is not None
        return {"quote" if is_about_quote else "": str(self.refusal.detail)}


# Fields whose fault stands by another one.
BESIDE = {
    **dict.fromkeys(("poll_question", "poll_options", "poll_hours"), "poll"),
    "circle": "audience",
    "quoting": "replies",
    "key": "",
    "revision": "",
}


class Answers(forms.Field):
    """A field that is sent several times."""

    widget = forms.MultipleHiddenInput


class PostForm(Refusable, _TextForm):
    """What the composer sends, kept as it was typed in `content`; `send` does what was asked for.

    `audience` is a number, with "3:17" for a circle and its id; or the id comes as `circle`.
    """

    audience = forms.CharField(required=False, max_length=24)
    circle = forms.CharField(required=False, max_length=20)
    warning = forms.CharField(required=False, strip=False)
    replies = forms.IntegerField(required=False, min_value=0, max_value=99)
    quoting = forms.IntegerField(required=False, min_value=0, max_value=99)
    quote = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    poll_question = forms.CharField(required=False, strip=False)
    poll_options = Answers(required=False)
    poll_multiple = forms.BooleanField(required=False)
    poll_anonymous = forms.BooleanField(required=False)
    poll_hides = forms.BooleanField(required=False)
    poll_hours = forms.IntegerField(required=False, min_value=1, max_value=policies.POLL_LONGEST)
    publish_at = forms.CharField(required=False)
    revision = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)

    def __init__(self, data: QueryDict, *, author: "User") -> None:
        super().__init__(data)
        self.author = author
        self.content = Content.of_form(data)
        self.moment: datetime | None = None  # when it shall go out; None for now

    def clean_body(self) -> str:
        """A poll that asks something needs no text beside it."""
        body: str = self.cleaned_data["body"]
        if not body.strip() and self.content.poll and self.content.poll_question.strip():
            return ""
        return super().clean_body()

    def clean(self) -> dict[str, Any]:
        content = self.content
        self.moment, fault = moments.moment_of(content.publish_at, accounts.zone_of(self.author))
        if self.moment:
            fault = moments.fault_of_moment(self.moment)
        faults = {
            "audience": policies.fault_of_audience(self.author, *content.address),
            "warning": policies.fault_of_warning(content.warning),
            "replies": policies.fault_of_choices(content.replies, content.quoting),
            "poll_options": policies.fault_of_poll(content.poll),
            "publish_at": fault,
        }
        for name, said in faults.items():
            if said and name not in self.errors:
                self.add_error(name, said)
        return self.cleaned_data

    @property
    def key_sent(self) -> uuid.UUID | None:
        """So that the form that comes back goes on with the same draft."""
        return self.cleaned_data.get("key")

    @property
    def faults(self) -> dict[str, str]:
        return {BESIDE.get(name, name): str(said[0]) for name, said in self.errors.items()} | super().faults

    def send(self) -> Post | Draft | None:
        """A post, or a draft that waits for its time; None when something needs another look (`faults`, `status`)."""
        if not self.is_valid():
            return None
        key, content, moment = self.cleaned_data["key"], self.content, self.moment
        if moment:
            schedule = partial(services.schedule_post, actor=self.author, draft_id=key, content=content)
            return self.attempt(lambda: schedule(publish_at=moment))
        audience, circle_id = content.address
        create = partial(services.create_post, actor=self.author, key=key, body=content.body, extras=content.extras)
        return self.attempt(lambda: create(audience=audience, circle_id=circle_id))


class WishForm(forms.Form):
    """What an address asks the page of the composer to begin with."""

    draft = forms.UUIDField(required=False)
    quote = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class KeptDraft(Refusable):
    """A draft as a form without a script sends it, or one of the list that shall go out."""

    def __init__(self, content: Content, *, author: "User", draft_id: uuid.UUID) -> None:
        self.author, self.content, self.draft_id = author, content, draft_id

    def keep(self, revision: int) -> bool:
        save = partial(services.save_draft, actor=self.author, draft_id=self.draft_id, content=self.content)
        self.attempt(lambda: save(revision=revision))
        return self.refusal is None

    def publish(self) -> Post | None:
        return self.attempt(lambda: services.publish_draft(actor=self.author, draft_id=self.draft_id))


def revision_in(data: QueryDict) -> int:
    """Of the draft that a form was made of; 0 when there was none."""
    sent = data.get("revision") or ""
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 10 else 0


class MomentForm(Refusable, forms.Form):
    """Another time for a post that waits, written by its author's clock."""

    publish_at = forms.CharField(required=False)

    def __init__(self, data: QueryDict, *, author: "User", draft_id: uuid.UUID) -> None:
        super().__init__(data)
        self.author, self.draft_id = author, draft_id

    def clean_publish_at(self) -> datetime:
        moment, fault = moments.moment_of(self.cleaned_data["publish_at"], accounts.zone_of(self.author))
        if moment is None or fault:
            raise forms.ValidationError(fault or _("Write a day and a time."))
        return moment

    def move(self) -> Draft | None:
        if not self.is_valid():
            return None
        moment = self.cleaned_data["publish_at"]
        move = partial(services.move_scheduled, actor=self.author, draft_id=self.draft_id)
        return self.attempt(lambda: move(publish_at=moment))

    @property
    def sent(self) -> str:
        return str(self.data.get("publish_at", ""))[:40]

    @property
    def fault(self) -> str:
        said = [str(errors[0]) for errors in self.errors.values()]
        return next(iter([*said, *self.faults.values()]), "")


class CommentForm(_TextForm):
    limit = COMMENT_LIMIT
    parent = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
