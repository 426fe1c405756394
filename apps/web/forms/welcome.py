"""The first steps of a newcomer. Each form is one step; what a service refuses stands by its field."""

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts import selectors as accounts
from apps.accounts import services as account_services
from apps.kernel.errors import Conflict, Invalid
from apps.web import services

if TYPE_CHECKING:
    from apps.accounts.models import User


class AnyOf(forms.MultipleChoiceField):
    """Boxes to tick. What is offered changes from hour to hour, so anything is taken, and the service decides."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.CheckboxSelectMultiple, required=False, **options)

    def valid_value(self, value: str) -> bool:
        return True


# Offered where few have said yet what they like.
COMMON = [
    _("Music"),
    _("Film"),
    _("Books"),
    _("Cooking"),
    _("Board games"),
    _("Hiking"),
    _("Football"),
    _("Running"),
    _("Photography"),
    _("Theatre"),
    _("Programming"),
    _("Volunteering"),
]


class StepForm(forms.Form):
    def __init__(self, data: Any = None, *, person: "User") -> None:
        super().__init__(data)
        self.person = person
        self.begin()

    def begin(self) -> None:
        """Fill in what is known already."""

    def keep(self) -> None:
        raise NotImplementedError

    def saved(self) -> bool:
        """Whether it could be kept. If not nothing was, and the form says why."""
        if not self.is_valid():
            return False
        try:
            with transaction.atomic():
                self.keep()
        except (Invalid, Conflict) as error:
            for name, sentence in (error.fields or {"": error.detail}).items():
                self.add_error(name if name in self.fields else None, str(sentence))
            return False
        return True


class YouForm(StepForm):
    name = forms.CharField(label=_("Name"), max_length=80, widget=forms.TextInput({"autocomplete": "name"}))
    pronouns = forms.CharField(
        label=_("Pronouns"), max_length=30, required=False, help_text=_("For example: she/her, they/them")
    )
    bio = forms.CharField(
        label=_("A line about you"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("For example: Second year physics, first year choir."),
    )

    def begin(self) -> None:
        profile = accounts.profile_of(self.person)
        self.initial = {"name": self.person.name, "pronouns": profile.pronouns, "bio": profile.bio}

    def keep(self) -> None:
        account_services.update_profile(actor=self.person, username=self.person.username, **self.cleaned_data)


class StudiesForm(StepForm):
    programme = forms.CharField(
        label=_("Programme"), max_length=80, required=False, help_text=_("For example: Physics")
    )
    year = forms.TypedChoiceField(
        label=_("Year of study"),
        choices=[("", "–"), *accounts.YEARS.items()],
        coerce=int,
        empty_value=None,
        required=False,
    )
    courses = forms.CharField(
        label=_("Courses"),
        max_length=2_000,
        required=False,
        help_text=_("A line for each. For example: MATH 210: Linear algebra"),
        widget=forms.Textarea({"rows": 4}),
    )

    def begin(self) -> None:
        self.facts = accounts.facts_of(self.person)
        self.term = accounts.current_term(timezone.localdate())
        mine = [course for course in self.facts.courses if course.term == self.term]
        lines = [f"{course.code}: {course.title}" if course.title else course.code for course in mine]
        self.initial = {"programme": self.facts.programme, "year": self.facts.year, "courses": "\n".join(lines)}
        self.fields["courses"].label = _("Courses, %(term)s") % {"term": self.term.label}
        if self.person.university_id is None:
            del self.fields["courses"]

    def keep(self) -> None:
        said, kept = self.cleaned_data, self.facts
        account_services.update_studies(
            actor=self.person,
            programme=said["programme"],
            year=said["year"],
            graduates_on=kept.graduates_on,
            level=kept.level,
        )
        if "courses" in said:
            lines = [line for line in said["courses"].splitlines() if line.strip()]
            account_services.set_courses(actor=self.person, year=self.term.year, season=self.term.season, codes=lines)


class InterestsForm(StepForm):
    chosen = AnyOf(label=_("What do you like?"))
    more = forms.CharField(
        label=_("Something else"),
        max_length=400,
        required=False,
        help_text=_("With commas between them. For example: bouldering, old maps"),
    )

    def begin(self) -> None:
        mine = accounts.facts_of(self.person).interests
        popular = accounts.campus_interests(self.person)
        common = [str(name) for name in COMMON] if len(popular) < len(COMMON) else []
        offered = dict.fromkeys([*mine, *popular, *common])
        self.fields["chosen"].choices = [(name, name) for name in offered]  # type: ignore[attr-defined]
        self.initial = {"chosen": mine}

    def keep(self) -> None:
        typed = (word.strip() for word in re.split(r"[,;\n،、，]", self.cleaned_data["more"]))
        names = [*self.cleaned_data["chosen"], *(word for word in typed if word)]
        account_services.set_interests(actor=self.person, names=names)


class PeopleForm(StepForm):
    follow = AnyOf(label=_("Whose posts would you like to see?"))

    def keep(self) -> None:
        services.follow_several(actor=self.person, usernames=self.cleaned_data["follow"])


class ReachForm(StepForm):
    profile_for = forms.TypedChoiceField(
        label=_("Who sees your profile and your posts, at most?"),
        choices=[
            (accounts.Reach.EVERYONE.value, _("Everyone, also people without an account")),
            (accounts.Reach.CAMPUS.value, _("People of my university, and those I follow or who follow me")),
            (accounts.Reach.FOLLOWERS.value, _("Only people I let follow me; my university sees my name")),
        ],
        coerce=int,
        widget=forms.RadioSelect,
    )
    in_directory = forms.BooleanField(
        label=_("List me in the directory, so that others find me by course, skill or programme"), required=False
    )
    online = forms.BooleanField(label=_("Show my campus when I am here"), required=False)

    def begin(self) -> None:
        self.kept = accounts.settings_of(self.person)
        self.initial = {
            "profile_for": self.kept["profile_for"],
            "in_directory": self.kept["in_directory"],
            "online": self.kept["online"] != accounts.Reach.NOBODY,
        }

    def keep(self) -> None:
        """Posts go along with the profile unless they were set apart before; update_privacy keeps them within it."""
        said, kept = self.cleaned_data, self.kept
        reach = accounts.Reach
        shown = reach.CAMPUS if kept["online"] == reach.NOBODY else kept["online"]
        together = kept["posts_for"] == kept["profile_for"]
        changed = {
            "profile_for": said["profile_for"],
            "posts_for": said["profile_for"] if together else kept["posts_for"],
            "in_directory": said["in_directory"],
            "online": shown if said["online"] else reach.NOBODY,
        }
        account_services.update_privacy(actor=self.person, **{**kept, **changed})


STEPS: list[type[StepForm]] = [YouForm, StudiesForm, InterestsForm, PeopleForm, ReachForm]
