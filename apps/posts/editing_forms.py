"""What is sent about one's own posts: an edit, a pin, how one likes to post. Judged by the services' own rules."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.graph import selectors as graph
from apps.kernel.errors import Conflict, Invalid
from apps.posts import policies, selectors, services
from apps.posts.content import Wording
from apps.posts.models import BODY_LIMIT, WARNING_LIMIT, Audience, Post, PostPreferences, Quoting, Replies
from apps.posts.terms import PINS

if TYPE_CHECKING:
    from apps.accounts.models import User

Choices = list[tuple[Any, Any]]
KEPT_TO = {"invalid_choice": _("A post cannot be shown to anybody it was not written for.")}


class EditForm(forms.Form):
    """`audience` is a number, or "3:17" for a circle and its id, as in the form to write a post."""

    limit = BODY_LIMIT
    body = forms.CharField(label=_("Text"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 6}))
    warning = forms.CharField(
        label=_("Content warning"), required=False, help_text=_("Stands in front of the text, which is then folded.")
    )
    audience = forms.ChoiceField(
        label=_("Who sees it"),
        error_messages=KEPT_TO,
        help_text=_("It can come to be for fewer people, never for anybody who could not see it before."),
    )
    replies = forms.TypedChoiceField(label=_("Who may reply"), choices=Replies.choices, coerce=int)
    quoting = forms.TypedChoiceField(label=_("Who may quote it"), choices=Quoting.choices, coerce=int)
    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, post: Post) -> None:
        was = services.wording_of(post)
        initial = {name: getattr(was, name) for name in ("body", "warning", "replies", "quoting")}
        super().__init__(data, initial=initial | {"audience": _sent_as(was.audience, was.circle_id)})
        self.is_late = False
        self._about(post)

    def _about(self, post: Post) -> None:
        self.post = post
        self.fields["audience"].choices = audience_choices(post)  # type: ignore[attr-defined]
        self.fields["warning"].widget.attrs["maxlength"] = WARNING_LIMIT

    @property
    def edition(self) -> str:
        """Of the post as it is shown beside the form: sent back, so that a change elsewhere is noticed."""
        if self.is_bound and not self.is_late:
            return str(self.data.get("seen", ""))[:16]
        return services.edition_of(self.post)

    @property
    def status(self) -> int:
        return 409 if self.is_late else 400 if self.is_bound and self.errors else 200

    def save(self) -> bool:
        """Whether the post is as it was sent; if not, what is wrong is on the form, and nothing of it is lost."""
        try:
            services.edit_post(
                actor=self.post.author, post=self.post, wording=self._wording(), seen=self.cleaned_data["seen"]
            )
        except Conflict:
            self.is_late = True
            self._about(selectors.post_for(self.post.author, self.post.pk))
        except Invalid as refused:
            for field, fault in refused.fields.items():
                self.add_error(field if field in self.fields else None, str(fault))
        return not self.is_late and not self.errors

    def _wording(self) -> Wording:
        sent = self.cleaned_data
        audience, _colon, circle = sent["audience"].partition(":")
        return Wording(
            body=sent["body"],
            warning=sent["warning"],
            replies=sent["replies"],
            quoting=sent["quoting"],
            audience=int(audience),
            circle_id=int(circle) if circle else None,
        )


class PinForm(forms.Form):
    days = forms.TypedChoiceField(
        label=_("Until when"),
        choices=[("", _("Until I take it down")), (7, _("For 7 days")), (30, _("For 30 days"))],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    instead_of = forms.TypedChoiceField(
        label=_("Three posts are pinned. Which one makes room?"),
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any, *, post: Post) -> None:
        super().__init__(data, initial={"days": ""})
        self.post = post
        self.others = [pin for pin in selectors.pins_of(post.author) if pin.pk != post.pk]
        if len(self.others) < PINS:
            del self.fields["instead_of"]
            return
        self.fields["instead_of"].choices = [(pin.pk, _first_words(pin.post)) for pin in self.others]  # type: ignore[attr-defined]

    def save(self) -> bool:
        """Whether it is pinned; if not, why is on the form."""
        try:
            services.pin_post(actor=self.post.author, post=self.post, **self.cleaned_data)
        except Invalid as refused:
            for field, fault in refused.fields.items():
                self.add_error(field if field in self.fields else None, str(fault))
        return not self.errors


class PostingForm(forms.Form):
    audience = forms.TypedChoiceField(
        label=_("Whom a new post is addressed to"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("You can choose others for each post. What is written already stays as it is."),
    )
    unfolds_warnings = forms.BooleanField(
        label=_("Open posts with a content warning"),
        required=False,
        help_text=_("The warning still stands in front of them, but the text is not folded."),
    )

    def __init__(self, data: Any, *, person: "User", kept: PostPreferences) -> None:
        super().__init__(data, initial={"audience": kept.audience, "unfolds_warnings": kept.unfolds_warnings})
        usual = Audience.CAMPUS if person.university_id else Audience.PUBLIC
        mine = [one for one in Audience if not policies.fault_of_audience(person, one)]
        self.fields["audience"].choices = [  # type: ignore[attr-defined]
            ("", _("The usual: %(audience)s") % {"audience": usual.label}),
            *((one.value, one.label) for one in mine),
        ]


def audience_choices(post: Post) -> Choices:
    """Those to whom an edit may address the post. No query while its author's circles are kept."""
    choices: Choices = []
    circles = graph.circles_of(post.author)
    for one in policies.narrower(post):
        if one != Audience.CIRCLE:
            choices.append((str(one.value), one.label))
        elif post.audience == Audience.CIRCLE:
            name = dict(circles).get(post.circle_id or 0)
            label = _("Circle: %(name)s") % {"name": name} if name else _("A circle that is gone")
            choices.append((_sent_as(one, post.circle_id), label))
        else:
            choices += [(_sent_as(one, pk), _("Circle: %(name)s") % {"name": name}) for pk, name in circles]
    return choices


def _sent_as(audience: int, circle_id: int | None) -> str:
    return f"{int(audience)}:{circle_id}" if circle_id is not None else str(int(audience))


def _first_words(post: Post) -> str:
    return " ".join(post.body.split())[:80] or post.warning or str(_("A poll"))
