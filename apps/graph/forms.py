"""What the pages of graph send, judged by the services' own rules, so that what was typed stays."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from apps.graph import policies, selectors
from apps.graph.models import CIRCLE_NAME, Circle

if TYPE_CHECKING:
    from apps.accounts.models import User


class MuteForm(forms.Form):
    days = forms.TypedChoiceField(
        label=lazy("For how long"),
        choices=[("1", lazy("1 day")), ("7", lazy("7 days")), ("30", lazy("30 days")), ("", lazy("Until I undo it"))],
        coerce=int,
        empty_value=None,
        required=False,
        initial="7",
        widget=forms.RadioSelect,
    )
    with_notifications = forms.BooleanField(
        label=lazy("Do not tell me of what they do, either"), required=False, initial=True
    )

    @property
    def until(self) -> datetime | None:
        days: int | None = self.cleaned_data["days"]
        return None if days is None else timezone.now() + timedelta(days=days)


class CircleForm(forms.Form):
    """A circle's name and, on its own page, which of the people listed there are in it."""

    name = forms.CharField(label=lazy("Name"), max_length=CIRCLE_NAME, help_text=lazy("Only you see it."))

    def __init__(self, data: QueryDict | None, *, owner: "User", circle: Circle | None = None) -> None:
        super().__init__(data, initial={"name": circle.name} if circle else None)
        self.owner, self.circle = owner, circle

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        fault = policies.fault_of_circle_name(self.owner, name, circle=self.circle)
        if not fault and self.circle is None:
            fault = policies.fault_of_another_circle(self.owner)
        if fault:
            raise forms.ValidationError(fault)
        return name

    def clean(self) -> dict[str, Any]:
        if self.circle is not None and len(self.people()) > policies.CIRCLE_SIZE:
            most = {"number": policies.CIRCLE_SIZE}
            raise forms.ValidationError(_("A circle holds at most %(number)d people.") % most)
        return self.cleaned_data

    def people(self) -> set[int]:
        """Who is to be in the circle: of those listed, the ticked; whoever was not listed stays as they were."""
        before = selectors.member_ids(self.circle) if self.circle else set()
        listed, ticked = (whole_numbers(self._sent(name)) for name in ("listed", "people"))
        return (before - listed) | ticked

    def _sent(self, name: str) -> list[str]:
        return self.data.getlist(name) if isinstance(self.data, QueryDict) else []


def whole_numbers(sent: list[str]) -> set[int]:
    """Ids that a form sent; whatever is none is passed over."""
    return {int(one) for one in sent if one.isascii() and one.isdecimal() and len(one) < 19}
